/** Kept runs as the page lists them; the dialog itself is tried in a browser (test/e2e/keptList.test.ts). */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import type { FieldName } from '../../../src/config/fields.ts';
import type { KeptRun } from '../../../src/keep/keptRuns.ts';
import { wholePart } from '../../../src/keep/reading.ts';
import { entryLine, manifestLine } from '../../../src/train/logFormat.ts';
import { curveWords, keptFacts, stayWords, storageWords } from '../../../src/ui/panels/kept/words.ts';
import { KeptState, titleOf } from '../../../src/ui/state/kept.svelte.ts';
import { OverlayState } from '../../../src/ui/state/overlay.svelte.ts';
import { StayingState } from '../../../src/ui/state/staying.svelte.ts';
import { sampleLog, sampleManifest, sampleRuns } from '../../ui/keptSamples.ts';
import { MemoryRuns } from '../../ui/memoryRuns.ts';

async function only(log: string, name = ''): Promise<KeptRun> {
  const runs = new MemoryRuns();
  runs.put(log, name);
  const [run] = await runs.list();
  if (!run) throw new Error('It is not listed.');
  return run;
}

describe('a kept run in words', () => {
  it('is called by what differs from its preset, unless it has a name', async () => {
    const plain = await only(sampleLog({}, 150));
    expect(keptFacts(plain)).toBe('WASM · 150 updates'); // its preset is its name
    const changed = await only(sampleLog({ gamma: 0.3, seed: 4 }, 40));
    expect(titleOf(changed)).toBe('γ 0.3, Seed 4');
    expect(keptFacts(changed)).toBe(`Changed from “${titleOf(plain)}” · WASM · 40 of 150 updates`);
    const named = await only(sampleLog({ gamma: 0.3 }, 40), 'Mine');
    expect([titleOf(named), keptFacts(named)]).toEqual(['Mine', 'γ 0.3 · WASM · 40 of 150 updates']);
  });

  it('says what was changed on the way, but for what bends no curve', async () => {
    const change = (field: FieldName, from: number, to: number) =>
      entryLine({ kind: 'change', step: 40, changes: [{ field, from, to }] });
    const plain = await only(sampleLog({}, 40));
    const longer = await only(sampleLog({}, 40) + change('steps', 150, 300));
    expect([titleOf(longer), longer.steps]).toEqual([titleOf(plain), 300]);
    const changed = await only(sampleLog({}, 40) + change('gamma', 0.75, 0));
    expect(titleOf(changed)).toBe(`${titleOf(plain)}, then γ 0`);
    expect(keptFacts(changed)).toBe('WASM · 40 of 150 updates');
    const set = entryLine({ kind: 'change', step: 0, changes: [{ field: 'gamma', from: 0.75, to: 0.3 }] });
    expect(titleOf(await only(sampleLog({}, 0) + set))).toBe('γ 0.3');
    const parent = { run: 'another', step: 5 };
    const fork = manifestLine({ ...sampleManifest(defaultExperiment), parent });
    const changes = (from: number, to: number) => [{ field: 'gamma', from, to } as const];
    const begins = fork + entryLine({ kind: 'change', step: 5, changes: changes(0.75, 0) });
    expect(titleOf(await only(begins))).toBe('γ 0');
    const later = begins + entryLine({ kind: 'change', step: 8, changes: changes(0, 0.5) });
    expect(titleOf(await only(later))).toBe('γ 0, then γ 0.5');
  });

  it('its curve is said as it is drawn', async () => {
    expect(curveWords(await only(sampleLog({}, 0)))).toBe(
      'Accuracy of turn 2 on held-out tasks: 36\u00a0% before training.',
    );
    expect(curveWords(await only(sampleLog({}, 20)))).toMatch(
      /: 36\u00a0% before training, 50\u00a0% after update 20\.$/,
    );
    expect(curveWords({ ...(await only(sampleLog())), curve: [] })).toBe('No accuracy was measured yet.');
  });

  it('and so is the room that is left', () => {
    expect(storageWords({ used: 4.2e7, granted: 5.1e9, persisted: false })).toBe(
      'The page uses 42\u00a0MB of the 5.1\u00a0GB that the browser grants it.',
    );
    expect(stayWords(true, true)).toBe('The browser will not clear it by itself.');
    expect(stayWords(false, false)).toBe('When space is short, the browser may clear it by itself.');
    expect(stayWords(false, true)).toContain('has not agreed');
  });
});

describe('damaged runs and those of other versions', () => {
  it('are listed with what is wrong', async () => {
    const kept = new KeptState(sampleRuns(), () => {});
    await kept.refresh();
    const damaged = kept.runs.filter(({ damage }) => damage !== undefined);
    expect(damaged.map(({ step }) => step)).toEqual([90]);
    expect(damaged[0]?.damage).toMatch(/^line 102: update\.step: .*number.*"ninety-one"$/);
    expect(kept.unreadable.map(({ why }) => why).join()).toMatch(/newer version.*format 99/);
    expect(kept.problem).toBe('');
  });
});

describe('whoever comes back', () => {
  beforeEach(() => void vi.stubGlobal('localStorage', { getItem: () => null }));
  afterEach(() => void vi.unstubAllGlobals());

  const offered = async (runs: MemoryRuns) => {
    const kept = new KeptState(runs, () => undefined);
    kept.begin();
    await vi.waitFor(() => expect(kept.runs.length).toBeGreaterThan(0));
    await new Promise((resolve) => setTimeout(resolve, 0)); // the answers of the store
    return kept.offer && titleOf(kept.offer);
  };

  it('is asked of the run that was trained last, if it got anywhere and can go on', async () => {
    const runs = new MemoryRuns();
    runs.put(sampleLog({}, 20), 'before', 1);
    runs.put(sampleLog({}, 30), 'last', 2);
    expect(await offered(runs)).toBe('last');
    runs.put(sampleLog({}, 0), 'nothing yet', 3);
    expect(await offered(runs)).toBeNull();
  });

  it('is asked of it, too, when the page that was reloaded lets go of it late; of the one before when another tab has it', async () => {
    vi.useFakeTimers();
    const runs = new MemoryRuns();
    runs.put(sampleLog({}, 20), 'before', 1);
    const last = runs.put(sampleLog({}, 30), 'last', 2);
    const offeredAfter = async (freed: number) => {
      runs.using.add(last);
      const kept = new KeptState(runs, () => undefined);
      kept.begin();
      await vi.advanceTimersByTimeAsync(freed);
      runs.using.delete(last);
      await vi.advanceTimersByTimeAsync(5000);
      return kept.offer && titleOf(kept.offer);
    };
    expect(await offeredAfter(800)).toBe('last');
    expect(await offeredAfter(8000)).toBe('before');
    vi.useRealTimers();
  });
});

describe('an overlay', () => {
  it('is the curves of a run, one at a time', async () => {
    const runs = new MemoryRuns();
    runs.put(sampleLog({}, 30), 'first', 1);
    runs.put(sampleLog({}, 20) + 'not a line\nnor this\n', 'second', 2); // up to the damage
    const all = await runs.list();
    const [second, first] = all;
    const overlay = new OverlayState();
    await overlay.lay(first, 'first', runs, all);
    expect(overlay.ghost?.evals.map(({ step }) => step)).toEqual([0, 10, 20, 30]);
    expect(overlay.ghost?.evals[1]?.metrics['eval/accuracy@t1']).toBeCloseTo(0.34, 2);
    await overlay.lay(second, 'second', runs, all);
    expect([overlay.has(first.id), overlay.has(second.id), overlay.ghost?.laid]).toEqual([
      false,
      true,
      'second',
    ]);
    expect(overlay.ghost?.evals).toHaveLength(3);
    await expect(overlay.lay({ ...first, id: 'gone' }, '', runs, all)).rejects.toThrow('not kept any more');
    expect(overlay.has(second.id)).toBe(true);
    overlay.takeAway();
    expect(overlay.ghost).toBeNull();
  });

  it('of a fork begins with what it comes from, as long as that is kept', async () => {
    const runs = new MemoryRuns();
    runs.put(sampleLog({}, 40), 'origin', 1);
    runs.put(sampleLog({ gamma: 0 }, 30), 'fork', 2);
    const [fork, origin] = await runs.list();
    const forked = { ...fork, parent: { run: origin.id, step: 20 } };
    const overlay = new OverlayState();
    await overlay.lay(forked, 'fork', runs, [forked, origin]);
    expect(overlay.ghost?.evals.map(({ step }) => step)).toEqual([0, 10, 0, 10, 20, 30]);
    await overlay.lay(forked, 'fork', runs, [forked]);
    expect(overlay.ghost?.evals).toHaveLength(4);
  });
});

describe('a damaged log', () => {
  it('is opened up to the damage', async () => {
    const log = sampleLog({}, 20);
    expect(wholePart(log)).toBe(log);
    expect(wholePart(`${log}{"kind":"update","step":"x"}\n${log}`)).toBe(log);
    expect(() => wholePart('nothing')).toThrow('no log of a run');
  });
});

describe('the browser is asked not to clear runs', () => {
  const kept = new Map<string, string>();
  beforeEach(() => {
    kept.clear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    });
  });
  afterEach(() => void vi.unstubAllGlobals());

  class Asked extends MemoryRuns {
    times = 0;
    agrees = true;
    override async persist(): Promise<boolean> {
      this.times++;
      return (this.persisted = this.agrees);
    }
  }
  const visit = async (runs: Asked): Promise<StayingState> => {
    const staying = new StayingState(new KeptState(runs, () => {}), (sentence) => {
      throw new Error(sentence);
    });
    await staying.atLast();
    await staying.atLast();
    return staying;
  };

  it('once', async () => {
    const runs = new Asked();
    expect((await visit(runs)).refused).toBe(false);
    expect((await visit(runs)).refused).toBe(false);
    expect(runs.times).toBe(1);
  });

  it('once, where it does not agree; by a button again', async () => {
    const runs = new Asked();
    runs.agrees = false;
    expect((await visit(runs)).refused).toBe(true);
    const staying = await visit(runs);
    expect([staying.refused, runs.times]).toEqual([true, 1]);
    runs.agrees = true;
    await staying.ask();
    expect([staying.refused, runs.persisted, runs.times]).toEqual([false, true, 2]);
  });

  it('never where nothing is kept', async () => {
    const runs = new Asked();
    runs.why = 'the browser blocks cookies and site data here';
    await visit(runs);
    expect(runs.times).toBe(0);
  });
});
