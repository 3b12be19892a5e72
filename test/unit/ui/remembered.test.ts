/** What the page remembers from visit to visit: a visitor who turned the introduction off is not introduced again. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { IntroState } from '../../../src/ui/state/intro.svelte.ts';

afterEach(() => vi.unstubAllGlobals());

function keeps(): Map<string, string> {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  return kept;
}

describe('the introduction', () => {
  it('is shown until it is turned off, and again when it is turned on', () => {
    const kept = keeps();
    const said: string[] = [];
    const visit = () => new IntroState((sentence) => said.push(sentence));
    const first = visit();
    expect(first.shown).toBe(true);
    first.show(false);
    expect([first.shown, visit().shown]).toEqual([false, false]);
    kept.set('cocos-intro', 'whatever else');
    expect(visit().shown).toBe(true);
    first.show(false);
    visit().show(true);
    expect(visit().shown).toBe(true);
    expect(said).toEqual([]);
  });

  it('can be turned off for this visit where nothing may be kept, and the user is told why not for good', () => {
    const refuse = () => {
      throw new DOMException('Access is denied.', 'SecurityError');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
    vi.stubGlobal('self', { origin: 'https://host' });
    vi.stubGlobal('isSecureContext', true);
    const said: string[] = [];
    const intro = new IntroState((sentence) => said.push(sentence));
    expect(intro.shown).toBe(true);
    intro.show(false);
    expect(intro.shown).toBe(false);
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^Whether the introduction is shown is not remembered: .+\.$/);
  });
});
