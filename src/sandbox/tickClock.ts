/** The watchdog's clock: it counts time in which this thread could look, so that a sleeping machine ages nobody. */

/** How often it looks, in milliseconds. */
const tickMs = 25;
/** One look counts for at most this, in milliseconds. */
const tickCapMs = 100;

export class TickClock {
  readonly #onTick: () => void;
  #last = 0;
  #timer: ReturnType<typeof setInterval> | null = null;
  /** Milliseconds counted so far. */
  now = 0;

  constructor(onTick: () => void) {
    this.#onTick = onTick;
  }

  start(): void {
    if (this.#timer !== null) return;
    this.#last = performance.now();
    this.#timer = setInterval(() => {
      const read = performance.now();
      this.now += Math.min(read - this.#last, tickCapMs);
      this.#last = read;
      this.#onTick();
    }, tickMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
