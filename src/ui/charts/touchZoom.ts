/** Dragging sideways over a chart by finger, which uPlot does not know: it chooses updates, as the mouse does. */
import type uPlot from 'uplot';

/** A finger trembles: less is a tap, CSS pixels. */
const least = 12;

/**
 * @param u what is drawn there, if anything is
 * @param choose is told what was dragged over, in updates
 * @returns ends it
 */
export function zoomByTouch(
  node: HTMLElement,
  u: () => uPlot | null,
  choose: (from: number, to: number) => void,
): () => void {
  let from: number | null = null;
  /** Where the finger is on the plot, in its pixels. */
  const at = (event: PointerEvent): number => {
    const box = u()?.over.getBoundingClientRect();
    return box ? Math.min(box.width, Math.max(0, event.clientX - box.left)) : 0;
  };
  const select = (left: number, width: number): void => {
    const plot = u();
    plot?.setSelect({ left, top: 0, width, height: width > 0 ? plot.over.clientHeight : 0 }, false);
  };
  const down = (event: PointerEvent): void => {
    from = event.pointerType === 'touch' && event.isPrimary ? at(event) : null;
  };
  const move = (event: PointerEvent): void => {
    if (from === null) return;
    const to = at(event);
    if (Math.abs(to - from) >= least) select(Math.min(from, to), Math.abs(to - from));
  };
  const up = (event: PointerEvent): void => {
    const [begun, plot] = [from, u()];
    from = null;
    if (begun === null || !plot || event.type === 'pointercancel') return select(0, 0); // the page was scrolled
    const to = at(event);
    select(0, 0);
    if (Math.abs(to - begun) < least) return;
    const [left, right] = begun < to ? [begun, to] : [to, begun];
    choose(plot.posToVal(left, 'x'), plot.posToVal(right, 'x'));
  };
  const over = new AbortController();
  const { signal } = over;
  node.style.touchAction = 'pan-y pinch-zoom'; // up and down the page is scrolled
  node.addEventListener('pointerdown', down, { signal });
  node.addEventListener('pointermove', move, { signal });
  node.addEventListener('pointerup', up, { signal });
  node.addEventListener('pointercancel', up, { signal });
  return () => over.abort();
}
