/** Problems of the user's own that the page knows by name: those that were opened, written, or came with a link. */
import type { Experiment } from '../../config/experiment.ts';
import {
  ownProblemTools,
  type OwnProblemTools,
  type Parted,
  type Problem,
  type ProblemSet,
} from '../../worker/ownProblems.ts';
import { whyRefused } from '../../worker/window.ts';
import { say } from '../say.svelte.ts';

export interface KnownSet {
  readonly set: ProblemSet;
  /** What people call it: a file's name; '' for none. */
  readonly label: string;
}

/** Read it anywhere; it is written by its own methods only. */
export class OwnProblemsState {
  readonly tools: OwnProblemTools;
  readonly #onRefused: (sentence: string) => void;
  #known = $state.raw<readonly KnownSet[]>([]);

  /**
   * @param assets absolute address of the folder that holds models/
   * @param onRefused hears what the browser refuses, a sentence for the user
   */
  constructor(assets: string, onRefused: (sentence: string) => void, tools = ownProblemTools(assets)) {
    this.tools = tools;
    this.#onRefused = onRefused;
  }

  of(name: string): KnownSet | null {
    return this.#known.find(({ set }) => set.name === name) ?? null;
  }

  /** The problems of an experiment, as they are kept; undefined where it has none, or they are not here. */
  readonly text = ({ tasks, problems }: Pick<Experiment, 'tasks' | 'problems'>): string | undefined =>
    tasks === 'own' ? this.of(problems)?.set.text : undefined;

  /** Takes problems that were read or written. @throws Error when they cannot be used at all */
  async take(problems: readonly Problem[], label: string): Promise<KnownSet> {
    return this.#add(await this.tools.name(problems), label);
  }

  /** Takes problems that came with a link or a file. @throws Error when they are not those of the experiment */
  async takeText(text: string, { problems }: Pick<Experiment, 'problems'>): Promise<KnownSet> {
    return this.#add(await this.tools.read(text, problems), '');
  }

  /** Those that an experiment names, if they were ever opened in this browser. */
  async recall({ tasks, problems }: Pick<Experiment, 'tasks' | 'problems'>): Promise<KnownSet | null> {
    const known = this.of(problems);
    if (tasks !== 'own' || known) return known;
    try {
      const kept = await this.tools.find(problems);
      return kept && this.#add(await this.tools.read(kept.text, problems), kept.label);
    } catch {
      return null; // a convenience: whoever needs them says that they are not here
    }
  }

  /** The problems of an experiment as it uses them. @throws Error when they are not here, or none can be used */
  async parted(experiment: Experiment): Promise<Parted> {
    const known = await this.recall(experiment);
    if (!known) throw new Error('problems: those of the run are not here. Open the file they came from.');
    return this.tools.parted(known.set.text, experiment);
  }

  #add(set: ProblemSet, label: string): KnownSet {
    const before = this.of(set.name);
    const known = { set, label: label || (before?.label ?? '') };
    this.#known = [...this.#known.filter((one) => one !== before), known];
    this.tools
      .keep({ name: set.name, label: known.label, text: set.text })
      .catch((error: unknown) =>
        this.#onRefused(
          say('Your own problems are not kept from visit to visit: {error}.', { error: whyRefused(error) }),
        ),
      );
    return known;
  }
}

/** An experiment with problems in the place of its tasks. One problem cannot be parted, so then none is held out. */
export const withProblems = (e: Experiment, { name, problems }: ProblemSet): Experiment => ({
  ...e,
  tasks: 'own',
  problems: name,
  heldOut: problems.length === 1 ? 0 : e.heldOut,
});
