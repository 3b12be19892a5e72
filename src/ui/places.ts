/** Leads to a part of the page that a text names: there it comes into view, and is marked for a moment. */
import { flushSync } from 'svelte';

/** What is asked of the page where a lesson hides what it leads to. */
export const uncover = 'uncover';

/** What carries it has it as `data-place`: `chart/kl`, `field/gamma`, `episode`. */
export function leadTo(place: string): void {
  const there = document.querySelector<HTMLElement>(`[data-place="${CSS.escape(place)}"]`);
  if (!there) return;
  for (let outer = there.closest('details'); outer; outer = outer.parentElement?.closest('details') ?? null)
    outer.open = true;
  if (there.getClientRects().length === 0) {
    there.dispatchEvent(new Event(uncover, { bubbles: true }));
    flushSync();
  }
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  there.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
  // A screen reader and the keyboard go on from there; a control in it is where one wants to be.
  const control = there.querySelector<HTMLElement>('select, input[type="text"]');
  if (!control) there.tabIndex = -1;
  (control ?? there).focus({ preventScroll: true });
  there.classList.remove('found');
  void there.offsetWidth; // else a second time within the same moment would not be seen
  there.classList.add('found');
}
