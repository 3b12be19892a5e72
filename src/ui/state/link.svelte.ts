/**
 * The link, or file, that the page was opened with: what was wrong with it, what it is about, and, where it has a receipt, whether the
 * run on screen is the one of the receipt. Nothing of it is believed: whoever made it may have written anything.
 */
import type { BackendName } from '../../config/backends.ts';
import { diff, modelNameOf, type Experiment } from '../../config/experiment.ts';
import { field } from '../../config/fields.ts';
import { decodeLink, type DecodedLink, type MadeOn } from '../../config/link.ts';
import type { Claim, Outcome } from '../../receipts/compare.ts';
import type { Receipt, RunSoFar } from '../../receipts/receipt.ts';
import type { Shared } from '../../receipts/shared.ts';
import { differences } from '../madeOn.ts';
import type { Ghost, OpenRun } from './openRun.svelte.ts';
import type { OwnProblemsState } from './ownProblems.svelte.ts';
import { say } from '../say.svelte.ts';

/** What a receipt says of a run, as far as it has come. */
export interface Checked {
  readonly run: OpenRun;
  readonly outcome: Outcome;
  readonly here: BackendName;
}

type ReceiptChange = Receipt['changes'][number];

/** What is asked of the page. */
export interface LinkedPage {
  /** What it computes with, as far as it is known; the digest only of this model. */
  here(model: string): MadeOn;
  /** Shows an experiment, loads it, and waits for Run. */
  show(experiment: Experiment): void;
  /** Has live fields of a run changed once so many updates are done; [] for none any more. */
  changeAhead(run: OpenRun, changes: readonly ReceiptChange[]): void;
}

/** Read it anywhere; it is written by its own methods only. */
export class LinkState {
  /** What was wrong, a sentence or two, or ''. */
  problem = $state.raw('');
  /** What an older link names that no longer exists. */
  notes = $state.raw<readonly string[]>([]);
  /** What was opened, while it is spoken of; null: nothing, or nothing but the default experiment. */
  shared = $state.raw<Shared | null>(null);
  /** The file of Share that was opened last, for what it asks the page to show. */
  file = $state.raw<DecodedLink | null>(null);
  #checked = $state.raw<Checked | null>(null);
  #madeOn = $state.raw<MadeOn>({});
  #model = '';
  readonly #page: LinkedPage;
  readonly #own: Pick<OwnProblemsState, 'takeText' | 'recall'>;
  /** Runs that are to change as the receipt's did. */
  #followers: readonly OpenRun[] = [];
  /** The page shows an experiment: a link that is wrong leaves it as it is. */
  #shows = false;
  #openings = 0;
  #checks = 0;

  /** @param own takes problems that come with a link */
  constructor(page: LinkedPage, own: Pick<OwnProblemsState, 'takeText' | 'recall'>) {
    this.#page = page;
    this.#own = own;
  }

  /** What the link was made on and this page is not: results may differ. */
  get differences(): readonly string[] {
    return differences(this.#madeOn, this.#page.here(this.#model));
  }
  /** The run is the one of the link, in which settings were changed on the way: no story of ours goes like that. */
  changesOnTheWay(run: OpenRun): boolean {
    const changes = this.shared?.receipt?.changes ?? [];
    return changes.some(({ step }) => step > 0) && this.claims(run);
  }

  /** What the receipt claims; null: there is none. */
  get claim(): Claim | null {
    const { link, receipt } = this.shared ?? {};
    const backend = link?.madeOn.backend;
    return link && receipt && backend ? { receipt, experiment: link.experiment, backend } : null;
  }
  /** What came of checking a run; null: it is not that of the receipt, or has not begun. */
  checked(run: OpenRun): Checked | null {
    return this.#checked?.run === run ? this.#checked : null;
  }
  /** The run began as the receipt's did. */
  claims(run: OpenRun): boolean {
    const { claim } = this;
    return claim !== null && Object.keys(diff(run.began, claim.experiment)).length === 0;
  }
  /** What was opened is still about the run on screen: it has its settings or, where there is a receipt, at least its tasks. */
  about({ began }: Pick<OpenRun, 'began'>): boolean {
    const experiment = this.shared?.link.experiment;
    if (!experiment) return false;
    if (!this.claim) return Object.keys(diff(began, experiment)).length === 0;
    return began.tasks === experiment.tasks && began.problems === experiment.problems;
  }
  /** A field that was changed on the way, and that only a fork can change; '' for none. */
  get needsFork(): string {
    const changes = this.claim?.receipt.changes ?? [];
    const other = changes.find((change) => field(change.field).when !== 'live');
    return other ? field(other.field).label : '';
  }
  /** The receipt's curve, to be drawn behind that of a run that began like it; null: it has none. */
  ghost(run: OpenRun): Ghost | null {
    const { claim } = this;
    if (!claim || !this.claims(run) || claim.receipt.evaluations.length < 2) return null; // a point is no curve
    return {
      label: say('link'),
      laid: say('the result that came with the link'),
      evals: claim.receipt.evaluations,
    };
  }

  /** A run begins or goes on: where it began like the receipt's, what was changed on the way is changed again. */
  begun(run: OpenRun): void {
    const changes = this.claim?.receipt.changes ?? [];
    if (changes.length === 0 || this.needsFork || !this.claims(run)) return;
    this.#followers = [...this.#followers, run];
    this.#page.changeAhead(run, changes);
  }

  /** Shows what a fragment says. A receipt is unpacked by what is fetched for that. */
  async open(fragment: string): Promise<void> {
    const link = decodeLink(fragment);
    if (link.problem !== null) return this.#refuse(link.problem);
    if (link.receipt === '' && link.experiment.tasks !== 'own')
      return this.#take({ link, receipt: null, problems: null });
    await this.#read(({ readLink }) => readLink(fragment));
  }

  /** Reads a file that Share saved. */
  async openFile(file: File): Promise<void> {
    const read = await this.#read(async ({ maxFileBytes, readShared }) => {
      if (file.size > maxFileBytes) throw new Error(`${file.name} is too long: it is no file of Share.`);
      return readShared(await file.text());
    });
    if (read) this.file = read.link;
  }

  /** Opens what was read from such a file elsewhere. */
  async openShared(shared: Shared): Promise<void> {
    if (await this.#read(() => shared)) this.file = shared.link;
  }

  /** Compares a run with the receipt, if it began like it, as far as it has come. */
  async check(run: OpenRun): Promise<void> {
    const { claim } = this;
    const here = run.told.backend?.name;
    if (!claim || !here || !this.claims(run)) return;
    const check = ++this.#checks;
    const { compare } = await import('../../receipts/compare.ts');
    const outcome = await compare(claim, soFar(run), here);
    if (check === this.#checks) this.#checked = { run, outcome, here };
  }

  dismissProblem(): void {
    this.problem = '';
  }
  dismissNotes(): void {
    this.notes = [];
  }
  dismissDifferences(): void {
    this.#madeOn = {};
  }
  /** Nothing more is said of it, and nothing compared with it. */
  dismiss(): void {
    this.#letGo();
    this.shared = null;
    this.#checked = null;
  }

  /** Runs that were to change as a receipt's did are changed by hand again. */
  #letGo(): void {
    for (const run of this.#followers) this.#page.changeAhead(run, []);
    this.#followers = [];
  }

  async #read(
    read: (by: typeof import('../../receipts/shared.ts')) => Shared | Promise<Shared>,
  ): Promise<Shared | null> {
    const opening = ++this.#openings;
    let shared: Shared;
    try {
      shared = await read(await import('../../receipts/shared.ts'));
      await this.#takeProblems(shared);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (opening === this.#openings) this.#refuse(problem);
      return null;
    }
    if (opening !== this.#openings) return null;
    this.#take(shared);
    return shared;
  }

  /** Those that came along, else those that were opened here before. @throws Error with a sentence, when they are wrong */
  async #takeProblems({ link: { experiment }, problems }: Shared): Promise<void> {
    if (problems === null) return void (await this.#own.recall(experiment));
    try {
      await this.#own.takeText(problems, experiment);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`The problems that came with it cannot be used: ${why}`, { cause: error });
    }
  }

  #refuse(problem: string): void {
    this.#openings++;
    this.problem = this.#shows
      ? say('{problem} Nothing was changed.', { problem })
      : say('{problem} The default experiment is loaded instead.', { problem });
    if (this.#shows) return;
    this.#shows = true;
    this.#page.show(decodeLink('').experiment);
  }

  #take(shared: Shared): void {
    const { experiment, madeOn, notes } = shared.link;
    this.#openings++;
    this.#letGo();
    this.#shows = true;
    this.problem = '';
    this.notes = notes;
    this.#madeOn = madeOn;
    this.#model = modelNameOf(experiment);
    this.#checked = null;
    const says = shared.receipt !== null || Object.keys(diff(experiment)).length > 0;
    this.shared = says ? shared : null;
    this.#page.show(experiment);
  }
}

/** What a receipt is made of, or compared with: a run as the page knows it. */
export function soFar({ began, told }: Pick<OpenRun, 'began' | 'told'>): RunSoFar {
  const named = told.train.flatMap(({ backend }) => (backend ? [backend] : []));
  const { backend } = told;
  return {
    experiment: began,
    changes: told.changes,
    updates: told.train,
    evaluations: told.evals,
    heldOutTasks: told.model?.heldOutTasks,
    backends: named.length > 0 ? named : backend ? [backend.name] : [],
  };
}
