import { afterEach, expect, it, vi } from 'vitest';
import { download, savingMs } from '../../../src/ui/download.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('keeps a file until a browser has read it that begins after the click, as Safari does', () => {
  vi.useFakeTimers();
  const click = vi.fn();
  const link = { click };
  vi.stubGlobal('document', { createElement: () => link });
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:file');
  const revoke = vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();

  download('metrics.jsonl', '{}', 'application/jsonl');
  expect(link).toEqual({ click, href: 'blob:file', download: 'metrics.jsonl' });
  expect(click).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(savingMs - 1);
  expect(revoke).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(revoke).toHaveBeenCalledExactlyOnceWith('blob:file');
});
