/** Calls `act` with the latest words at most every `ms`, but at once when `kind` changes. */
export function throttled(ms: number, act: (words: string) => void): (words: string, kind: string) => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastKind = '';
  let latest = '';
  const rest = () => {
    timer = setTimeout(() => {
      timer = null;
      act(latest);
    }, ms);
  };
  return (words, kind) => {
    latest = words;
    if (kind !== lastKind) {
      lastKind = kind;
      if (timer !== null) clearTimeout(timer);
      act(words);
      rest();
    } else if (timer === null) rest();
  };
}
