/**
 * What an update did to each token of a recorded try: its probability before and after, under the reference, and what else the
 * model considered there. Made on demand from the states around the update, never while one is under way.
 */
import type { Experiment } from '../config/fields.ts';
import { gatherRows, logits as scores, tf } from '../engine/index.ts';
import type { Llama } from '../model/llama.ts';
import type { HostWeights } from '../model/parameters.ts';
import type { Episode, GradedAnswer, Group } from '../rl/episode.ts';
import type { InspectedTurn } from '../rl/inspection.ts';
import type { EpisodeFormat } from '../tasks/formats/format.ts';
import type { OpenBase } from './base.ts';
import { placed } from './placed.ts';
import type { Placed } from './policy.ts';

export interface InspectOptions {
  readonly base: OpenBase;
  /** The policy before the update and after it. */
  readonly before: HostWeights;
  readonly after: HostWeights;
  /** The update's own. */
  readonly experiment: Experiment;
}

/** How many other tokens are listed. */
const listed = 5;

/** @param group of the update's record @param trajectory from 0 @returns one a turn; [turn] */
export async function inspect(
  group: Group<Episode<GradedAnswer>>,
  trajectory: number,
  { base, before, after, experiment }: InspectOptions,
): Promise<InspectedTurn[]> {
  const { format } = base;
  const { task, trajectories } = group;
  const one = trajectories[trajectory];
  if (!one) throw new RangeError(`There is no trajectory ${trajectory} of this task.`);
  const turns = placed(format, [{ task, trajectories: [one] }], experiment)[0].trajectories[0].turns;
  const asked = { temperature: experiment.temperature, banned: format.banned };
  const [old, now, reference] = [
    await probabilities(base.policy(experiment, before), turns, asked),
    await probabilities(base.policy(experiment, after), turns, asked),
    await probabilities(base.reference(), turns, asked),
  ];
  return turns.map(({ ids }, t) => ({
    tokens: ids.map((id, n) => ({
      before: old[t][n][id],
      after: now[t][n][id],
      reference: reference[t][n][id],
      alternatives: likeliest(old[t][n], id).map((other) => ({
        text: format.tokenText(other),
        before: old[t][n][other],
        after: now[t][n][other],
      })),
    })),
  }));
}

/** The ids of the most probable tokens but for the one that was written. */
function likeliest(p: Float32Array, written: number): number[] {
  const ids = Array.from(p.keys()).filter((id) => id !== written && p[id] > 0);
  return ids.sort((a, b) => p[b] - p[a] || a - b).slice(0, listed);
}

interface Asked {
  readonly temperature: number;
  readonly banned: EpisodeFormat['banned'];
}

/** π(· | before) at every token of some answers: [turn][token][id]; disposes of the model. */
async function probabilities(
  model: Llama,
  turns: readonly Placed[],
  asked: Asked,
): Promise<Float32Array[][]> {
  try {
    const all: Float32Array[][] = [];
    for (const { place } of turns) {
      const { start, length } = place;
      if (length === 0) {
        all.push([]);
        continue;
      }
      // The last token is a target only, never an input.
      const ids = Int32Array.from(place.sequence.slice(0, start + length - 1));
      const rows = Int32Array.from({ length }, (_, n) => start + n - 1);
      const logits = tf.tidy(() => {
        const hidden = model.hidden(tf.tensor1d(ids, 'int32'), 1, ids.length);
        return scores(gatherRows(hidden, tf.tensor1d(rows, 'int32')), model.head);
      });
      const values = Float32Array.from(await logits.data());
      logits.dispose();
      const width = values.length / length;
      all.push(rows.length === 0 ? [] : cut(values, width).map((row) => softmax(row, asked)));
    }
    return all;
  } finally {
    model.dispose();
  }
}

const cut = (values: Float32Array, width: number): Float32Array[] =>
  Array.from({ length: values.length / width }, (_, row) => values.subarray(row * width, (row + 1) * width));

/** As in sampling: at the temperature, and 0 for what is never sampled. */
function softmax(logits: Float32Array, { temperature, banned }: Asked): Float32Array {
  const scores = logits.slice();
  for (const [first, last] of banned) scores.fill(-Infinity, first, last + 1);
  const top = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const p = scores.map((z) => Math.exp((z - top) / temperature));
  const sum = p.reduce((a, b) => a + b, 0);
  return p.map((x) => x / sum);
}
