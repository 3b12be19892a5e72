/** An adapter on a back end (lora.ts says what one is). */
import { tf, type LowRank, type Tensor, type Tensor2D, type Variable } from '../engine/index.ts';
import { adapterShapes, modulesOf, nameA, nameB, type LoraSettings } from './lora.ts';
import type { ModelConfig } from './modelConfig.ts';
import type { HostWeights } from './parameters.ts';

/** An adapter on the current back end. */
export class Adapter {
  readonly settings: LoraSettings;
  readonly weights: Readonly<Record<string, Variable>>;
  readonly #ofMatrix: ReadonlyMap<string, readonly LowRank[]>;

  /** Copies `values`. @throws if one is missing or has the wrong size, or there is nothing to adapt */
  constructor(config: ModelConfig, settings: LoraSettings, values: HostWeights) {
    this.settings = settings;
    const shapes = Object.entries(adapterShapes(config, settings));
    if (shapes.length === 0) throw new Error('The adapter has no target.');
    for (const [name, shape] of shapes) {
      if (values[name]?.length === shape[0] * shape[1]) continue;
      throw new Error(
        `Parameter ${name} has ${values[name]?.length ?? 'no'} values; the adapter's is [${shape.join(', ')}].`,
      );
    }
    this.weights = Object.fromEntries(
      shapes.map(([name, shape]) => [name, tf.tidy(() => tf.variable(tf.tensor(values[name], shape)))]),
    );
    const ofMatrix = new Map<string, LowRank[]>();
    const matrix = (name: string) => this.weights[name] as Tensor as Tensor2D;
    for (const { name, ours, from } of modulesOf(config, settings)) {
      const part = {
        a: matrix(nameA(name)),
        b: matrix(nameB(name)),
        from,
        scale: settings.alpha / settings.rank,
      };
      ofMatrix.set(ours, [...(ofMatrix.get(ours) ?? []), part]);
    }
    this.#ofMatrix = ofMatrix;
  }

  /** What is added to one of our matrices. */
  of(ours: string): readonly LowRank[] {
    return this.#ofMatrix.get(ours) ?? [];
  }

  dispose(): void {
    tf.dispose(Object.values(this.weights));
  }
}
