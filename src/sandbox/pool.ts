/**
 * Runners, batches, deadlines and the verdict cache. Knows neither Node nor the browser: a `Spawn` starts a runner.
 *
 * A runner tells what it begins (`stage`). The watchdog ends a runner that stayed silent too long: the test it was
 * in is a timeout, finished tests keep their verdicts, everything else goes on in a new runner.
 */
import { capShown, capText, capVerdict } from './caps.ts';
import { afterTimeout, batchSize, stdoutCap, testsCap, watchdogGraceMs, type Limits } from './limits.ts';
import type { FromRunner, ToRunner } from './runner.ts';
import type { GradeRequest, Sandbox, SandboxStats, TestVerdict, Verdict } from './types.ts';
import { TickClock } from './tickClock.ts';
import { VerdictCache } from './verdictCache.ts';
import { combine, fault, outOfTime, type Shown } from './verdict.ts';

export interface Runner {
  post(message: ToRunner): void;
  terminate(): void;
}

/** Starts a runner. `onLost` is called when it dies by itself, with the reason; not after `terminate`. */
export type Spawn = (onMessage: (message: FromRunner) => void, onLost: (reason: string) => void) => Runner;

/** Keeps the snapshot between sessions. Both swallow nothing: a store that fails says so by null, or by doing nothing. */
export interface SnapshotStore {
  /** The snapshot of an earlier session with the same files, checked, or null. */
  load(): Promise<Uint8Array | null>;
  save(snapshot: Uint8Array): void;
}

export interface PoolOptions {
  readonly store?: SnapshotStore | undefined;
  readonly workers: number;
  readonly limits: Limits;
}

/** One program on its way through the pool. */
interface Item {
  readonly id: number;
  readonly key: string;
  readonly request: GradeRequest;
  readonly tests: (TestVerdict | undefined)[];
  readonly waiting: ((verdict: Verdict) => void)[];
  spentMs: number;
  /** Sound runners that were lost while they ran this program, and while its tests were cut. */
  readonly losses: { program: number; tests: number };
  wanted: number;
}

interface Slot {
  runner: Runner | null;
  state: 'starting' | 'idle' | 'busy' | 'down';
  /** The batch the runner works on, in order. */
  batch: Item[];
  current: Item | null;
  stage: number;
  shown: Shown;
  stageStart: number;
  itemStart: number;
}

/** A start may take this long, in milliseconds of the watchdog's clock. */
const startMs = 60_000;
const maxStartFailures = 3;
const maxLosses = 2;
const cuttingStage = -2; // the stage before any program runs

export class Pool implements Sandbox {
  readonly #spawn: Spawn;
  readonly #limits: Limits;
  readonly #store: SnapshotStore | undefined;
  readonly #slots: Slot[] = [];
  readonly #queue: Item[] = [];
  readonly #byKey = new Map<string, Item>();
  readonly #cache = new VerdictCache();
  readonly #counts = { graded: 0, cacheHits: 0, timeouts: 0, respawns: 0, infra: 0 };
  readonly #ready: Promise<void>;
  #resolveReady: () => void = () => undefined;
  #rejectReady: (error: Error) => void = () => undefined;
  #snapshot: Uint8Array | null = null;
  #stored = false;
  #maker: Runner | null = null;
  #startFailures = 0;
  #broken: string | null = null;
  #disposed = false;
  #nextId = 0;
  readonly #clock = new TickClock(() => this.#tick());

  constructor(spawn: Spawn, options: PoolOptions) {
    this.#spawn = spawn;
    this.#limits = options.limits;
    this.#store = options.store;
    this.#ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    this.#ready.catch(() => undefined); // whoever calls ready() sees it
    for (let i = 0; i < options.workers; i++)
      this.#slots.push({
        runner: null,
        state: 'down',
        batch: [],
        current: null,
        stage: 0,
        shown: { expression: '', expected: '' },
        stageStart: 0,
        itemStart: 0,
      });
    void this.#begin();
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  get stats(): SandboxStats {
    return {
      ...this.#counts,
      workers: this.#slots.filter((slot) => slot.state === 'idle' || slot.state === 'busy').length,
    };
  }

  async grade(requests: readonly GradeRequest[], signal?: AbortSignal): Promise<Verdict[]> {
    if (this.#disposed) throw new Error('the sandbox was disposed');
    signal?.throwIfAborted();
    const mine: Item[] = [];
    const verdicts = requests.map((request) => this.#enqueue(request, mine));
    this.#dispatch();
    if (!signal) return Promise.all(verdicts);
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        for (const item of mine) this.#forget(item);
        reject(new DOMException('grading was aborted', 'AbortError'));
      };
      signal.addEventListener('abort', abort, { once: true });
      Promise.all(verdicts)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', abort));
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#maker?.terminate();
    for (const slot of this.#slots) {
      slot.runner?.terminate();
      slot.state = 'down';
    }
    this.#clock.stop();
    this.#fail('the sandbox was disposed');
  }

  // -- requests ---------------------------------------------------------------------------------------------------
  #enqueue(request: GradeRequest, mine: Item[]): Promise<Verdict> {
    if (request.tests.length > testsCap) {
      const why = `${request.tests.length} tests are more than the ${testsCap} that one program may have: divide the task`;
      return Promise.resolve(combine([fault(why, { expression: '', expected: '' })], '', 0));
    }
    const key = JSON.stringify([request.code, request.setup, request.tests]);
    const known = this.#cache.get(key);
    if (known) {
      this.#counts.cacheHits++;
      return Promise.resolve({ ...known, cached: true });
    }
    let item = this.#byKey.get(key);
    const shared = item !== undefined;
    if (!item) {
      item = {
        id: this.#nextId++,
        key,
        request,
        tests: request.tests.map(() => undefined),
        waiting: [],
        spentMs: 0,
        losses: { program: 0, tests: 0 },
        wanted: 0,
      };
      this.#byKey.set(key, item);
      this.#queue.push(item);
    } else this.#counts.cacheHits++;
    item.wanted++;
    mine.push(item);
    const { waiting } = item;
    return new Promise((resolve) =>
      waiting.push((verdict) => resolve(shared ? { ...verdict, cached: true } : verdict)),
    );
  }

  /** After an abort: an item nobody wants any more leaves the queue; one already running finishes for the cache. */
  #forget(item: Item): void {
    item.wanted--;
    const at = this.#queue.indexOf(item);
    if (item.wanted > 0 || at < 0) return;
    this.#queue.splice(at, 1);
    this.#byKey.delete(item.key);
  }

  #finish(item: Item, stdout: string): void {
    const tests = item.tests.map((test, i) => test ?? fault('the test was not run', unseen(item, i)));
    const verdict = combine(tests, stdout, item.spentMs);
    this.#counts.graded++;
    if (verdict.status === 'timeout') this.#counts.timeouts++;
    if (verdict.status === 'infra') this.#counts.infra++;
    else this.#cache.set(item.key, verdict);
    this.#byKey.delete(item.key);
    for (const resolve of item.waiting) resolve(verdict);
  }

  /** Gives the tests without a verdict this one, and finishes the item. */
  #finishWith(item: Item, verdict: (test: Shown) => TestVerdict): void {
    for (const [i, test] of item.tests.entries())
      item.tests[i] = test ?? capVerdict(verdict(unseen(item, i)));
    this.#finish(item, '');
  }

  // -- runners ----------------------------------------------------------------------------------------------------
  async #begin(): Promise<void> {
    const stored = (await this.#store?.load()) ?? null;
    if (this.#disposed) return;
    if (stored) this.#useSnapshot(stored, true);
    else this.#makeSnapshot();
  }

  #useSnapshot(snapshot: Uint8Array, stored: boolean): void {
    this.#snapshot = snapshot;
    this.#stored = stored;
    if (this.#disposed) return;
    for (const slot of this.#slots) if (slot.state === 'down') this.#start(slot);
  }

  #makeSnapshot(): void {
    const maker = this.#spawn(
      (message) => {
        if (message.kind === 'failed') return this.#startFailed(message.message);
        if (message.kind !== 'snapshot') return;
        maker.terminate();
        this.#maker = null;
        this.#store?.save(message.bytes);
        this.#useSnapshot(message.bytes, false);
      },
      (reason) => this.#startFailed(reason),
    );
    this.#maker = maker;
    maker.post({ kind: 'snapshot', limits: this.#limits });
  }

  #start(slot: Slot): void {
    if (this.#disposed || !this.#snapshot || this.#broken !== null) return;
    const runner = this.#spawn(
      (message) => {
        if (slot.runner === runner) this.#onMessage(slot, message);
      },
      (reason) => {
        if (slot.runner === runner) this.#lost(slot, reason);
      },
    );
    Object.assign(slot, { runner, state: 'starting', batch: [], current: null, stageStart: this.#clock.now });
    runner.post({ kind: 'start', snapshot: this.#snapshot, limits: this.#limits });
    this.#clock.start();
  }

  #replace(slot: Slot): void {
    slot.runner?.terminate();
    slot.runner = null;
    slot.state = 'down';
    this.#counts.respawns++;
    this.#start(slot);
  }

  #startFailed(reason: string): void {
    if (this.#disposed) return;
    if (this.#stored) {
      // A stored snapshot that does not start is of no use: make a new one.
      this.#snapshot = null;
      this.#stored = false;
      return this.#makeSnapshot();
    }
    this.#startFailures++;
    if (this.#startFailures < maxStartFailures) {
      if (!this.#snapshot) {
        this.#maker?.terminate();
        this.#makeSnapshot();
      }
      return;
    }
    this.#maker?.terminate();
    this.#broken = `Python could not be started: ${reason}`;
    this.#rejectReady(new Error(this.#broken));
    this.#fail(this.#broken);
  }

  /** Gives every program still waiting an infra verdict. */
  #fail(reason: string): void {
    for (const item of [...this.#byKey.values()]) this.#finishWith(item, (test) => fault(reason, test));
    this.#queue.length = 0;
  }

  #onMessage(slot: Slot, message: FromRunner): void {
    const item = 'item' in message ? slot.batch.find((x) => x.id === message.item) : undefined;
    switch (message.kind) {
      case 'ready':
        slot.state = 'idle';
        this.#resolveReady();
        this.#dispatch();
        return;
      case 'failed':
        this.#startFailed(message.message);
        if (this.#broken === null) this.#replace(slot);
        return;
      case 'stage':
        if (!item) return;
        this.#startFailures = 0;
        if (slot.current !== item) slot.itemStart = this.#clock.now;
        slot.current = item;
        slot.stage = message.test;
        slot.shown = capShown(message.shown);
        slot.stageStart = this.#clock.now;
        return;
      case 'verdict':
        if (item) item.tests[message.test] = capVerdict(message.verdict);
        return;
      case 'done':
        if (!item) return;
        item.spentMs = item.tests.reduce((sum, test) => sum + (test?.ms ?? 0), 0);
        slot.batch.splice(slot.batch.indexOf(item), 1);
        slot.current = null;
        slot.stageStart = this.#clock.now;
        this.#finish(item, capText(message.stdout, stdoutCap));
        return;
      case 'idle':
        this.#requeue(slot);
        if (message.recycle) this.#replace(slot);
        else slot.state = 'idle';
        this.#dispatch();
        return;
      case 'snapshot':
        return;
      default:
        message satisfies never;
    }
  }

  /** Puts what is left of a slot's batch back to the front of the queue. */
  #requeue(slot: Slot): void {
    this.#queue.unshift(...slot.batch);
    slot.batch = [];
    slot.current = null;
  }

  /** The runner died by itself: its program gets one more try. Who is to blame for the second is said in docs/sandbox.md. */
  #lost(slot: Slot, reason: string): void {
    const item = slot.current;
    if (!item) this.#startFailed(reason);
    else if (slot.stage === cuttingStage && ++item.losses.tests >= maxLosses)
      this.#giveUp(slot, item, (test) =>
        fault(`the sandbox was lost twice while it read the tests: ${reason}`, test),
      );
    else if (slot.stage !== cuttingStage && ++item.losses.program >= maxLosses)
      this.#giveUp(slot, item, (test) => broughtDown(reason, test));
    this.#requeue(slot);
    if (this.#broken === null) this.#replace(slot);
  }

  #giveUp(slot: Slot, item: Item, verdict: (test: Shown) => TestVerdict): void {
    slot.batch.splice(slot.batch.indexOf(item), 1);
    this.#finishWith(item, verdict);
  }

  /** The runner stayed silent beyond the deadline: it is in a C loop, so its thread is ended. */
  #overdue(slot: Slot): void {
    const item = slot.current;
    if (!item) return this.#lost(slot, 'it stopped answering');
    const ms = this.#clock.now - slot.stageStart;
    item.spentMs += this.#clock.now - slot.itemStart;
    if (slot.stage >= 0) item.tests[slot.stage] = outOfTime(slot.shown, ms);
    if (slot.stage < 0 || item.spentMs >= this.#limits.perProgramMs || !item.tests.includes(undefined)) {
      const endless = 'the tests themselves never finish';
      this.#giveUp(slot, item, (test) =>
        slot.stage === cuttingStage ? fault(endless, test) : outOfTime(test, ms),
      );
    }
    this.#requeue(slot);
    this.#replace(slot);
  }

  /** Milliseconds for each test that is left. */
  #perTestMs(item: Item): number {
    return (
      this.#limits.perTestMs * (item.tests.some((test) => test?.status === 'timeout') ? afterTimeout : 1)
    );
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (slot.state !== 'idle' || !slot.runner || this.#queue.length === 0) continue;
      const share = Math.ceil(this.#queue.length / this.#slots.length);
      slot.batch = this.#queue.splice(0, Math.min(batchSize, share));
      slot.state = 'busy';
      slot.stageStart = this.#clock.now;
      slot.runner.post({
        kind: 'batch',
        jobs: slot.batch.map((item) => ({
          ...item.request,
          item: item.id,
          skip: item.tests.flatMap((test, i) => (test ? [i] : [])),
          budgetMs: this.#limits.perProgramMs - item.spentMs,
          perTestMs: this.#perTestMs(item),
        })),
      });
    }
    this.#clock.start();
  }

  // -- the watchdog -----------------------------------------------------------------------------------------------
  #tick(): void {
    let working = false;
    for (const slot of this.#slots) {
      if (slot.state !== 'busy' && slot.state !== 'starting') continue;
      working = true;
      const allowed =
        slot.state === 'starting'
          ? startMs
          : slot.stage === cuttingStage
            ? this.#limits.perProgramMs * 1.1 + watchdogGraceMs
            : (slot.current ? this.#perTestMs(slot.current) : this.#limits.perTestMs) * 1.1 + watchdogGraceMs;
      if (this.#clock.now - slot.stageStart > allowed) this.#overdue(slot);
    }
    if (!working) this.#clock.stop();
  }
}

/** A test of a program that brought down its runners. */
const broughtDown = (reason: string, test: Shown): TestVerdict => ({
  ...test,
  status: 'error',
  got: '',
  exception: {
    type: 'SandboxError',
    message: `the program brought the sandbox down twice: ${reason}`,
    line: 0,
  },
  ms: 0,
});

/** A test as it was written, for when nothing better is known. */
function unseen(item: Item, test: number): Shown {
  return capShown({ expression: item.request.tests[test] ?? '', expected: '' });
}
