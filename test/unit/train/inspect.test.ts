/** What an update did to each token: the numbers are those of the update's own forward pass, and the way they went is that of the push. */
import { describe, expect, it } from 'vitest';
import { tf } from '../../../src/engine/index.ts';
import { coefficientsOf } from '../../../src/rl/algorithms/comparing.ts';
import { algorithmOf } from '../../../src/rl/algorithms/index.ts';
import { begin, oneAtATime, type Driving } from './driving.ts';

const start = oneAtATime();

async function trained(changes: Parameters<typeof begin>[1] = {}): Promise<Driving> {
  const it = await start();
  it.driver.obey(begin('a', { steps: 3, ...changes }));
  it.driver.obey({ type: 'run', runId: 'a' });
  await it.driver.still('a');
  return it;
}

describe('inspect', () => {
  it.each([{}, { turns: 3, history: 'latest' as const, temperature: 0.8 }])(
    'gives the probabilities of the update’s own passes: %o',
    async (changes) => {
      const { driver, of, updates } = await trained(changes);
      const held = tf.memory().numTensors;
      driver.obey({ type: 'inspect', runId: 'a', step: 2, group: 1, trajectory: 2 });
      await driver.still('a');
      expect(tf.memory().numTensors).toBe(held);

      const [event] = of('a', 'inspected');
      const one = updates('a')[1]?.groups[1]?.trajectories[2];
      expect(event).toMatchObject({ step: 2, group: 1, trajectory: 2 });
      expect(event?.turns.length).toBe(one?.turns.length);
      event?.turns.forEach(({ tokens }, t) => {
        const turn = one?.turns[t];
        expect(tokens.length).toBe(turn?.ids.length);
        tokens.forEach((token, n) => {
          expect(token.before).toBeCloseTo(Math.exp(turn?.logp[n] ?? NaN), 4);
          expect(token.reference).toBeCloseTo(Math.exp(turn?.refLogp[n] ?? NaN), 4);
          const likelihoods = token.alternatives.map(({ before }) => before);
          expect(likelihoods).toEqual([...likelihoods].sort((a, b) => b - a));
          expect(token.before + likelihoods.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1.0001);
        });
      });
    },
  );

  it('shows that what was pushed up became more likely, on the whole', async () => {
    const { driver, of, updates } = await trained({ beta: 0, steps: 1 });
    const record = updates('a')[0];
    if (!record) throw new Error('No update was recorded.');
    const moved: number[] = [];
    for (const [group, { trajectories }] of record.groups.entries()) {
      for (const trajectory of trajectories.keys()) {
        driver.obey({ type: 'inspect', runId: 'a', step: 1, group, trajectory });
        await driver.still('a');
        const { turns } = of('a', 'inspected').at(-1) ?? { turns: [] };
        const explanation = algorithmOf(record.experiment).explain(
          record.groups,
          { group, trajectory },
          record.experiment,
        );
        turns.forEach(({ tokens }, t) => {
          const pushes = coefficientsOf(explanation, t + 1, tokens.length);
          tokens.forEach(({ before, after }, n) => moved.push((pushes[n] ?? 0) * Math.log(after / before)));
        });
      }
    }
    expect(moved.reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
  });

  it('of what is not there says so, and the run goes on', async () => {
    const { driver, of } = await trained();
    for (const [step, group, trajectory] of [
      [99, 0, 0],
      [1, 9, 0],
      [1, 0, 9],
    ] as const) {
      driver.obey({ type: 'inspect', runId: 'a', step, group, trajectory });
      await driver.still('a');
    }
    expect(of('a', 'unanswered').map(({ why }) => why)).toEqual([
      expect.stringContaining('Update 99 has not been made yet'),
      'There is no task 9 in this update.',
      'There is no trajectory 9 of this task.',
    ]);
    expect(of('a', 'failure')).toEqual([]);
  });
});
