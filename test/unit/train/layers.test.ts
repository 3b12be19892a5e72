/** Where an update went: the gradient that AdamW was given, found again from its first moment, and the change of the weights. */
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { layersOf } from '../../../src/train/layers.ts';
import { normOf, sharesOf } from '../../../src/rl/inspection.ts';
import { begin, checkpoint, oneAtATime } from './driving.ts';

const start = oneAtATime();

async function askedAfter(changes: Parameters<typeof begin>[1], step: number) {
  const { driver, of, updates } = await start();
  driver.obey(begin('a', { steps: 3, ...changes }));
  driver.obey({ type: 'run', runId: 'a' });
  await driver.still('a');
  driver.obey({ type: 'layers', runId: 'a', step });
  await driver.still('a');
  const layers = of('a', 'layers').at(-1)?.layers ?? [];
  return { of, layers, matrices: layers.flatMap((one) => one.matrices), record: updates('a')[step - 1] };
}

describe('layers', () => {
  it.each([1, 3])(
    'have the gradient of update %i: its norm is the recorded one, before and after clipping',
    async (step) => {
      const open = await askedAfter({ maxGradNorm: 100 }, step);
      const whole = open.record?.metrics['train/grad_norm'] ?? NaN;
      expect(normOf(open.matrices.map(({ gradient }) => gradient)) / whole).toBeCloseTo(1, 4);
      const clipped = await askedAfter({ maxGradNorm: 0.01 }, step);
      expect(clipped.record?.metrics['train/clipped']).toBe(1);
      expect(normOf(clipped.matrices.map(({ gradient }) => gradient))).toBeCloseTo(0.01, 5);
    },
  );

  it('are those of the model, each with its matrices, and shares add up to 1', async () => {
    const { layers, matrices } = await askedAfter({}, 2);
    expect(layers.map(({ layer, matrices: { length } }) => [layer, length])).toEqual([
      [0, 1],
      [1, 9],
      [0, 1],
    ]);
    expect(matrices.map(({ name }) => name)).toEqual([
      'embed_tokens',
      ...['input_layernorm', 'self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'self_attn.o_proj'],
      ...['post_attention_layernorm', 'mlp.gate_proj', 'mlp.up_proj', 'mlp.down_proj'],
      'norm',
    ]);
    const parameters = Object.values(checkpoint.weights).reduce((sum, { length }) => sum + length, 0);
    expect(matrices.reduce((sum, one) => sum + one.parameters, 0)).toBe(parameters);
    for (const key of ['gradient', 'change'] as const) {
      const shares = sharesOf(matrices.map((one) => one[key]));
      expect(shares.every((share) => share > 0)).toBe(true);
      expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
    }
  });

  it('tell the parts of a joined matrix apart', () => {
    const { config, weights } = checkpoint;
    const zeros = Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, w.map(() => 0)]));
    const before = { step: 0, weights, optimizer: { step: 0, m: zeros, v: zeros } };
    const d = config.hidden_size;
    const qkv = weights['layers.0.qkv']?.map((w, i) => w + (i % (3 * d) >= 2 * d ? 1 : 0));
    const m = { ...zeros, 'layers.0.qkv': zeros['layers.0.qkv']?.map((_, i) => (i % (3 * d) < d ? 0.1 : 0)) };
    const after = {
      step: 1,
      weights: { ...weights, 'layers.0.qkv': qkv },
      optimizer: { step: 1, m, v: zeros },
    };
    const asked = { ...defaultExperiment, adamBeta1: 0.9, innerEpochs: 1 };
    const base = { config, adapter: () => null };
    const matrices = layersOf(base, { before, after }, asked).flatMap((layer) => layer.matrices);
    const of = (name: string) => matrices.find((one) => one.name === `self_attn.${name}_proj`);
    expect(of('q')?.gradient).toBeCloseTo(d, 4); // d·d ones
    expect(of('v')?.change).toBeCloseTo(d, 4);
    for (const one of matrices) {
      if (one !== of('q')) expect(one.gradient).toBe(0);
      if (one !== of('v')) expect(one.change).toBe(0);
    }
    expect(sharesOf([0, 0])).toEqual([0, 0]);
  });

  it('over inner epochs are of a mean of their gradients', async () => {
    const { matrices, record } = await askedAfter({ innerEpochs: 2, maxGradNorm: 100 }, 2);
    const whole = normOf(matrices.map(({ gradient }) => gradient));
    expect(whole).toBeGreaterThan(0);
    expect(whole).toBeLessThan(3 * (record?.metrics['train/grad_norm'] ?? NaN));
  });

  it('of an update that was not made are not to be had, and the run goes on', async () => {
    const { of } = await askedAfter({}, 9);
    expect(of('a', 'unanswered').map(({ why }) => why)).toEqual([
      expect.stringContaining('Update 9 has not been made yet'),
    ]);
    expect(of('a', 'failure')).toEqual([]);
  });
});
