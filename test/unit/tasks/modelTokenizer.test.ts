/** Tokenizers and chat templates of models that others trained. Whole ones: `npm run prove -- smollm2`. */
import { describe, expect, it } from 'vitest';
import { characterOfByte, tokenizerJson, trainMerges } from '../../../src/tasks/bpe.ts';
import { ChatTemplate } from '../../../src/tasks/chatTemplate.ts';
import { ModelTokenizer, type Metadata } from '../../../src/tasks/modelTokenizer.ts';

const merges = trainMerges(['the them then there 123 12 1'.repeat(4)], 6);
const added = [
  { id: 262, content: '<|end|>', special: true },
  { id: 263, content: '<|end|>er', special: true },
  { id: 264, content: '<tool>', special: false },
].map((token) => ({ ...token, single_word: false, lstrip: false, rstrip: false, normalized: false }));
const vocabulary = [...characterOfByte, ...merges.map(([left, right]) => left + right)];
const json = {
  ...tokenizerJson(merges),
  added_tokens: added,
  model: {
    type: 'BPE',
    vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    merges: merges.map((pair) => pair.join(' ')),
  },
};
const metadata: Metadata = new Map<string, number | boolean | string | readonly (number | string)[]>([
  ['tokenizer.ggml.model', 'gpt2'],
  ['tokenizer.ggml.pre', 'smollm'],
  ['tokenizer.ggml.tokens', [...vocabulary, ...added.map(({ content }) => content)]],
  ['tokenizer.ggml.token_type', [...vocabulary.map(() => 1), 3, 3, 4]],
  ['tokenizer.ggml.merges', merges.map((pair) => pair.join(' '))],
  ['tokenizer.ggml.bos_token_id', 262],
  [
    'tokenizer.chat_template',
    '{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}',
  ],
]);

describe('the tokenizer of a model', () => {
  const tokenizer = ModelTokenizer.fromJson(json);

  it('finds special tokens only where they are meant, the longest first, others always', () => {
    expect(tokenizer.size).toBe(265);
    expect(tokenizer.encode('the<|end|>er', true)).toEqual([...tokenizer.encode('the', false), 263]);
    expect(tokenizer.encode('<|end|>', true)).toEqual([262]);
    const plain = tokenizer.encode('<|end|>', false);
    expect(plain.length).toBeGreaterThan(1);
    expect(tokenizer.decode(plain)).toBe('<|end|>');
    expect(tokenizer.encode('a<tool>', false).at(-1)).toBe(264);
    expect(tokenizer.encode('', true)).toEqual([]);
  });

  it('leaves out bytes without a token before it merges what is around them', () => {
    const { ć: _, ...vocab } = json.model.vocab;
    const moved = Object.keys(vocab).map((token, id) => [token, id] as const);
    const without = ModelTokenizer.fromJson({
      ...json,
      added_tokens: [],
      model: { ...json.model, vocab: Object.fromEntries(moved) },
    });
    expect(characterOfByte[7]).toBe('ć');
    expect(without.encode('th\u0007e', false)).toEqual([
      ...without.encode('th', false),
      ...without.encode('e', false),
    ]);
    expect(without.encode('!\u0007!', false)).toEqual(without.encode('!!', false));
    expect(without.encode('\u0007', false)).toEqual([]);
  });

  it('gives back every text; special tokens have none, and a name', () => {
    const text = 'def f(x):\n\treturn "é中😀" + x  # <tool>';
    expect(tokenizer.decode(tokenizer.encode(text, false))).toBe(text);
    expect(tokenizer.decode([262, ...tokenizer.encode('a', false), 263])).toBe('a');
    expect(tokenizer.tokenText(262)).toBe('<|end|>');
    expect(tokenizer.idOf('<|end|>er')).toBe(263);
    expect(() => tokenizer.idOf('<|im_end|>')).toThrow('no token "<|im_end|>"');
    expect(() => tokenizer.decode([265])).toThrow(RangeError);
  });

  it('is read from the metadata of a GGUF file', () => {
    const same = ModelTokenizer.fromGguf(metadata, 'x.gguf');
    expect(same.added).toEqual(tokenizer.added.map(({ id, content, special }) => ({ id, content, special })));
    expect(same.decode(same.encode('there 123 <tool>', false))).toBe('there 123 <tool>');
    // Digits stand alone.
    expect(same.encode('123', false)).toHaveLength(3);
  });

  it.each([
    ['model', 'llama', 'is "llama"; gpt2 (byte-level BPE) is supported'],
    ['pre', 'falcon', 'is "falcon"; llama-bpe, qwen2, smollm are known'],
    ['tokens', 7, 'is 7, not the list it must be'],
    ['merges', [1], 'is [1], not the list it must be'],
    ['token_type', [1, 1], 'has 2 items, tokens 265'],
  ] as const)('is refused when tokenizer.ggml.%s is %j', (key, value, problem) => {
    const changed = new Map(metadata).set(`tokenizer.ggml.${key}`, value);
    expect(() => ModelTokenizer.fromGguf(changed, 'x.gguf')).toThrow(
      `x.gguf: tokenizer.ggml.${key} ${problem}`,
    );
  });

  it('is refused when an id is missing, or a token is looked for in a way that is not known', () => {
    const gap = added.map((token) => ({ ...token, id: token.id + 1 }));
    expect(() => ModelTokenizer.fromJson({ ...json, added_tokens: gap })).toThrow('ids must be 0 to 264');
    const stripping = added.map((token) => ({ ...token, lstrip: true }));
    expect(() => ModelTokenizer.fromJson({ ...json, added_tokens: stripping })).toThrow(
      'added_tokens.0.lstrip: true is not supported',
    );
  });
});

describe('a chat template', () => {
  const messages = [{ role: 'user', content: 'x' }] as const;

  it('knows the tokens of its model', () => {
    expect(ChatTemplate.fromGguf(metadata, 'x.gguf').render(messages, true)).toBe('<|end|>user: x\n');
    const config = { chat_template: '{{ eos_token }}', eos_token: { content: '<e>', lstrip: false } };
    expect(ChatTemplate.fromConfig(config).render(messages, true)).toBe('<e>');
  });

  it('says what is wrong', () => {
    expect(() => ChatTemplate.fromConfig({})).toThrow('tokenizer_config.json: chat_template is nothing');
    expect(() => ChatTemplate.fromGguf(new Map(), 'x.gguf')).toThrow(
      'x.gguf: tokenizer.chat_template is nothing',
    );
    expect(() => new ChatTemplate('{% for %}')).toThrow('The chat template cannot be read');
    expect(() => new ChatTemplate("{{ strftime_now('%d') }}")).toThrow("today's date");
    const llama =
      '{% if not date_string is defined %}{% set date_string = strftime_now("%d") %}{% endif %}{{ date_string }}';
    expect(new ChatTemplate(llama).render(messages, false)).toBe('26 Jul 2024');
    expect(() => new ChatTemplate('x'.repeat(70_000))).toThrow('70000 characters');
    const refusing = new ChatTemplate("{{ raise_exception('no system role') }}");
    expect(() => refusing.render(messages, false)).toThrow('no system role');
  });
});
