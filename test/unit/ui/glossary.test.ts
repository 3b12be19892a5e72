/** Words of the field explain themselves where they are met, from one list. */
import { render } from 'svelte/server';
import { describe, expect, it } from 'vitest';
import Said from '../../../src/ui/controls/Said.svelte';
import { glossary, piecesOf } from '../../../src/ui/glossary.ts';

const text = (pieces: readonly { text: string }[]) => pieces.map((piece) => piece.text).join('');

describe('the glossary', () => {
  it('finds its words in a text, in any case, each once, and leaves the text as it is', () => {
    const said = 'Greedy answers to held-out tasks; greedy again, in nats/token.';
    const pieces = piecesOf(said);
    expect(text(pieces)).toBe(said);
    expect(pieces.flatMap(({ word }) => word ?? [])).toEqual(['greedy', 'held-out', 'nats']);
  });

  it('does not find them inside other words', () => {
    const said = 'unsampled, resampled, KLs, natsu, a baseline’s, non-greedy';
    expect(piecesOf(said).flatMap(({ word }) => word ?? [])).toEqual(['baseline']);
  });

  it('says the meaning of each word where it stands, as a button that can be reached', () => {
    const { body } = render(Said, { props: { text: '% · held-out, greedy' } });
    for (const word of ['held-out', 'greedy'] as const) {
      const id = new RegExp(`<button[^>]*aria-describedby="([^"]+)"[^>]*>(?:<!--.*?-->)*${word}`).exec(
        body,
      )?.[1];
      expect(id).toBeTruthy();
      expect(body).toMatch(
        new RegExp(`id="${id}"[^>]*role="tooltip"[^>]*>(?:<!--.*?-->)*${glossary[word].slice(0, 20)}`),
      );
    }
  });
});
