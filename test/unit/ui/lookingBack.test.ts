/** What had gone wrong at an update is told the same, whether a run stands there or one looks back at it. */
import { render } from 'svelte/server';
import { expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import type { Alarm } from '../../../src/rl/alarms.ts';
import { RunState } from '../../../src/ui/state/run.svelte.ts';
import { SelectionState } from '../../../src/ui/state/selection.svelte.ts';
import { fakeUpdate } from '../../ui/mock/fakeRun.ts';
import SideBySide from './SideBySide.svelte';

/** Without signal from update 5 to 58, and from 82 on: an alarm from 14 to 70, and another from 91 on. Cut off from 20 on. */
const metricsAt = (step: number) => ({
  ...{ 'train/reward@t1': 0.6, 'train/reward@t2': 0.7 },
  'train/zero_std': (step >= 5 && step <= 58) || step >= 82 ? 1 : 0.3,
  'train/truncated@t2': step >= 20 ? 0.5 : 0,
});

function standingAt(updates: number): { run: RunState; selection: SelectionState } {
  const run = new RunState();
  for (let step = 1; step <= updates; step++) {
    const record = { ...fakeUpdate(defaultExperiment, step), metrics: metricsAt(step) };
    run.apply({ type: 'update', runId: 'a', record });
  }
  return { run, selection: new SelectionState(run) };
}

const told = (alarms: readonly Alarm[]) =>
  alarms.map(({ signature, since, holds }) => [signature.id, since, holds]);
const before = standingAt(58);
const now = standingAt(108);
const truncated = ['truncation', expect.any(Number), true];

it('alarms are those of then, since when they were then', () => {
  expect(told(before.run.alarms)).toEqual([['no-signal', 14, true], truncated]);
  expect(told(now.run.alarms)).toEqual([['no-signal', 91, true], truncated]);
  expect(now.run.alarmsAt(58)).toEqual(before.run.alarms);
  expect(told(now.run.alarmsAt(65))).toEqual([['no-signal', 14, false], truncated]);
  expect(told(now.run.alarmsAt(70))).toEqual([truncated]);
  expect(now.run.alarmsAt(null)).toEqual(now.run.alarms);
});

it('each time one went off is known, also when it is over', () => {
  const times = now.run.everyAlarm.filter(({ signature }) => signature.id === 'no-signal');
  expect(times.map(({ since, holds, over }) => [since, holds, over])).toEqual([
    [14, false, true],
    [91, true, false],
  ]);
});

/** Two runs, drawn. */
function drawn(...runs: readonly ReturnType<typeof standingAt>[]): [string, string] {
  const { body } = render(SideBySide, {
    props: { runs: runs.map((one) => ({ ...one, experiment: defaultExperiment })) },
  });
  const [, one = '', , two = ''] = body.split(/<hr ?\/?>/);
  return [one, two];
}

it('the badge counts what is listed', () => {
  now.selection.lookBack(12);
  const [standing, looking] = drawn(before, now);
  expect(standing).toMatch(/ 2<span class="word[^>]*>(&nbsp;|\s)alarms</);
  expect(standing.match(/since update \d+/g)).toHaveLength(2);
  expect(looking).not.toMatch(/alarms?</);
  expect(looking).not.toContain('since update');
});

it('an update that is made again says how far it is, not how far the one before it was', () => {
  const [first, other] = [standingAt(58), standingAt(58)];
  for (const { run, selection } of [first, other]) {
    selection.lookBack(3);
    run.ask(3);
    const again = { type: 'status', stage: 'again', done: 1, total: 4 } as const;
    run.apply({ ...again, runId: 'a', phase: 'paused', step: 58 });
  }
  other.selection.lookBack(2);
  other.run.ask(2);
  const [one, two] = drawn(first, other);
  expect(one).toContain('Making update 3 again');
  expect(one).toContain('>1 of 4<');
  expect(two).toContain('Making update 2 again');
  expect(two).not.toContain('of 4<');
});
