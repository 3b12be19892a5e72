import { hurriedLooks } from './limits.ts';

/**
 * When a test, or a program's own module code, must have ended, on the firewall's clock. One that is hurried because another test of
 * its program hung may go on until `latest` while Python has hardly run since: then the machine was busy, not the program.
 */
export class Deadline {
  #at: number;
  #latest: number;
  #looks = 0;

  /** Both in milliseconds. */
  constructor(at: number, latest = at) {
    this.#at = at;
    this.#latest = Math.max(at, latest);
  }

  /** Python looked whether it was interrupted, as it does after some 50 jumps and calls. */
  look(): void {
    this.#looks++;
  }

  /** A virtual millisecond slept is a millisecond of the test's time. */
  sleep(): void {
    this.#at--;
    this.#latest--;
  }

  passed(now: number): boolean {
    return now > this.#at && (this.#looks >= hurriedLooks || now > this.#latest);
  }

  /** Milliseconds left of the shorter time, 0 where it is over. */
  left(now: number): number {
    return Math.max(0, Math.round(this.#at - now));
  }
}
