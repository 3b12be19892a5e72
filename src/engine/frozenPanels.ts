/** What the WASM back end makes of matrices that never change, kept by whoever holds these: made once, not at every turn. */
import type { Tensor1D } from './tf.ts';

/** Where matrices lie in panels (`wasm/gemm.as.ts`). */
export interface Panels {
  readonly tensor: Tensor1D;
  /** The addresses of each layer's four matrices, and last of the head. */
  readonly starts: readonly number[];
}

export class FrozenPanels {
  #panels: Panels | null = null;

  /** @param make when they are first needed */
  of(make: () => Panels): Panels {
    return (this.#panels ??= make());
  }

  dispose(): void {
    this.#panels?.tensor.dispose();
    this.#panels = null;
  }
}
