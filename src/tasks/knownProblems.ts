/** Problems of the user's own that were given to whoever trains, by the name that an experiment has for them. */
import { readProblemSet, type ProblemSet } from './problemSet.ts';

export class KnownProblems {
  readonly #sets = new Map<string, ProblemSet>();

  /** Takes problems as they are kept. @throws Error naming the line and field that is wrong */
  async take(text: string | undefined): Promise<void> {
    if (text === undefined || [...this.#sets.values()].some((set) => set.text === text)) return;
    const set = await readProblemSet(text);
    this.#sets.set(set.name, set);
  }

  find(name: string): ProblemSet | null {
    return this.#sets.get(name) ?? null;
  }
}
