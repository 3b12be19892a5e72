/** What the page knows of the first evaluation while it is under way. */
import { expect, it, vi } from 'vitest';
import { RunState } from '../../../src/ui/state/run.svelte.ts';

it('an evaluation under way keeps its count when a phase begins, has a time left, and keeps Run waiting', () => {
  const run = new RunState();
  const now = vi.spyOn(performance, 'now');
  const tell = (at: number, phase: 'loading' | 'ready' | 'running', done = 0, total = 0) => {
    now.mockReturnValue(1000 * at);
    run.apply({ type: 'status', runId: 'a', phase, stage: 'evaluate', done, total, step: 0 });
  };
  tell(0, 'loading');
  expect(run.hears).toBe(false);
  tell(1, 'loading', 4, 128);
  tell(2, 'ready');
  expect([run.done, run.total, run.secondsLeft, run.hears]).toEqual([4, 128, null, false]);
  tell(41, 'ready', 28, 128);
  expect(run.secondsLeft).toBeCloseTo((41 / 28) * 100);
  tell(42, 'running');
  expect([run.done, run.total, run.hears]).toEqual([28, 128, true]);
  run.apply({ type: 'status', runId: 'a', phase: 'running', stage: 'sample', done: 0, total: 0, step: 0 });
  expect([run.done, run.secondsLeft]).toEqual([0, null]);
  now.mockRestore();
});
