/**
 * The peer: the same decoder as a TensorFlow.js user would write it, from published ops, with their own gradients, their
 * own Adam and a key/value cache that grows by concatenation.
 *
 * It is written to be quick within those means: projections are rank-2 products, which the WASM back end's forward pass
 * likes best; all prompts have one length, so its cache needs no mask.
 */
import { tf, type Tensor, type Tensor2D, type Variable } from '../engine/index.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import { adam, type BenchModel, type Contestant } from './contestant.ts';
import { settle } from './measure.ts';

type Tensor4D = tf.Tensor4D;
/** Keys and values of one layer, [batch, heads, time, headDim]. */
interface LayerCache {
  readonly k: Tensor4D;
  readonly v: Tensor4D;
}

export const stock: Contestant = {
  id: 'stock_tfjs',
  title: 'stock TensorFlow.js',
  open(config, values): BenchModel {
    if (config.num_key_value_heads !== config.num_attention_heads) {
      throw new Error(
        'The stock decoder has no grouped-query attention: set num_key_value_heads = num_attention_heads.',
      );
    }
    const shapes = stockShapes(config);
    const weights: Record<string, Variable> = {};
    for (const [name, shape] of Object.entries(shapes)) {
      weights[name] = tf.tidy(() => tf.variable(tf.tensor(values[name], shape)));
    }
    const decoder = new StockDecoder(config, weights);
    const optimizer = tf.train.adam(adam.learningRate, adam.beta1, adam.beta2, adam.eps);
    return {
      async trainStep(batch) {
        const time = batch[0].length - 1;
        const inputs = batch.flatMap((ids) => ids.slice(0, time));
        const targets = batch.flatMap((ids) => ids.slice(1));
        const cost = optimizer.minimize(
          () => decoder.loss(inputs, targets, batch.length, time),
          true,
          Object.values(weights),
        );
        if (!cost) throw new Error('The optimizer returned no loss.');
        const [loss] = await cost.data();
        cost.dispose();
        await settle(weights['embed']);
        return loss;
      },
      generate: (prompts, newTokens, temperature) => decoder.generate(prompts, newTokens, temperature),
      dispose() {
        optimizer.dispose();
        decoder.dispose();
        tf.dispose(weights);
      },
    };
  },
};

/** Every parameter's shape, [in, out]; the names are those of model/llama.ts, whose weights both sides start from. */
function stockShapes(config: ModelConfig): Record<string, number[]> {
  const { hidden_size: d, intermediate_size: f, vocab_size, num_hidden_layers } = config;
  const shapes: Record<string, number[]> = { embed: [vocab_size, d], norm: [d] };
  for (let i = 0; i < num_hidden_layers; i++) {
    shapes[`layers.${i}.attnNorm`] = [d];
    shapes[`layers.${i}.qkv`] = [d, 3 * d];
    shapes[`layers.${i}.out`] = [d, d];
    shapes[`layers.${i}.mlpNorm`] = [d];
    shapes[`layers.${i}.gateUp`] = [d, 2 * f];
    shapes[`layers.${i}.down`] = [f, d];
  }
  return shapes;
}

class StockDecoder {
  readonly #config: ModelConfig;
  readonly #weights: Record<string, Variable>;
  /** Cosines and sines of the rotary angles, [positions, headDim/2]. */
  readonly #cos: Tensor2D;
  readonly #sin: Tensor2D;

  constructor(config: ModelConfig, weights: Record<string, Variable>) {
    this.#config = config;
    this.#weights = weights;
    const half = config.hidden_size / config.num_attention_heads / 2;
    const angles = Array.from({ length: config.max_position_embeddings }, (_, position) =>
      Array.from({ length: half }, (_, i) => position * config.rope_theta ** (-i / half)),
    );
    this.#cos = tf.tensor2d(angles.map((row) => row.map(Math.cos)));
    this.#sin = tf.tensor2d(angles.map((row) => row.map(Math.sin)));
  }

  /** Mean cross-entropy of the targets; `ids` and `targets` are [batch·time]. */
  loss(ids: number[], targets: number[], batch: number, time: number): tf.Scalar {
    const vocabulary = this.#config.vocab_size;
    // A one-hot product instead of tf.gather, because the WASM back end has no gradient of gather.
    const rows = tf.oneHot(tf.tensor1d(ids, 'int32'), vocabulary).toFloat() as Tensor2D;
    const x: Tensor2D = tf.matMul(rows, this.#matrix('embed'));
    const mask = causalMask(time);
    const hidden = this.#layers(x, batch, time, 0, (_, q, k, v) => attend(q, k, v, mask));
    const labels = tf.oneHot(tf.tensor1d(targets, 'int32'), vocabulary);
    return tf.losses.softmaxCrossEntropy(labels, this.#logits(hidden)).asScalar();
  }

  async generate(
    prompts: readonly (readonly number[])[],
    newTokens: number,
    temperature: number,
  ): Promise<number[][]> {
    const batch = prompts.length;
    const time = prompts[0].length;
    const out: number[][] = prompts.map(() => []);
    let caches: LayerCache[] = [];
    let next: Tensor2D = tf.tidy(() => {
      const mask = causalMask(time);
      const hidden = this.#layers(this.#embed(prompts.flat()), batch, time, 0, (layer, q, k, v) => {
        caches[layer] = { k: tf.keep(k.clone()), v: tf.keep(v.clone()) };
        return attend(q, k, v, mask);
      });
      const last = hidden.reshape([batch, time, -1]).slice([0, time - 1, 0], [batch, 1, -1]);
      return this.#logits(last.reshape([batch, -1]));
    });
    for (let i = 0; i < newTokens; i++) {
      const chosen = tf.tidy(() =>
        temperature === 0 ? next.argMax(1) : tf.multinomial(next.div<Tensor2D>(temperature), 1).flatten(),
      );
      const ids = Array.from(await chosen.data());
      ids.forEach((id, row) => out[row].push(id));
      tf.dispose([chosen, next]);
      const grown: LayerCache[] = [];
      next = tf.tidy(() => {
        const hidden = this.#layers(this.#embed(ids), batch, 1, time + i, (layer, q, k, v) => {
          const all = {
            k: tf.keep(tf.concat([caches[layer].k, k], 2)),
            v: tf.keep(tf.concat([caches[layer].v, v], 2)),
          };
          grown[layer] = all;
          return attend(q, all.k, all.v);
        });
        return this.#logits(hidden);
      });
      for (const { k, v } of caches) tf.dispose([k, v]);
      caches = grown;
    }
    for (const { k, v } of caches) tf.dispose([k, v]);
    next.dispose();
    return out;
  }

  dispose(): void {
    tf.dispose([this.#cos, this.#sin]);
  }

  /** Every layer and the last norm on rows x [batch·time, d], the first at position `from`. */
  #layers(
    x: Tensor2D,
    batch: number,
    time: number,
    from: number,
    attention: (layer: number, q: Tensor4D, k: Tensor4D, v: Tensor4D) => Tensor4D,
  ): Tensor2D {
    const { hidden_size: d, num_attention_heads: heads, num_hidden_layers: layers } = this.#config;
    const half = d / heads / 2;
    const cos = this.#cos.slice([from, 0], [time, half]);
    const sin = this.#sin.slice([from, 0], [time, half]);
    const split = (rows: Tensor) =>
      rows.reshape([batch, time, heads, 2 * half]).transpose<Tensor4D>([0, 2, 1, 3]);
    for (let i = 0; i < layers; i++) {
      const qkv = tf.matMul(this.#norm(x, `layers.${i}.attnNorm`), this.#matrix(`layers.${i}.qkv`));
      const [q, k, v] = tf.split(qkv, 3, 1).map(split);
      const mixed = attention(i, rotate(q, cos, sin), rotate(k, cos, sin), v);
      const rows = mixed.transpose([0, 2, 1, 3]).reshape<Tensor2D>([batch * time, d]);
      x = x.add(tf.matMul(rows, this.#matrix(`layers.${i}.out`)));
      const gateUp = tf.matMul(this.#norm(x, `layers.${i}.mlpNorm`), this.#matrix(`layers.${i}.gateUp`));
      const [gate, up] = tf.split(gateUp, 2, 1);
      x = x.add(tf.matMul(gate.mul(gate.sigmoid()).mul<Tensor2D>(up), this.#matrix(`layers.${i}.down`)));
    }
    return this.#norm(x, 'norm');
  }

  #embed(ids: number[]): Tensor2D {
    return tf.gather(this.#matrix('embed'), tf.tensor1d(ids, 'int32'));
  }

  #logits(hidden: Tensor2D): Tensor2D {
    return tf.matMul(hidden, this.#matrix('embed'), false, true);
  }

  #norm(x: Tensor2D, name: string): Tensor2D {
    const scale = x.square().mean(1, true).add(this.#config.rms_norm_eps).rsqrt();
    return x.mul(scale).mul(this.#weights[name]);
  }

  #matrix(name: string): Tensor2D {
    return this.#weights[name] as Tensor as Tensor2D;
  }
}

/** −1e9 above the diagonal, [time, time]. */
function causalMask(time: number): Tensor2D {
  const steps = tf.range(0, time);
  return steps
    .reshape([time, 1])
    .less(steps.reshape([1, time]))
    .toFloat()
    .mul(-1e9);
}

/** softmax(q·kᵀ/√headDim + mask)·v */
function attend(q: Tensor4D, k: Tensor4D, v: Tensor4D, mask?: Tensor2D): Tensor4D {
  const scores = tf.matMul(q, k, false, true).mul(q.shape[3] ** -0.5);
  return tf.matMul(tf.softmax(mask ? scores.add<Tensor4D>(mask) : scores), v);
}

/** Rotary embedding, half-split: dimension i turns with i + headDim/2. */
function rotate(x: Tensor4D, cos: Tensor2D, sin: Tensor2D): Tensor4D {
  const [a, b] = tf.split(x, 2, 3);
  return tf.concat([a.mul<Tensor4D>(cos).sub(b.mul(sin)), b.mul<Tensor4D>(cos).add(a.mul(sin))], 3);
}
