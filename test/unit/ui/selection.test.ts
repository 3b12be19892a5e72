/** Which update is looked at while a run goes on, and which task of it when the run comes to rest. */
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { RunState } from '../../../src/ui/state/run.svelte.ts';
import { SelectionState } from '../../../src/ui/state/selection.svelte.ts';
import type { Phase } from '../../../src/worker/protocol.ts';
import { fakeUpdate } from '../../ui/mock/fakeRun.ts';

const runId = 'r1';

/** A run, what is looked at in it, and what tells where it stands. */
function setUp() {
  const run = new RunState();
  const goes = (phase: Phase, step: number) =>
    run.apply({ type: 'status', runId, phase, stage: 'idle', done: 0, total: 0, step });
  return { run, selection: new SelectionState(run), goes };
}

it('is still the one that was looked at when the reader paused, and the most telling one when the run rests by itself', () => {
  const { run, selection, goes } = setUp();
  /** An update in which the first task tells nothing: that one is looked at while the run goes on. */
  const learns = (step: number, total = 5000) => {
    const record = fakeUpdate(defaultExperiment, step);
    const timing = { ...record.timing, total };
    const [first, ...rest] = record.groups;
    if (!first) throw new Error('The update has no tasks.');
    const groups = [{ ...first, trajectories: first.trajectories.slice(0, 0) }, ...rest];
    run.apply({ type: 'update', runId, record: { ...record, groups, timing } });
  };

  goes('running', 0);
  goes('pausing', 0); // its update is finished first
  learns(1);
  goes('pausing', 1); // and evaluated
  expect(selection.groupIndex).toBe(0);
  goes('paused', 1);
  expect(selection.mostTelling).toBeGreaterThan(0);
  expect(selection.groupIndex).toBe(0);

  goes('running', 1); // a step
  learns(2);
  goes('paused', 2);
  expect(selection.mostTelling).toBeGreaterThan(0);
  expect(selection.groupIndex).toBe(selection.mostTelling);

  goes('running', 2);
  goes('pausing', 2);
  goes('running', 2); // on, after all
  learns(3);
  goes('finished', 3);
  expect(selection.groupIndex).toBe(selection.mostTelling);

  goes('running', 3); // faster than anybody gets into a task
  for (let step = 4; step < 13; step++) learns(step, 900);
  goes('pausing', 12);
  learns(13, 900);
  goes('pausing', 13);
  goes('paused', 13);
  expect(selection.mostTelling).toBeGreaterThan(0);
  expect(selection.groupIndex).toBe(selection.mostTelling);
});

it('is the update before until something is written, and no update under way where they fly by', () => {
  const { run, selection, goes } = setUp();
  const begins = (step: number) => {
    const tasks = fakeUpdate(defaultExperiment, step).groups.map(({ task }) => task);
    const event = { what: 'began', step, experiment: defaultExperiment, tasks, group: 0 } as const;
    run.apply({ type: 'live', runId, event });
  };
  const writes = (...texts: string[]) =>
    run.apply({ type: 'live', runId, event: { what: 'written', turn: 1, texts } });
  const ends = (step: number, total: number) => {
    const record = fakeUpdate(defaultExperiment, step);
    run.apply({ type: 'update', runId, record: { ...record, timing: { ...record.timing, total } } });
  };

  goes('running', 0);
  begins(1);
  expect(selection.live?.step).toBe(1); // there is none before
  ends(1, 2000);
  begins(2);
  writes('', '');
  expect(selection.live).toBeNull();
  expect(selection.moment?.step).toBe(1);
  writes('', 'return');
  expect(selection.live?.step).toBe(2);
  ends(2, 2000);
  expect(selection.watching).toBe(0);

  for (let step = 3; step < 12; step++) ends(step, 100);
  expect(selection.watching).toBeNull();
  goes('pausing', 11); // whoever pauses looks closely
  expect(selection.watching).toBe(0);

  // So does whoever goes through an update station by station: between two of them it is told on.
  const stands = { station: 'write', turn: 1 } as const;
  const there = { phase: 'paused', stage: 'sample', done: 0, total: 0, step: 11, at: stands } as const;
  run.apply({ type: 'status', runId, ...there });
  expect(selection.watching).toBe(0);
  goes('running', 11);
  expect(selection.watching).toBe(0);
  ends(12, 100);
  goes('running', 12);
  expect(selection.watching).toBeNull();
});

it('is the one that comes when somebody who looked into a try lets the run go on, and that of then where they look back', () => {
  const { run, selection, goes } = setUp();
  const learns = (step: number) => {
    run.apply({ type: 'update', runId, record: fakeUpdate(defaultExperiment, step) });
    goes('running', step);
  };
  goes('running', 0);
  learns(1);
  learns(2);
  goes('paused', 2);
  selection.chooseGroup(1);
  selection.chooseTrajectory(1);
  expect(selection.following).toBe(false);
  selection.goOn();
  learns(3);
  expect([selection.moment?.step, selection.groupIndex, selection.trajectoryIndex]).toEqual([3, 0, 0]);

  selection.lookBack(1);
  selection.goOn();
  learns(4);
  expect(selection.moment?.step).toBe(1);
});

describe('the try that is looked at', () => {
  /** Of every task the third try is pushed hardest, down. */
  function hardestIsThird() {
    const it = setUp();
    const learns = (step: number) => {
      const record = fakeUpdate(defaultExperiment, step);
      const groups = record.groups.map((group) => ({
        ...group,
        trajectories: group.trajectories.map((trajectory, i) => ({
          ...trajectory,
          turns: trajectory.turns.map((turn) => ({ ...turn, advantage: i === 2 ? -9 : 0.5 })),
        })),
      }));
      it.run.apply({ type: 'update', runId, record: { ...record, groups } });
      it.goes('running', step);
    };
    it.goes('running', 0);
    learns(1);
    learns(2);
    return { ...it, learns };
  }

  it('is the one that is pushed hardest once an update rests, and the first while the run goes on', () => {
    const { selection, goes, learns } = hardestIsThird();
    expect(selection.trajectoryIndex).toBe(0);
    goes('paused', 2);
    expect(selection.trajectoryIndex).toBe(2);
    selection.chooseTrajectory(1);
    expect(selection.trajectoryIndex).toBe(1);
    selection.moveGroup(1);
    expect(selection.trajectoryIndex).toBe(2);
    selection.goOn();
    learns(3);
    expect(selection.trajectoryIndex).toBe(0);
    selection.lookBack(1);
    expect(selection.trajectoryIndex).toBe(2);
  });

  it('stays, when the reader holds on to the update, and when it ends', () => {
    const { run, selection, goes, learns } = hardestIsThird();
    selection.hold(); // a token was pressed
    expect(selection.trajectoryIndex).toBe(0);
    learns(3);
    goes('paused', 3);
    expect([selection.moment?.step, selection.trajectoryIndex]).toEqual([2, 0]);

    // Nor does it where somebody was led through the update.
    selection.goOn();
    selection.followLatest();
    const stands = { station: 'push', turn: 1 } as const;
    const there = { phase: 'paused', stage: 'update', done: 0, total: 0, step: 3, at: stands } as const;
    run.apply({ type: 'status', runId, ...there });
    learns(4);
    goes('paused', 4);
    expect(selection.trajectoryIndex).toBe(0);
    selection.hold();
    expect(selection.trajectoryIndex).toBe(0);
  });

  it('is the first of what was recorded, whatever the run does', () => {
    const { selection, goes } = hardestIsThird();
    selection.recorded = fakeUpdate(defaultExperiment, 7);
    selection.look('recorded');
    expect([selection.source, selection.trajectoryIndex]).toEqual(['recorded', 0]);
    goes('finished', 2);
    expect([selection.source, selection.trajectoryIndex]).toEqual(['recorded', 0]);
  });
});
