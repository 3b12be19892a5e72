/** Keys that work wherever the focus is, except where the control under it needs them. */
import type { Plain } from './words/catalogues.ts';

export type KeyAction = 'run' | 'step' | 'station' | 'help';

/** For the help that "?" opens. */
export const keyHelp: readonly { readonly key: string; readonly does: Plain }[] = [
  { key: 'Space', does: 'Run, or pause after the update under way' },
  { key: '→', does: 'One update' },
  { key: 'Shift →', does: 'On to the next station of an update' },
  {
    key: '← → Home End',
    does: 'On the timeline: one update back or on, to the beginning, to now. Training goes on meanwhile',
  },
  { key: '?', does: 'These keys' },
  { key: 'Escape', does: 'Closes what is open' },
];

/** Controls that need every key: they are typed into, or lie over the page. */
const typedInto = 'input, select, textarea, dialog, [contenteditable]';
/** Controls that Space presses or scrolls. */
const pressed = 'button, a, summary, [tabindex="0"]';

/** What is asked of the element under the focus. */
interface Focused {
  matches(selectors: string): boolean;
  closest(selectors: string): unknown;
}

/** @returns null when the key is none of ours, or belongs to the control under the focus */
export function keyAction(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey' | 'repeat'>,
  focused: Focused | null,
): KeyAction | null {
  if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return null;
  if (focused !== null && focused.closest(typedInto) !== null) return null;
  switch (event.key) {
    case '?':
      return 'help';
    case ' ':
      return focused?.matches(pressed) ? null : 'run';
    case 'ArrowRight':
      if (focused?.matches('[tabindex="0"]')) return null;
      return event.shiftKey ? 'station' : 'step';
    default:
      return null;
  }
}
