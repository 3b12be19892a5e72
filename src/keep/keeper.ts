/**
 * The trainer's side of runs that are kept: the log that a run is written to while it is made, and the opening of one that goes on.
 * What can be lost at any moment is the update under way.
 */
import { backendTitles, type BackendName } from '../config/backends.ts';
import { sentence, UnrecoverableError } from '../train/failure.ts';
import { RunLog, type LogOptions } from '../train/log.ts';
import { readLog } from '../train/logFormat.ts';
import type { StoredBlob } from '../train/store.ts';
import type { NewRun } from '../train/driver.ts';
import type { Beginning, KeptLog, Loaded } from '../train/trainable.ts';
import type { TrainerState } from '../train/trainer.ts';
import type { KeptRun } from './keptRuns.ts';
import { LateFolder } from './lateFolder.ts';
import { inOrder, MakingRoom, type Dropped, type Spare } from './makingRoom.ts';
import { chaptersBefore, pastOf } from './past.ts';
import { rowOf } from './row.ts';
import { madeAt } from './runId.ts';
import type { Folder, RunIndex, Shelf } from './shelf.ts';

export interface KeeperOptions {
  readonly shelf: Shelf;
  readonly index: RunIndex;
  /** The version of the playground. */
  readonly build: string;
  /** Tells whoever shows a run. */
  readonly warn: (runId: string, message: string) => void;
  /** Packs answers away from this thread; see `LogOptions`. */
  readonly packAnswers?: LogOptions['packAnswers'];
  /** Something about the kept runs is different. */
  readonly onChanged: () => void;
}

/** The index is brought up to date as often while a run trains, ms. A stale row is seen and made again from the log. */
const indexEvery = 2000;

const inAnotherTab =
  'This run is open in another tab, which writes it, so here it can only be looked at and forked. Close it there to go on with it here.';

export class Keeper {
  readonly #options: KeeperOptions;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** The log of a run that begins; nothing of it is kept before its first update. */
  async newLog({ id, experiment, loaded, parent }: NewRun): Promise<KeptLog> {
    const { build } = this.#options;
    const { digest, model: name } = loaded;
    const { name: backend, device } = loaded.backend;
    const writing = new Writing(id, this.#options);
    const late = new LateFolder(async () => this.#roomy(id, await writing.open()));
    const log = await RunLog.create(
      late,
      {
        ...{ build, backend, device, experiment, tokenizer: {} },
        model: { name, ...(digest === undefined ? {} : { digest }) },
        ...(parent ? { parent: { run: parent.runId, step: parent.step } } : {}),
      },
      { ...this.#logOptions(id), problems: loaded.problems?.find(experiment.problems)?.text },
    );
    return writing.keep(log, () => log.written().then(() => late.make()));
  }

  /**
   * A run that goes on; where somebody else writes it, to be looked at only.
   * @throws UnrecoverableError saying why it cannot be opened over what is loaded
   */
  async open(id: string, loaded: Loaded): Promise<Beginning> {
    const { shelf } = this.#options;
    if ((await shelf.facts(id)).logSize === 0) {
      throw new UnrecoverableError('This run is not kept any more.', 'Begin a new run.', null);
    }
    const writing = new Writing(id, this.#options);
    const left = await this.#leftUnderWay(id);
    const folder = await writing.openIfFree();
    const { log, state, notes } = folder
      ? await this.#read(id, this.#roomy(id, folder))
      : await this.#readWhileWritten(id);
    const abandon = () => log.close();
    try {
      checkModel(log, loaded);
      const { manifest } = log;
      if (!state && manifest.parent) {
        throw new UnrecoverableError(
          'No state of this run can be read any more, so it cannot go on.',
          'Fork again from the run that it came from.',
          null,
        );
      }
      const step = state?.step ?? 0;
      if (folder && step < log.step) {
        notes.push(
          `The last state that was kept is that of update ${step}; what came after it, up to update ${log.step}, is done again.`,
        );
      }
      notes.push(...otherBackend(log, loaded.backend.name));
      const before = await chaptersBefore(manifest, async (run) => (await shelf.look(run)).readLog());
      const readOnly = folder ? '' : inAnotherTab;
      return {
        experiment: log.experimentAt(step),
        problems: await log.problems(),
        ...(state ? { state } : {}),
        past: await pastOf(log, step, { before, readOnly }),
        unevaluated: folder !== null && unevaluated(log),
        notes,
        openLog: async () => (folder ? writing.keep(log, () => Promise.resolve(), left) : reading(log)),
        abandon,
      };
    } catch (error) {
      await abandon();
      throw error;
    }
  }

  /** Whether nobody let it rest since it trained: that stands in the row of its log as it is. */
  async #leftUnderWay(id: string): Promise<boolean> {
    const { shelf, index } = this.#options;
    const rows = await index.all().catch(() => []);
    const { logSize } = await shelf.facts(id);
    const fresh = rows.find(({ row, logSize: size }) => row.id === id && size === logSize);
    return fresh?.row.underWay ?? true;
  }

  async #read(id: string, store: MakingRoom): Promise<Read> {
    try {
      const log = await RunLog.open(store, this.#logOptions(id));
      const notes = log.notes.map((note) => `The run’s log: ${note}.`);
      const state = await log.stateAt(Infinity, (error) => notes.push(sentence(error)));
      return { log, state, notes };
    } catch (error) {
      await store.close();
      throw new UnrecoverableError(
        `This run cannot be opened: ${sentence(error)}`,
        'Export it from the list of runs to look at what is in it.',
        error,
      );
    }
  }

  /** The last states are written over meanwhile, so what was read may not fit together at the first try. */
  async #readWhileWritten(id: string): Promise<Read> {
    for (let tries = 1; ; tries++) {
      const read = await this.#read(id, this.#roomy(id, await this.#options.shelf.look(id)));
      if (read.state?.step === read.log.step || tries === 5) return read;
    }
  }

  #logOptions(id: string): LogOptions {
    const { packAnswers } = this.#options;
    return {
      lastStates: true,
      ...(packAnswers ? { packAnswers } : {}),
      onAnswersLost: (error) =>
        this.#options.warn(
          id,
          `The answers of an update could not be kept: ${sentence(error)} To look back at them, it is made again.`,
        ),
    };
  }

  #roomy(id: string, store: Folder): MakingRoom {
    const onDropped = (what: Dropped) => this.#options.warn(id, saidOfDropped[what]);
    return new MakingRoom(store, { onDropped, elsewhere: () => this.#spareElsewhere() });
  }

  /** Checkpoints of runs that nobody has open, of the run that was changed longest ago first; each can still go on. */
  async *#spareElsewhere(): AsyncGenerator<Spare, void> {
    const { shelf } = this.#options;
    const runs = await Promise.all(
      (await shelf.ids()).map(async (id) => ({ id, ...(await shelf.facts(id)) })),
    );
    for (const { id } of runs.toSorted((a, b) => a.changed - b.changed)) {
      const folder = await shelf.open(id);
      if (!folder) continue;
      try {
        const blobs = await folder.list();
        const checkpoints = inOrder(blobs, 'checkpoint-');
        const log = await folder.readLog();
        const goesOn = lastStep(log, blobs, 'last-') >= lastStep(log, blobs, 'checkpoint-'); // without any of them
        for (const name of goesOn ? checkpoints : checkpoints.slice(0, -1)) {
          yield { what: 'checkpoints of other runs', drop: () => folder.delete(name) };
        }
      } finally {
        await folder.close();
      }
    }
  }
}

/** The update after which the newest state of a kind was kept that is still there; -1: none is, or the log cannot be read. */
function lastStep(text: string, blobs: readonly StoredBlob[], kind: 'last-' | 'checkpoint-'): number {
  const there = new Set(inOrder(blobs, kind));
  try {
    const kept = readLog(text).entries.flatMap(({ entry }) => (entry.kind === 'checkpoint' ? [entry] : []));
    return kept.findLast(({ blob }) => there.has(blob))?.step ?? -1;
  } catch {
    return kind === 'last-' ? -1 : 0;
  }
}

interface Read {
  readonly log: RunLog;
  readonly state: TrainerState | null;
  readonly notes: string[];
}

const noMore = 'There is no more room on this device, or the browser grants no more, so';
const again = 'Looking back that far takes longer, or cannot be done any more.';
const saidOfDropped: Readonly<Record<Dropped, string>> = {
  'checkpoints of other runs': `${noMore} the oldest checkpoints of runs kept earlier were dropped. ${again}`,
  checkpoints: `${noMore} the oldest checkpoints of this run were dropped. ${again}`,
  answers: `${noMore} the oldest answers of this run were dropped. ${again}`,
};

/** One run that is written, and its row of the index. */
class Writing {
  readonly #id: string;
  readonly #options: KeeperOptions;
  #folder: Folder | null = null;
  #indexed = 0;

  constructor(id: string, options: KeeperOptions) {
    this.#id = id;
    this.#options = options;
  }

  async openIfFree(): Promise<Folder | null> {
    return (this.#folder = await this.#options.shelf.open(this.#id));
  }

  /** @throws Error when somebody else has it */
  async open(): Promise<Folder> {
    const folder = await this.openIfFree();
    if (folder) return folder;
    throw new Error('It is open in another tab.');
  }

  /**
   * @param make called before each update
   * @param left in the middle, when it was opened: then it still is until it trains
   */
  keep(log: RunLog, make: () => Promise<void>, left = false): KeptLog {
    let trained = false;
    let lost = false;
    const rests = () => {
      if (!lost) this.#note(log, { underWay: left && !trained });
    };
    /** Nothing is kept any more once something could not be: what is kept was left in the middle. */
    const written = async (writing: Promise<void>) => {
      try {
        await writing;
      } catch (error) {
        lost = true;
        throw error;
      }
    };
    return {
      ...reading(log),
      change: (record) => written(log.change(record)),
      update: async (record, state) => {
        trained = true;
        await written(make());
        await written(log.update(record, state));
        this.#note(log, { underWay: true }, indexEvery);
      },
      evaluation: (record) => written(log.evaluation(record)),
      notice: (...notice) => written(log.notice(...notice)),
      checkpoint: (state) => written(log.checkpoint(state)),
      rests,
      close: async () => {
        await log.written();
        rests();
        await log.close();
      },
    };
  }

  /** Brings the index up to date. It is derived: when that fails, the row is made again where it is missed. */
  #note(log: RunLog, { underWay }: Pick<KeptRun, 'underWay'>, every = 0): void {
    const folder = this.#folder;
    const now = Date.now();
    if (!folder || (every > 0 && now < this.#indexed + every)) return;
    this.#indexed = now;
    const { index, onChanged } = this.#options;
    const facts = { begun: madeAt(this.#id) || now, changed: now, bytes: folder.size, underWay };
    const row = rowOf(this.#id, log.manifest, log.held, facts);
    void index.put({ row, logSize: folder.logSize }).then(onChanged, () => undefined);
  }
}

/** The log of a run that somebody else writes. */
function reading(log: RunLog): KeptLog {
  const refused = () => Promise.reject(new Error(inAnotherTab));
  return {
    ...{ change: refused, update: refused, evaluation: refused, checkpoint: refused },
    notice: () => Promise.resolve(), // it is said, and belongs to no log
    holds: (kind, step) => log.holds(kind, step),
    stateAt: (step) => log.stateAt(step),
    updateRecord: (step) => log.updateRecord(step),
    experimentAt: (step) => log.experimentAt(step),
    close: () => log.close(),
  };
}

/** @throws UnrecoverableError when the run began with another model than is loaded */
function checkModel({ manifest: { model } }: RunLog, loaded: Loaded): void {
  const same = model.digest === undefined || loaded.digest === undefined || model.digest === loaded.digest;
  if (model.name === loaded.model && same) return;
  const other =
    model.name === loaded.model
      ? `a model "${model.name}" other than this page has: its digest is another`
      : `the model "${model.name}", and "${loaded.model}" is loaded`;
  throw new UnrecoverableError(
    `This run began with ${other}. It cannot go on here.`,
    'Look at it, or export it, from the list of runs.',
    null,
  );
}

/** It trained before its evaluation at step 0 was whole. */
const unevaluated = (log: RunLog): boolean =>
  !log.manifest.parent && log.manifest.experiment.initialPolicy === 'model' && !log.holds('evaluation', 0);

/** What to say when something else computes than before. */
function otherBackend({ manifest, held }: RunLog, now: BackendName): string[] {
  const last = held.of('update').at(-1)?.backend ?? manifest.backend;
  if (last === now) return [];
  return [
    `This run was computed on ${backendTitles[last]}, and goes on on ${backendTitles[now]}: what follows is not the same to the ` +
      'last bit as it would have been there.',
  ];
}
