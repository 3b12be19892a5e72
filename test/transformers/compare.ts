/** Our logits beside those of Hugging Face's transformers, from checkpoints that it wrote (reference.py). */
import { Buffer } from 'node:buffer';
import * as v from 'valibot';
import { logits as scoresOf, tf } from '../../src/engine/index.ts';
import { readCheckpoint } from '../../src/model/checkpoint.ts';
import { Llama } from '../../src/model/llama.ts';

export const referenceSchema = v.object({
  madeWith: v.string(),
  ids: v.array(v.array(v.number())),
  variants: v.record(
    v.string(),
    v.object({
      config: v.record(v.string(), v.unknown()),
      safetensors: v.string(),
      logits: v.array(v.array(v.number())),
    }),
  ),
});
export type Reference = v.InferOutput<typeof referenceSchema>;

/** The largest absolute difference of a logit, by variant, on the back end that is open. */
export async function compareLogits({ ids, variants }: Reference): Promise<Record<string, number>> {
  const largest: Record<string, number> = {};
  for (const [name, { config, safetensors, logits }] of Object.entries(variants)) {
    const files: Record<string, Uint8Array> = {
      'config.json': new TextEncoder().encode(JSON.stringify(config)),
      'model.safetensors': Buffer.from(safetensors, 'base64'),
    };
    const checkpoint = await readCheckpoint((file) => Promise.resolve(files[file]));
    const model = new Llama(checkpoint.config, checkpoint.weights, false);
    let difference = 0;
    for (const [row, sequence] of ids.entries()) {
      const ours = tf.tidy(() => {
        const hidden = model.hidden(tf.tensor1d(sequence, 'int32'), 1, sequence.length);
        return scoresOf(hidden, model.head);
      });
      const values = await ours.data();
      ours.dispose();
      if (values.length !== logits[row].length) throw new Error(`${name}: ${values.length} logits`);
      values.forEach((value, i) => {
        const apart = Math.abs(value - logits[row][i]);
        difference = apart <= difference ? difference : apart; // NaN wins
      });
    }
    model.dispose();
    largest[name] = difference;
  }
  return largest;
}
