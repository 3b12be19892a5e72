/**
 * Where an update went: the gradient and the change of each matrix of the model, from the states before and after it. Nothing is
 * computed again: AdamW's first moment m ← β1·m + (1−β1)·g gives the gradient back, g = (m′ − β1·m) / (1 − β1).
 */
import type { Experiment } from '../config/fields.ts';
import { adapterShapes } from '../model/lora.ts';
import { familyOf } from '../model/families/index.ts';
import type { InspectedLayer } from '../rl/inspection.ts';
import type { Base } from './base.ts';
import type { TrainerState } from './trainer.ts';

/** Both states of one run, an update apart. */
export interface Around {
  readonly before: TrainerState;
  readonly after: TrainerState;
}

/** @param experiment the update's own */
export function layersOf(
  base: Pick<Base, 'config' | 'adapter'>,
  { before, after }: Around,
  experiment: Experiment,
): InspectedLayer[] {
  const { adamBeta1, innerEpochs } = experiment;
  const kept = adamBeta1 ** innerEpochs;
  const layers: InspectedLayer[] = [];
  for (const [ours, parts] of partsOf(base, experiment)) {
    const [m0, m1] = [before.optimizer.m[ours], after.optimizer.m[ours]];
    const [w0, w1] = [before.weights[ours], after.weights[ours]];
    /** Rows of a matrix stand one after the other, and its parts side by side in each; a vector is one row. */
    const columns = parts.length === 1 ? w0.length : parts.reduce((sum, { shape }) => sum + shape[0], 0);
    let offset = 0;
    for (const { name, shape } of parts) {
      const width = parts.length === 1 ? columns : shape[0];
      const at = { columns, offset, width };
      const within = /^model\.layers\.(\d+)\.(.*?)(?:\.weight)?$/.exec(name);
      const layer = within ? Number(within[1]) + 1 : 0;
      const matrix = {
        name: within?.[2] ?? name.replace(/^model\.|\.weight$/g, ''),
        parameters: shape.reduce((a, b) => a * b, 1),
        gradient: norm(m0.length, at, (i) => beyondRounding(m1[i], kept * m0[i]) / (1 - kept)),
        change: norm(w0.length, at, (i) => w1[i] - w0[i]),
        before: norm(w0.length, at, (i) => w0[i]),
      };
      const last = layers.at(-1);
      if (layer > 0 && last?.layer === layer) last.matrices.push(matrix);
      else layers.push({ layer, matrices: [matrix] });
      offset += width;
    }
  }
  return layers;
}

/** What is trained, and which tensors of a file each of it is. */
function partsOf({ config, adapter }: Pick<Base, 'config' | 'adapter'>, e: Experiment): Parts {
  const lora = adapter(e);
  if (!lora) return familyOf(config).layout(config);
  return Object.entries(adapterShapes(config, lora)).map(([name, shape]) => [name, [{ name, shape }]]);
}

type Parts = ReturnType<ReturnType<typeof familyOf>['layout']>;

/** Half the distance between two neighbouring float32 numbers, relative. */
const rounding = 2 ** -24;

/** a − b, or 0 where that is no more than `a` was rounded by. */
const beyondRounding = (a: number, b: number): number =>
  Math.abs(a - b) <= rounding * (Math.abs(a) + Math.abs(b)) ? 0 : a - b;

interface Columns {
  readonly columns: number;
  readonly offset: number;
  readonly width: number;
}

function norm(length: number, { columns, offset, width }: Columns, value: (at: number) => number): number {
  let sum = 0;
  for (let row = 0; row < length; row += columns) {
    for (let i = row + offset; i < row + offset + width; i++) sum += value(i) ** 2;
  }
  return Math.sqrt(sum);
}
