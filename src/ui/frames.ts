/** Work for the page's thread that can wait a frame or two: a little of it each frame, so that no frame takes long. */

/** What a frame may spend on it, ms. The first piece of work is done however long it takes. */
const budget = 6;

const waiting = new Map<object, () => void>();
let frame = 0;

function workOff(): void {
  frame = 0;
  const end = performance.now() + budget;
  for (const [key, work] of waiting) {
    waiting.delete(key);
    work();
    if (performance.now() >= end) break;
  }
  if (waiting.size > 0) frame = requestAnimationFrame(workOff);
}

/**
 * Does it in one of the next frames, in turn with others.
 * @param key what it is for; work that still waits for the same is not done any more
 */
export function soon(key: object, work: () => void): void {
  waiting.set(key, work);
  frame ||= requestAnimationFrame(workOff);
}

/** It is not wanted any more. */
export const notAnyMore = (key: object): boolean => waiting.delete(key);

/**
 * Keeps a drawing up to date while somebody can see it: on screen, or on paper.
 * @param draw draws it as it is by now
 * @returns `ask` to have it drawn, `stop` when it is gone
 */
export function drawnWhenSeen(
  element: Element,
  draw: () => void,
): { readonly ask: () => void; readonly stop: () => void } {
  let seen = true; // until it is known
  let old = false;
  const drawNow = (): void => {
    old = false;
    draw();
  };
  const ask = (): void => {
    old = true;
    if (seen) soon(element, drawNow);
  };
  const observer = new IntersectionObserver((entries) => {
    seen = entries.at(-1)?.isIntersecting ?? true;
    if (seen && old) ask();
  });
  observer.observe(element);
  const onPaper = (): void => {
    if (old) drawNow();
  };
  addEventListener('beforeprint', onPaper);
  return {
    ask,
    stop() {
      observer.disconnect();
      removeEventListener('beforeprint', onPaper);
      notAnyMore(element);
    },
  };
}
