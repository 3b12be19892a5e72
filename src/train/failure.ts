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
