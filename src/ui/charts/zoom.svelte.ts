/** Which updates all charts of a panel show: those that one of them was dragged over, or all. */
import { plainAxes, type Axes } from './series.ts';

export type Span = readonly [from: number, to: number];

/** Read it anywhere; it is written by its own methods only. */
export class ZoomState {
  /** null: all. */
  span = $state.raw<Span | null>(null);
  readonly axes: Axes = $derived({ ...plainAxes, span: this.span });

  /** Shows the updates between two places, in whichever order; at least two updates. Anything else shows all. */
  to(from: number, to: number): void {
    const [first, last] = [Math.max(0, Math.round(Math.min(from, to))), Math.round(Math.max(from, to))];
    this.span = last > first ? [first, last] : null;
  }

  reset(): void {
    this.span = null;
  }
}
