/** What ends a run, and what it says of itself. */
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
