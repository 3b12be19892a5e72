/** Keys for the whole page leave alone what the control under the focus needs. */
import { describe, expect, it } from 'vitest';
import { keyAction } from '../../../src/ui/keys.ts';

const key = (name: string, more: Partial<KeyboardEvent> = {}) => ({
  ...{ key: name, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, repeat: false },
  ...more,
});
/** An element that matches these selectors, and so do those around it. */
const element = (...selectors: string[]) => {
  const fits = (list: string) => list.split(',').some((one) => selectors.includes(one.trim()));
  return { matches: fits, closest: (list: string) => (fits(list) ? 'it' : null) };
};

describe('keyAction', () => {
  it('runs, steps and helps when nothing needs the key', () => {
    expect(keyAction(key(' '), null)).toBe('run');
    expect(keyAction(key('ArrowRight'), null)).toBe('step');
    expect(keyAction(key('ArrowRight', { shiftKey: true }), null)).toBe('station');
    expect(keyAction(key('?', { shiftKey: true }), null)).toBe('help');
    expect(keyAction(key('a'), null)).toBeNull();
  });
  it('leaves Space to buttons, and every key to fields and dialogs', () => {
    expect(keyAction(key(' '), element('button'))).toBeNull();
    expect(keyAction(key('ArrowRight'), element('button'))).toBe('step');
    for (const control of ['input', 'select', 'textarea', 'dialog']) {
      for (const name of [' ', 'ArrowRight', '?']) expect(keyAction(key(name), element(control))).toBeNull();
    }
  });
  it('leaves alone keys that are held, and those with Alt, Ctrl or Command', () => {
    for (const more of [{ repeat: true }, { altKey: true }, { ctrlKey: true }, { metaKey: true }]) {
      expect(keyAction(key('ArrowRight', more), null)).toBeNull();
    }
  });
});
