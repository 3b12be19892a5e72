/** What a driver drives: the interfaces of a loaded model, of a run over it, and of the log a run is kept in. */
import type { Experiment } from '../config/fields.ts';
import type { MemoryFacts } from '../config/memory.ts';
import type { OpenedBackend } from '../engine/index.ts';
import type { Place } from '../rl/algorithms/algorithm.ts';
import type { InspectedLayer, InspectedTurn } from '../rl/inspection.ts';
import type { CaughtRecord } from '../rl/caught.ts';
import type { ChangeRecord, EvalRecord, UpdateRecord } from '../rl/records.ts';
import type { KnownProblems } from '../tasks/knownProblems.ts';
import type { Explanation } from './failure.ts';
import type { Around } from './layers.ts';
import type { Counters, ModelFacts, Past, RunEvent } from './messages.ts';
import type { TrainerParts, TrainerState } from './trainer.ts';

/** One run, a piece of work at a time; the driver sees to that. `TrainingRun` is one, the page's test double another. */
export interface Trainable {
  /** In force from the next piece of work on. Only fields marked `when: 'live'` may be changed, and only between two. */
  experiment: Experiment;
  /** As after the last whole update. Its arrays are never written to. */
  readonly state: TrainerState;
  readonly model: ModelFacts;
  /** What the user should know of its tasks, a sentence each. */
  readonly notes?: readonly string[];
  readonly memory: MemoryFacts;
  /** One update. When it throws, `state` is as before. */
  update(): Promise<UpdateRecord>;
  /** Greedy episodes on held-out tasks; changes nothing. */
  evaluate(): Promise<EvalRecord>;
  /**
   * How good the loaded model is, as `evaluate` says of it at step 0, whatever was learned since: so it can be found out while the
   * run goes on. Yields after each part what is known so far; the last is returned. Only where the run began at the loaded model.
   *
   * @param inForce the experiment of the first update, which may be another by the next part
   */
  baseline(inForce: () => Experiment): AsyncGenerator<EvalRecord, EvalRecord>;
  /** Held-out tasks whose first answer is worse than the reference's own, and whose last is right; changes nothing. */
  caught(): Promise<CaughtRecord>;
  /** Goes on from another state. */
  load(state: TrainerState): Promise<void>;
  dispose(): void;
}

export interface BeginOptions {
  /** Where to go on; by default the loaded model itself, at step 0. */
  readonly state?: TrainerState;
  /** Stops the piece of work under way. */
  readonly signal?: AbortSignal;
  readonly onProgress?: TrainerParts['onProgress'];
  /** Tells those who look on what each update does. */
  readonly live?: TrainerParts['live'];
  /** The back end was lost, or memory ran out, and the run goes on: sentences for the user. */
  readonly onRecovery?: (message: string) => void;
}

/** One loaded model, tokenizer, back end and sandbox. Any number of runs is begun over it, and none loads anything again. */
export interface Loaded {
  /** Its name in an experiment. */
  readonly model: string;
  /** The model's digest (model/digest.ts), where it is known. */
  readonly digest?: string;
  /** What computes now. */
  readonly backend: OpenedBackend;
  readonly counters: Counters;
  /** Problems of the user's own that it was given; absent where it can take none. */
  readonly problems?: KnownProblems;
  /** @throws Error naming the field when the experiment does not fit the model, or the state does not */
  begin(experiment: Experiment, options: BeginOptions): Promise<Trainable>;
  /** What an update did to each token of a try. @param states before the update and after it @param at both from 0 */
  inspect(record: UpdateRecord, at: Place, states: Around): Promise<InspectedTurn[]>;
  /** Where an update went. @param experiment the update's own */
  layers(states: Around, experiment: Experiment): InspectedLayer[];
  /** What was trained, as in a state, in the files of a Hugging Face or PEFT folder, by name. @param experiment in force at the state */
  files(state: TrainerState, experiment: Experiment): Record<string, Uint8Array>;
  dispose(): void;
}

/**
 * Where a run is kept (`RunLog`); what the driver asks of it. Where a run went back, an update or a change takes the place of
 * what came after.
 */
export interface KeptLog {
  change(record: ChangeRecord): Promise<void>;
  /** @param state after it */
  update(record: UpdateRecord, state: TrainerState): Promise<void>;
  evaluation(record: EvalRecord): Promise<void>;
  notice(level: 'info' | 'warning', message: string, step: number): Promise<void>;
  checkpoint(state: TrainerState): Promise<void>;
  /** Whether it has one at a step. */
  holds(kind: 'evaluation' | 'checkpoint', step: number): boolean;
  /** The checkpoint at a step or, if there is none, the last one before it. */
  stateAt(step: number): Promise<TrainerState | null>;
  /** What an update was in full; null when that was dropped. */
  updateRecord(step: number): Promise<UpdateRecord | null>;
  /** In force after so many updates, for the next. */
  experimentAt(step: number): Experiment;
  /** Nothing is to be done for a while: nobody leaves it in the middle now. */
  rests?(): void;
  /** Waits for what is being written, and lets go of what is held open. */
  close?(): Promise<void>;
}

/** What a run begins with. */
export interface Beginning {
  readonly experiment: Experiment;
  /** Where it goes on; by default at the loaded model. */
  readonly state?: TrainerState;
  /** The problems that it names, as they are kept; not needed where they were given before. */
  readonly problems?: string | undefined;
  /** Opens the log it is kept in, once the experiment is known to fit: a new one, or that of a run that goes on; null: it is not kept. */
  readonly openLog?: () => Promise<KeptLog | null>;
  /** What it has behind it, of a run that was kept and goes on. */
  readonly past?: Past;
  /** Its evaluation at step 0, where that is known: another run began with the same model, and was asked the same. */
  readonly baseline?: EvalRecord;
  /** Its evaluation at step 0 was never finished. */
  readonly unevaluated?: boolean;
  /** Sentences the user should know. */
  readonly notes?: readonly string[];
  /** Lets go of what was opened for it, where it could not begin. */
  readonly abandon?: () => Promise<void>;
}

/** What a run under a driver is given. */
export interface DrivenOptions {
  readonly id: string;
  readonly emit: (event: RunEvent) => void;
  /** What the user is told when the run cannot go on. */
  readonly explain: (error: unknown, beginning: boolean) => Explanation;
  readonly breathe: () => Promise<void>;
  /** Something is to be done. */
  readonly wake: () => void;
  readonly checkpointEvery: number;
  /** Ready as soon as there are first answers; the rest of the evaluation at step 0 is made while the run stands or between updates. */
  readonly readyEarly: boolean;
  /** A log that fails ends the run, instead of the log. */
  readonly strictLog: boolean;
}
