/** How much of a model has been read, as the page tells it while a run over it is loaded. */
import { expect, it } from 'vitest';
import { countedTensors } from '../../../src/model/tensors.ts';
import { statusText } from '../../../src/ui/status.ts';

it('counts each tensor once, whatever is read again', async () => {
  const tensors = new Map([
    ['a', { dtype: 'F32', shape: [2, 3] }],
    ['b', { dtype: 'F32', shape: [4] }],
  ]);
  const told: [number, number][] = [];
  const source = countedTensors(
    { file: 'x', configFile: 'y', tensors, read: () => new Float32Array(1) },
    (done, total) => told.push([done, total]),
  );
  for (const name of ['a', 'a', 'b']) await source.read(name);
  expect(told).toEqual([
    [6, 10],
    [6, 10],
    [10, 10],
  ]);
});

it('is told in percent', () => {
  const at = { phase: 'loading', stage: 'model', step: 0 } as const;
  expect(statusText({ ...at, done: 42, total: 100 })).toMatch(/^Loading: reading the model, 42\s?%$/);
  expect(statusText({ ...at, done: 0, total: 0 })).toBe('Loading: reading the model');
});
