/** What the page needs for problems of the user's own: their name, what the model makes of them, and where they are kept. */
import { openDB, type IDBPDatabase } from 'idb';
import * as v from 'valibot';
import type { Experiment } from '../config/experiment.ts';
import { problemSetOf, readProblemSet, type Problem, type ProblemSet } from '../tasks/problemSet.ts';
import type { Answered, Asked, Fit, Look, Parted } from './ownProblems.worker.ts';
import script from './ownProblems.worker.ts?worker&url';
import { startWorker } from './window.ts';

export { isTest, problemLine } from '../tasks/problemSet.ts';
export type { Fit, Look, Parted, Problem, ProblemSet };

/** Problems that are kept in this browser. */
export interface KeptProblems {
  readonly name: string;
  /** What the user calls them: a file's name. */
  readonly label: string;
  readonly text: string;
}

export interface OwnProblemTools {
  /** Gives problems their name. @throws Error when they cannot be used at all */
  name(problems: readonly Problem[]): Promise<ProblemSet>;
  /** Reads problems that were kept or sent along. @throws Error likewise, or when they are not those of that name */
  read(text: string, expected?: string): Promise<ProblemSet>;
  /** @throws Error when the model cannot be looked at */
  fit(problems: string, experiment: Experiment): Promise<Fit>;
  /** Those of an experiment that are trained on, and those that are measured. @throws Error when none can be used */
  parted(problems: string, experiment: Experiment): Promise<Parted>;
  /** @throws Error likewise */
  look(text: string, experiment: Experiment): Promise<Look>;
  /** Keeps them from visit to visit; rejects where the browser refuses. */
  keep(problems: KeptProblems): Promise<void>;
  find(name: string): Promise<KeptProblems | null>;
  /** What is being written, as text; '' for nothing. */
  draft(): Promise<string>;
  keepDraft(text: string): Promise<void>;
}

const sets = 'sets';
const drafts = 'drafts';
const keptSchema = v.object({ name: v.string(), label: v.string(), text: v.string() });

/** @param assets absolute address of the folder that holds models/ */
export function ownProblemTools(assets: string): OwnProblemTools {
  let worker: Worker | null = null;
  let last = 0;
  let database: Promise<IDBPDatabase> | null = null;
  const opened = () =>
    (database ??= openDB('cocos-problems', 1, {
      upgrade(db) {
        db.createObjectStore(sets, { keyPath: 'name' });
        db.createObjectStore(drafts);
      },
      terminated: () => (database = null),
    }));

  function ask(question: Pick<Asked, 'experiment' | 'problems' | 'parted' | 'text'>): Promise<Answered> {
    const port = (worker ??= startWorker(script));
    const id = ++last;
    return new Promise((resolve, reject) => {
      const stop = new AbortController();
      const { signal } = stop;
      const end = () => stop.abort();
      port.addEventListener(
        'message',
        ({ data }: MessageEvent<Answered>) => {
          if (data.id !== id) return;
          end();
          if ('failed' in data) reject(new Error(data.failed));
          else resolve(data);
        },
        { signal },
      );
      port.addEventListener(
        'error',
        (event) => {
          end();
          worker = null;
          reject(new Error(`the problems could not be looked at: ${event.message || 'the reader stopped'}.`));
        },
        { signal },
      );
      port.postMessage({ id, assets, ...question });
    });
  }

  return {
    name: problemSetOf,
    read: readProblemSet,
    async fit(problems, experiment) {
      const answered = await ask({ experiment, problems });
      if ('fit' in answered) return answered.fit;
      throw new Error('the answer is to another question.');
    },
    async parted(problems, experiment) {
      const answered = await ask({ experiment, problems, parted: true });
      if ('parted' in answered) return answered.parted;
      throw new Error('the answer is to another question.');
    },
    async look(text, experiment) {
      const answered = await ask({ experiment, text });
      if ('look' in answered) return answered.look;
      throw new Error('the answer is to another question.');
    },
    async keep(problems) {
      await (await opened()).put(sets, problems);
    },
    async find(name) {
      const parsed = v.safeParse(keptSchema, await (await opened()).get(sets, name));
      return parsed.success ? parsed.output : null;
    },
    async draft() {
      const text: unknown = await (await opened()).get(drafts, 'draft');
      return typeof text === 'string' ? text : '';
    },
    async keepDraft(text) {
      await (await opened()).put(drafts, text, 'draft');
    },
  };
}
