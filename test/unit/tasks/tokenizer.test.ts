import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import {
  characterOfByte,
  preTokenizerPattern,
  specialTokens,
  tokenizerJson,
  trainMerges,
} from '../../../src/tasks/bpe.ts';
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
      expect(ids.every((id) => id >= specialTokens.length && id < tokenizer.size)).toBe(true);
    };
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), roundTrip), { numRuns: 500 });
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), roundTrip), { numRuns: 500 });
    for (const text of ['', ' ', '\t\r\n\u00a0', '\uFEFFx', '👩‍👩‍👧 héllo', ' .  ,', 'a\n\n    b', "don't 's"])
      roundTrip(text);
  });

  it('reads the names of special tokens as ordinary text', () => {
    for (const name of specialTokens) {
      const ids = tokenizer.encode(`x ${name} y`);
      expect(ids.filter((id) => id < specialTokens.length)).toEqual([]);
      expect(tokenizer.decode(ids)).toBe(`x ${name} y`);
    }
  });

  it('leaves special tokens out of the text and names them to people', () => {
    const { bos, eot } = tokenizer.specials;
    expect(tokenizer.decode([bos, ...tokenizer.encode('return x'), eot])).toBe('return x');
    expect(tokenizer.decode([bos, eot])).toBe('');
    expect(tokenizer.tokenText(eot)).toBe('<eot>');
    // A character that is several tokens is told apart by its bytes.
    expect(
      tokenizer
        .encode('größte')
        .map((id) => tokenizer.tokenText(id))
        .join(' '),
    ).toMatch(/⟨C3⟩ ⟨B6⟩ ⟨C3⟩ ⟨9F⟩/);
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
  const file = tokenizerFile();
  const model = file['model'] as { vocab: Record<string, number>; merges: [string, string][] };
  const added = file['added_tokens'] as Record<string, unknown>[];
  const withModel = (change: object) => ({ ...file, model: { ...model, ...change } });
  const level = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  const cut = (Regex: string, more = {}) => ({
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false, ...more },
      level,
    ],
  });
  const [split] = cut(preTokenizerPattern).pretokenizers;
  const qwen =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  it('names what is wrong', () => {
    expect(() => Tokenizer.fromJson(null)).toThrow(/^tokenizer\.json: the file: null must be an object/);
    expect(() => Tokenizer.fromJson({ ...file, model: { type: 'WordPiece' } })).toThrow(
      /^tokenizer\.json: model\.type: "WordPiece" must be "BPE"/,
    );
    expect(() => Tokenizer.fromJson({ ...file, added_tokens: [] })).toThrow(
      'tokenizer.json: added_tokens: <pad> must be a special token with id 0',
    );
    expect(() => Tokenizer.fromJson(withModel({ vocab: { ...model.vocab, a: 9999 } }))).toThrow(
      /^tokenizer\.json: model\.vocab: "a" has id 9999; ids must be 0 to 511/,
    );
  });

  it.each([
    ['pre_tokenizer.type', { pre_tokenizer: { type: 'WhitespaceSplit' } }],
    ['pre_tokenizer', { pre_tokenizer: null }],
    ['pre_tokenizer.add_prefix_space', { pre_tokenizer: { ...level, add_prefix_space: true } }],
    ['pre_tokenizer.pretokenizers.0.pattern.Regex', { pre_tokenizer: cut('(a+)+$') }],
    ['pre_tokenizer.pretokenizers.0.pattern.Regex', { pre_tokenizer: cut(`${qwen}|(a+)+$`) }],
    ['pre_tokenizer.pretokenizers.0.invert', { pre_tokenizer: cut(qwen, { invert: true }) }],
    ['pre_tokenizer.pretokenizers.0.behavior', { pre_tokenizer: cut(qwen, { behavior: 'Removed' }) }],
    ['pre_tokenizer.pretokenizers.0', { pre_tokenizer: { type: 'Sequence', pretokenizers: [] } }],
    [
      'pre_tokenizer.pretokenizers.2',
      { pre_tokenizer: { type: 'Sequence', pretokenizers: [split, level, level] } },
    ],
    ['pre_tokenizer.pattern', { pre_tokenizer: { ...level, pattern: { Regex: '(a+)+$' } } }],
    ['normalizer.type', { normalizer: { type: 'Lowercase' } }],
    ['normalizer.type', { normalizer: { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: '' } }],
    ['decoder.type', { decoder: { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: '' } }],
    ['post_processor.type', { post_processor: { type: 'BertProcessing', sep: ['x', 0] } }],
    ['truncation', { truncation: { max_length: 8 } }],
    ['padding', { padding: { strategy: 'BatchLongest' } }],
    ['version', { version: '2.0' }],
    ['a_setting_of_tomorrow', { a_setting_of_tomorrow: 1 }],
    ['model.dropout', withModel({ dropout: 0.1 })],
    ['model.byte_fallback', withModel({ byte_fallback: true })],
    ['model.end_of_word_suffix', withModel({ end_of_word_suffix: '</w>' })],
    ['model.ignore_merges', withModel({ ignore_merges: 1 })],
    ['model.vocab', withModel({ vocab: [] })],
    ['model.vocab', withModel({ vocab: { ...model.vocab, a: 1e9 } })],
    ['model.vocab', withModel({ vocab: { ...model.vocab, a: 0.5 } })],
    ['model.vocab', withModel({ vocab: { ...model.vocab, a: -1 } })],
    ['model.merges', withModel({ merges: 3 })],
    ['model.merges.0', withModel({ merges: [['a', 'b', 'c']] })],
    ['model.merges.0', withModel({ merges: ['a  b'] })],
    ['model.merges.0', withModel({ merges: [['a', 7]] })],
    ['model.merges.250', withModel({ merges: [...model.merges, ['q', 'qq']] })],
    ['model.merges.250', withModel({ merges: [...model.merges, model.merges[3]] })],
    ['added_tokens', { added_tokens: [...added, { ...added[0], content: '<more>', id: 512 }] }],
    ['added_tokens.0.special', { added_tokens: added.map((token) => ({ ...token, special: false })) }],
  ])('refuses by name: %s', (field, change) => {
    const start = `tokenizer.json: ${field}: `;
    expect(() => Tokenizer.fromJson({ ...file, ...change })).toThrow(start);
  });

  it('reads the splits of well-known tokenizers, and merges as older files have them', () => {
    const cutBy = (pre_tokenizer: object, text: string) => {
      const tokenizer = Tokenizer.fromJson({ ...file, pre_tokenizer });
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      return tokenizer.encode(text).map((id) => tokenizer.tokenText(id));
    };
    // Only Qwen's split keeps an opening bracket with the name after it; none of these pieces has a merge of its own.
    expect(cutBy(cut(qwen), 'def f(xs)')).toEqual(['def', ' f', '(', 'xs', ')']);
    expect(cutBy({ ...level, use_regex: true }, "it's 12\n\n x")).toContain("'");
    const older = withModel({ merges: model.merges.map((pair) => pair.join(' ')) });
    const text = 'def total(xs):\n    return sum(xs) + 10';
    expect(Tokenizer.fromJson(older).encode(text)).toEqual(shippedTokenizer().encode(text));
  });

  it('reads tokens with the names of object properties', () => {
    const names = ['constructor', '__proto__', 'toString'];
    const entries = [
      ...Object.entries(model.vocab),
      ...names.map((name, i): [string, number] => [name, 512 + i]),
    ];
    const tokenizer = Tokenizer.fromJson(
      withModel({ vocab: Object.fromEntries(entries), ignore_merges: true }),
    );
    expect(tokenizer.size).toBe(515);
    expect(tokenizer.encode('constructor')).toEqual([512]);
    expect(tokenizer.decode([513, 514])).toBe('__proto__toString');
  });

  it('refuses more tokens and merges than it can use, and a token missing for a byte', () => {
    const many = Object.fromEntries(Array.from({ length: 262_145 }, (_, id) => [`t${id}`, id]));
    expect(() => Tokenizer.fromJson(withModel({ vocab: many }))).toThrow(
      'model.vocab: 262145 tokens; at most',
    );
    expect(() => Tokenizer.fromJson(withModel({ merges: new Array(1_048_577) }))).toThrow('1048577 merges');
    const renamed = Object.fromEntries(
      Object.entries(model.vocab).map(([token, id]) => [token === '~' ? '~~~' : token, id]),
    );
    expect(() => Tokenizer.fromJson(withModel({ vocab: renamed, merges: [] }))).toThrow(
      'byte 126 has no token',
    );
  });

  it('with one value changed encodes as before, or is refused by name', () => {
    const text = "def f(xs):\n    return sum(xs)  # it's 10";
    const odd = [null, true, false, 0, 2, '', 'ByteLevel', [], {}, { type: 'ByteLevel' }];
    const paths = [
      'version',
      'truncation',
      'padding',
      'normalizer',
      'post_processor',
      'decoder',
      'added_tokens',
    ];
    const inModel = [
      'type',
      'dropout',
      'unk_token',
      'fuse_unk',
      'continuing_subword_prefix',
      'ignore_merges',
      'vocab',
    ];
    const changed = odd.flatMap((value) => [
      ...paths.map((key) => ({ ...file, [key]: value })),
      ...inModel.map((key) => withModel({ [key]: value })),
    ]);
    const before = shippedTokenizer().encode(text);
    for (const json of changed) {
      let ids;
      try {
        ids = Tokenizer.fromJson(json).encode(text);
      } catch (error) {
        expect((error as Error).message).toMatch(/^tokenizer\.json: [\w.]+: .+/);
        continue;
      }
      expect(ids).toEqual(before);
    }
  });
});

describe('Tokenizer.fromBytes', () => {
  it('names the file', () => {
    const bytes = new TextEncoder().encode(JSON.stringify(tokenizerFile()));
    expect(Tokenizer.fromBytes(bytes).size).toBe(512);
    expect(() => Tokenizer.fromBytes(bytes.slice(1))).toThrow(/^tokenizer\.json is not JSON/);
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
    expect(new Set(characterOfByte).size).toBe(256);
    const tokenizer = Tokenizer.fromJson(tokenizerJson(trainMerges(['naïve naïve 10 10'], 4)));
    expect(tokenizer.size).toBe(266);
    expect(tokenizer.decode(tokenizer.encode('naïve 10'))).toBe('naïve 10');
  });
});
