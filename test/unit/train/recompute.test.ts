import { beforeAll, describe, expect, it } from 'vitest';
import { randomParameters } from '../../../src/bench/realModel.ts';
import { benchWeights, randomTokens } from '../../../src/bench/sizes.ts';
import { openBackend, tf, type Scalar } from '../../../src/engine/index.ts';
import { Adapter } from '../../../src/model/adapter.ts';
import { tinyLlama } from '../../../src/model/config.ts';
import { Llama } from '../../../src/model/llama.ts';
import { adapterShapes, loraTargets } from '../../../src/model/lora.ts';
import { RowTree } from '../../../src/model/rowTree.ts';
import { uniform } from '../../../src/rl/random.ts';
import { recomputes } from '../../../src/train/workload.ts';

const config = tinyLlama(40, { num_hidden_layers: 3 });
const settings = { rank: 2, alpha: 4, targets: loraTargets };
const values = Object.fromEntries(
  Object.entries(adapterShapes(config, settings)).map(([name, [rows, columns]], at) => [
    name,
    Float32Array.from({ length: rows * columns }, (_, i) => uniform(2, at, i) - 0.5),
  ]),
);

/** Gradients of a sum of all hidden states, each with its own factor. */
function gradients(model: Llama, recompute: boolean) {
  const [ids = []] = randomTokens(config, 1, 40);
  const tree = new RowTree();
  tree.add(ids.slice(0, 20));
  tree.add([...ids.slice(0, 8), ...ids.slice(20, 30)]);
  const { value, grads } = tf.variableGrads(() => {
    const hidden = model.hidden(tf.tensor1d(ids, 'int32'), 2, 20, { recompute });
    return tf.sum(tf.mul(hidden, tf.cos(tf.range(0, hidden.size)).reshape(hidden.shape))) as Scalar;
  }, Object.values(model.trained));
  const found = Object.values(grads).map((gradient) => [...gradient.dataSync()]);
  tf.dispose([value, grads]);
  return found;
}

describe('layers that are computed again on the way back', () => {
  beforeAll(async () => void (await openBackend('wasm', { environment: 'node' })));

  it.each(['whole', 'float32', 'int8'] as const)(
    'have the same gradients to the last bit, and leave nothing behind: %s',
    async (form) => {
      const base =
        form === 'whole'
          ? new Llama(config, benchWeights(config))
          : await Llama.load(config, randomParameters(config, form));
      const model = form === 'whole' ? base : base.adapted(new Adapter(config, settings, values));
      const kept = gradients(model, false);
      const before = tf.memory().numTensors;
      expect(gradients(model, true)).toEqual(kept);
      expect(tf.memory().numTensors).toBe(before);
      expect(kept.every((gradient) => gradient.some((x) => x !== 0))).toBe(true);
      if (model !== base) model.dispose();
      base.dispose();
    },
  );

  it('is for what would take more than a third of WebAssembly’s memory', () => {
    const large = { ...config, hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30 };
    expect(recomputes(large, 1024)).toBe(false);
    expect(recomputes(large, 4096)).toBe(true);
  });
});
