/** Ctrl-C at a command that trains: the update under way is finished and kept; a second one stops at once. */

export interface Interruptible {
  /** Ctrl-C was pressed. */
  readonly stopped: () => boolean;
  /** Gives what finishes the update under way. */
  readonly onpause: (pause: () => void) => void;
}

/** Does the work, and listens meanwhile. */
export async function untilInterrupted(work: (by: Interruptible) => Promise<void>): Promise<void> {
  let asked: number | null = null;
  let pause = (): void => undefined;
  const interrupted = (): void => {
    // Under npm one Ctrl-C comes twice: from the terminal and from npm, which passes it on.
    if (asked !== null && performance.now() - asked < 1000) return;
    if (asked !== null) process.exit(130);
    asked = performance.now();
    process.stderr.write('\nstopping after this update; Ctrl-C again stops at once\n');
    pause();
  };
  process.on('SIGINT', interrupted);
  try {
    await work({ stopped: () => asked !== null, onpause: (next) => (pause = next) });
  } finally {
    process.off('SIGINT', interrupted);
  }
}
