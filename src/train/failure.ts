/** What ends a run, and what it says of itself. */
import type { UpdateRecord } from '../rl/records.ts';

/** What ends a run: neither another back end nor smaller pieces help, or something could not be loaded. */
export class UnrecoverableError extends Error {
  override readonly name: string = 'UnrecoverableError';
  /** What the user can do. */
  readonly remedy: string;

  constructor(message: string, remedy: string, cause: unknown) {
    super(message, { cause });
    this.remedy = remedy;
  }
}

/** What the user is told when a run cannot go on. */
export interface Explanation {
  readonly what: string;
  readonly remedy: string;
  readonly detail: string;
}

/** What an error says, as a sentence. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** What the user is told of an update's episodes that could not be graded; '' where there are none. */
export function saidOfMasked({ step, metrics }: UpdateRecord): string {
  const masked = metrics['train/masked'] ?? 0;
  if (!(masked > 0)) return '';
  const share = `${(100 * masked).toFixed(0)} % of the episodes of update ${step} could not be graded`;
  return `${share}, because a test of theirs could not be run or the Python sandbox was lost. They were left out of the update.`;
}
