/**
 * An update while it is under way, for those who look on: what is written, the tests as they come back, the comparison before the
 * gradient is taken, and the stations between which a run can stand.
 *
 * One group of the update is watched and told in full, of the others only how many tests passed. The update never waits for
 * whoever looks on; nobody looking on costs nothing. An update that is done again begins again.
 */
import * as v from 'valibot';
import { experimentSchema, type Experiment } from '../config/experiment.ts';
import { explanationSchema, type Explanation, type Place } from '../rl/algorithms/algorithm.ts';
import { gradedAnswerSchema, taskSchema, type Answer, type Group, type GradedAnswer } from '../rl/episode.ts';

/**
 * One update from left to right: turn 1 is written, each later turn is, rewards add up, they are compared, and what did better is made
 * more likely. After the last one the update is done.
 */
export const stations = ['write', 'correct', 'reward', 'compare', 'push'] as const;
export type Station = (typeof stations)[number];

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const list = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.readonly());

/** How far an update has come. */
export const reachedSchema = v.object({
  station: v.picklist(stations),
  /** The last turn that was written, from 1. */
  turn: count,
});
export type Reached = v.InferOutput<typeof reachedSchema>;

/** Where an answer is: trajectories from 0, turns from 1. */
const place = { trajectory: count, turn: count };

export const liveSchema = v.variant('what', [
  /** An update has begun, or another group of it is watched from now on: what was told before is void. */
  v.object({
    what: v.literal('began'),
    /** Updates done, counting this one. */
    step: count,
    /** The one it is made under. */
    experiment: experimentSchema,
    /** Of each group. */
    tasks: list(taskSchema),
    /** The group that is watched. */
    group: count,
  }),
  /** The answers of the watched group as far as they are written, for each trajectory. */
  v.object({ what: v.literal('written'), turn: count, texts: list(v.string()) }),
  v.object({
    what: v.literal('graded'),
    /** Tests passed, of all groups; null where an answer could not be judged. */
    marks: list(v.object({ group: count, ...place, passed: v.nullable(count), total: count })),
    /** Those of the watched group in full. */
    answers: list(v.object({ ...place, answer: gradedAnswerSchema })),
  }),
  /** Why each trajectory of the watched group is about to be pushed. */
  v.object({ what: v.literal('compared'), explanations: list(explanationSchema) }),
  v.object({ what: v.literal('reached'), at: reachedSchema }),
]);
export type LiveEvent = v.InferOutput<typeof liveSchema>;
type Graded = Extract<LiveEvent, { what: 'graded' }>;

/** What a rollout tells of itself. Groups and trajectories are counted from 0, turns from 1. */
export interface RolloutWatch {
  /** At each look. @param textOf what a trajectory has written so far */
  written(turn: number, textOf: (at: Place) => string): void;
  /** An answer has ended: the same for several trajectories where they share it. */
  ended(at: readonly Place[], turn: number, answer: Answer, graded: Promise<GradedAnswer>): void;
  /** All have written this turn. The rollout goes on when it resolves. */
  turnWritten(turn: number): Promise<void>;
}

/** Milliseconds between two messages about the same thing: the eye sees no more. */
const tellEvery = 50;

export interface LiveOptions {
  readonly tell: (event: LiveEvent) => void;
  /** A station is reached; the update goes on when it resolves. */
  readonly stop?: (at: Reached) => Promise<void>;
}

/** Tells of the updates of one run. */
export class Live {
  readonly #options: LiveOptions;
  #group: number | null = null;
  #update: LiveUpdate | null = null;
  #stood = 0;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** The group to tell of in full; null: nobody looks on. */
  watch(group: number | null): void {
    if (group === this.#group) return;
    this.#group = group;
    this.#update?.tellAll();
  }

  /** Milliseconds, but none pass while the run stands between two stations. */
  readonly clock = (): number => performance.now() - this.#stood;

  /** An update begins, perhaps one that was begun before. @param step updates done, counting this one */
  begin(experiment: Experiment, step: number, tasks: readonly Group<unknown>['task'][]): LiveUpdate {
    const update: LiveUpdate = new LiveUpdate(
      { experiment, step, tasks },
      {
        watched: () => (this.#update === update ? this.#group : null),
        tell: this.#options.tell,
        stop: async (at) => {
          const since = performance.now();
          await this.#options.stop?.(at);
          this.#stood += performance.now() - since;
        },
      },
    );
    this.#update = update;
    update.tellAll();
    return update;
  }

  /** It is done, or was given up. */
  end(): void {
    this.#update = null;
  }
}

interface Begun {
  readonly experiment: Experiment;
  readonly step: number;
  readonly tasks: readonly Group<unknown>['task'][];
}

interface Audience {
  /** null: nobody looks on, or the update is over. */
  watched(): number | null;
  tell(event: LiveEvent): void;
  stop(at: Reached): Promise<void>;
}

/** An answer that has ended. */
interface Ended extends Place {
  readonly turn: number;
  readonly answer: Answer;
  readonly graded: GradedAnswer | null;
}

export class LiveUpdate {
  readonly #begun: Begun;
  readonly #audience: Audience;
  /** Every answer that has ended, for who begins to look on later. */
  readonly #ended = new Map<string, Ended>();
  /** Graded, and not told yet. */
  #untold: Ended[] = [];
  #explain: ((at: Place) => Explanation) | null = null;
  #reached: Reached | null = null;
  /** Nothing else will come that it could be told together with. */
  #stands = false;
  #toldAt = { written: -Infinity, graded: -Infinity };

  constructor(begun: Begun, audience: Audience) {
    this.#begun = begun;
    this.#audience = audience;
  }

  /** @param first of the groups that the rollout writes */
  rollout(first: number): RolloutWatch {
    const placed = ({ group, trajectory }: Place) => ({ group: group + first, trajectory });
    return {
      written: (turn, textOf) => {
        const group = this.#watched;
        const { tasks } = this.#begun;
        if (group === null || group < first || group >= tasks.length || !this.#due('written')) return;
        const texts = this.#trajectories(({ trajectory }) => textOf({ group: group - first, trajectory }));
        this.#audience.tell({ what: 'written', turn, texts });
      },
      ended: (at, turn, answer, graded) => {
        const places = at.map(placed);
        for (const one of places) this.#keep({ ...one, turn, answer, graded: null });
        const tell = (graded: GradedAnswer): void => {
          for (const one of places) this.#untold.push(this.#keep({ ...one, turn, answer, graded }));
          if (this.#stands || this.#due('graded')) this.#tellGraded();
        };
        graded.then(tell, () => undefined); // a rejection is met where the verdict is awaited
      },
      turnWritten: (turn) => this.#reach({ station: turn === 1 ? 'write' : 'correct', turn }),
    };
  }

  /** The batch was compared. @returns when the update is to go on to its gradient */
  async compared(explain: (at: Place) => Explanation): Promise<void> {
    const { turns: turn } = this.#begun.experiment;
    this.#explain = explain;
    this.#tellGraded();
    this.#tellCompared();
    await this.#reach({ station: 'reward', turn });
    await this.#reach({ station: 'compare', turn });
  }

  /** What whoever begins to look on now has missed. */
  tellAll(): void {
    const group = this.#watched;
    if (group === null) return;
    this.#audience.tell({ what: 'began', ...this.#begun, group });
    for (let turn = 1; turn <= this.#begun.experiment.turns; turn++) this.#tellWritten(turn);
    this.#untold = [...this.#ended.values()];
    this.#tellGraded();
    this.#tellCompared();
    if (this.#reached) this.#audience.tell({ what: 'reached', at: this.#reached });
  }

  get #watched(): number | null {
    const group = this.#audience.watched();
    return group === null ? null : Math.min(group, this.#begun.tasks.length - 1);
  }

  /** Whether enough time has passed since the last message of this kind; then that is to come now. */
  #due(kind: 'written' | 'graded'): boolean {
    const now = performance.now();
    if (now - this.#toldAt[kind] < tellEvery) return false;
    this.#toldAt[kind] = now;
    return true;
  }

  #keep(ended: Ended): Ended {
    this.#ended.set(`${ended.group} ${ended.trajectory} ${ended.turn}`, ended);
    return ended;
  }

  /** For each trajectory of the watched group. */
  #trajectories<T>(of: (at: Place) => T): T[] {
    const group = this.#watched ?? 0;
    return Array.from({ length: this.#begun.experiment.k }, (_, trajectory) => of({ group, trajectory }));
  }

  /** A turn that all have written. */
  #tellWritten(turn: number): void {
    if (this.#watched === null) return;
    const answers = this.#trajectories(
      ({ group, trajectory }) => this.#ended.get(`${group} ${trajectory} ${turn}`)?.answer,
    );
    if (answers.every((answer) => answer === undefined)) return;
    this.#audience.tell({ what: 'written', turn, texts: answers.map((answer) => answer?.text ?? '') });
  }

  #tellGraded(): void {
    const group = this.#watched;
    const told = this.#untold.splice(0);
    if (group === null) return;
    const marks: Graded['marks'][number][] = [];
    const answers: Graded['answers'][number][] = [];
    for (const { graded: answer, group: of, trajectory, turn } of told) {
      if (!answer) continue;
      const { status, passed, total } = answer.verdict;
      marks.push({ ...{ group: of, trajectory, turn, total }, passed: status === 'infra' ? null : passed });
      if (of === group) answers.push({ trajectory, turn, answer });
    }
    if (marks.length > 0) this.#audience.tell({ what: 'graded', marks, answers });
  }

  #tellCompared(): void {
    const explain = this.#explain;
    if (!explain || this.#watched === null) return;
    this.#audience.tell({ what: 'compared', explanations: this.#trajectories(explain) });
  }

  async #reach(at: Reached): Promise<void> {
    this.#reached = at;
    if (at.station === 'write' || at.station === 'correct') this.#tellWritten(at.turn);
    this.#tellGraded();
    if (this.#watched !== null) this.#audience.tell({ what: 'reached', at });
    this.#stands = true;
    await this.#audience.stop(at);
    this.#stands = false;
  }
}
