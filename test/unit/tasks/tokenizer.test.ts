import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BYTE_CHARACTERS, SPECIAL_TOKENS, tokenizerJson, trainMerges } from '../../../src/tasks/bpe.ts';
import { Tokenizer } from '../../../src/tasks/tokenizer.ts';
import { shippedTokenizer, tokenizerFile } from './helpers.ts';

describe('shipped tokenizer', () => {
  const tokenizer = shippedTokenizer();

  it('has 6 specials, 256 bytes and 250 merges; <eot> is the last special', () => {
    expect(tokenizer.size).toBe(512);
    expect(tokenizer.specials).toEqual({ pad: 0, bos: 1, code: 2, fix: 3, fb: 4, eot: 5 });
  });

  it('gives back any text', () => {
    const roundTrip = (text: string): void => {
      const ids = tokenizer.encode(text);
      expect(tokenizer.decode(ids)).toBe(text);
      expect(ids.every((id) => id >= SPECIAL_TOKENS.length && id < tokenizer.size)).toBe(true);
    };
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), roundTrip), { numRuns: 500 });
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), roundTrip), { numRuns: 500 });
    for (const text of ['', ' ', '\t\r\n\u00a0', '\uFEFFx', '👩‍👩‍👧 héllo', ' .  ,', 'a\n\n    b', "don't 's"])
      roundTrip(text);
  });

  it('reads the names of special tokens as ordinary text', () => {
    for (const name of SPECIAL_TOKENS) {
      const ids = tokenizer.encode(`x ${name} y`);
      expect(ids.filter((id) => id < SPECIAL_TOKENS.length)).toEqual([]);
      expect(tokenizer.decode(ids)).toBe(`x ${name} y`);
    }
  });

  it('leaves special tokens out of the text and names them to people', () => {
    const { bos, eot } = tokenizer.specials;
    expect(tokenizer.decode([bos, ...tokenizer.encode('return x'), eot])).toBe('return x');
    expect(tokenizer.decode([bos, eot])).toBe('');
    expect(tokenizer.tokenText(eot)).toBe('<eot>');
    expect(tokenizer.encode('def total(xs):').map((id) => tokenizer.tokenText(id))).toEqual([
      'def',
      ' total',
      '(',
      'xs',
      '):',
    ]);
  });

  it('does not hand out its cache', () => {
    tokenizer.encode('sum').push(0);
    expect(tokenizer.decode(tokenizer.encode('sum'))).toBe('sum');
  });

  it('refuses ids it does not have', () => {
    expect(() => tokenizer.decode([512])).toThrow('token id 512 is not in 0 to 511');
    expect(() => tokenizer.tokenText(-1)).toThrow('token id -1');
  });
});

describe('Tokenizer.fromJson', () => {
  it('names what is wrong', () => {
    expect(() => Tokenizer.fromJson(null)).toThrow(/^tokenizer\.json: the file: /);
    expect(() => Tokenizer.fromJson({ ...tokenizerFile(), model: { type: 'WordPiece' } })).toThrow(
      /^tokenizer\.json: model\.type: /,
    );
    expect(() => Tokenizer.fromJson({ ...tokenizerFile(), added_tokens: [] })).toThrow(
      'tokenizer.json: added_tokens: <pad> must be a special token with id 0',
    );
    const { model, ...rest } = tokenizerFile();
    const { vocab, ...others } = model as { vocab: Record<string, number> };
    const gap = { ...rest, model: { ...others, vocab: { ...vocab, a: 9999 } } };
    expect(() => Tokenizer.fromJson(gap)).toThrow(/^tokenizer\.json: model\.vocab: /);
  });
});

describe('BPE training', () => {
  it('merges the most frequent pair first, within pieces only', () => {
    expect(trainMerges(['abab abab', 'ab'], 3)).toEqual([
      ['a', 'b'],
      ['ab', 'ab'],
      ['Ġ', 'abab'],
    ]);
  });

  it('says when the corpus is too small', () => {
    expect(() => trainMerges(['ab'], 5)).toThrow('the corpus gives 1 merges, 5 were asked for');
  });

  it('writes a file that loads, whatever the corpus', () => {
    expect(new Set(BYTE_CHARACTERS).size).toBe(256);
    const tokenizer = Tokenizer.fromJson(tokenizerJson(trainMerges(['naïve naïve 10 10'], 4)));
    expect(tokenizer.size).toBe(266);
    expect(tokenizer.decode(tokenizer.encode('naïve 10'))).toBe('naïve 10');
  });
});
