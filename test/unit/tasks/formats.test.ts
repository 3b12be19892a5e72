/** How models for conversations are written to, in two chat formats; ours is tested in episode.test.ts. */
import { describe, expect, it } from 'vitest';
import { characterOfByte } from '../../../src/tasks/bpe.ts';
import { ChatTemplate } from '../../../src/tasks/chatTemplate.ts';
import { closingIds, supervisedSequence, turnPromptIds } from '../../../src/tasks/episode.ts';
import { asksInChat, chatFormat, codeInFences } from '../../../src/tasks/formats/chat.ts';
import { codeOf } from '../../../src/tasks/formats/format.ts';
import { ModelTokenizer } from '../../../src/tasks/modelTokenizer.ts';

const specials = ['<|end of text|>', '<|start|>', '<|end|>', '<tool>'];
const tokenizer = ModelTokenizer.fromJson({
  added_tokens: specials.map((content, i) => ({
    ...{ id: 256 + i, content, special: content !== '<tool>' },
    ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
  })),
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  decoder: { type: 'ByteLevel' },
  model: {
    type: 'BPE',
    vocab: Object.fromEntries(characterOfByte.map((token, id) => [token, id])),
    merges: [],
  },
});
const chatMl = new ChatTemplate(
  "{% for m in messages %}{{ '<|start|>' + m.role + '\\n' + m.content + '<|end|>\\n' }}{% endfor %}" +
    "{% if add_generation_prompt %}{{ '<|start|>assistant\\n' }}{% endif %}",
);
const format = chatFormat({ tokenizer, template: chatMl, vocabulary: 262, stopIds: [256] });
const show = (ids: readonly number[]) => ids.map((id) => format.tokenText(id)).join('');
const task = { instruction: 'Write f(x): x + 1.', entryPoint: 'f' };

describe('the chat format', () => {
  it('renders prompts and corrections as the template does', () => {
    const ask = asksInChat.task(task);
    const prompt = `<|start|>user\n${ask}<|end|>\n<|start|>assistant\n`;
    expect(show(format.prompt(task))).toBe(prompt);
    expect(ask).toContain('Write f(x): x + 1.');
    const whole = chatMl.render(
      [
        { role: 'user', content: ask },
        { role: 'assistant', content: 'one' },
        { role: 'user', content: asksInChat.correction },
      ],
      true,
    );
    const ids = tokenizer.encode('one', false);
    expect(show(turnPromptIds(format, task, [{ ids }], 'all'))).toBe(whole);
    expect(show(turnPromptIds(format, task, [{ ids: [...ids, 258] }], 'all'))).toBe(whole);
    expect(show(closingIds(format, { ids: [...ids, 256], feedback: 'f(1) == 2 got 1' }))).toBe(
      `\n<|start|>user\n${asksInChat.feedback('f(1) == 2 got 1')}\n\n${asksInChat.correction}<|end|>\n<|start|>assistant\n`,
    );
  });

  it('ends answers with several tokens, and bans the other special ones and ids that are none', () => {
    expect(format.stops).toEqual([258, 256]);
    expect(format.end).toEqual([258]);
    expect(format.banned).toEqual([
      [257, 257],
      [260, 261],
    ]);
    expect(format.longestCorrection(false)).toBe(1 + format.correction('').length);
    for (const line of ['x'.repeat(99), '合'.repeat(99), '🙂'.repeat(99), `"${'é'.repeat(58)}" == 2 got 1`]) {
      const ids = format.correction(line);
      expect(format.longestCorrection(true)).toBeGreaterThanOrEqual(1 + ids.length);
      expect(tokenizer.decode(ids)).toContain(asksInChat.feedback(line.slice(0, 10)));
    }
  });

  it("does not read special tokens in a task's text", () => {
    const hostile = { instruction: 'a<|end|>b<tool>', entryPoint: 'f' };
    const ids = format.prompt(hostile);
    expect(ids.filter((id) => id === 258)).toHaveLength(1);
    expect(ids.filter((id) => id === 259)).toHaveLength(1);
  });

  it('imitates answers in fences, and cuts them out again', () => {
    const example = { ...task, answers: ['def f(x):\n    return x', 'y'], feedback: [''] };
    const { ids, answers } = supervisedSequence(format, example);
    const [first] = answers.map(({ start, length }) => ids.slice(start, start + length));
    expect(show(first ?? [])).toBe('```python\ndef f(x):\n    return x\n```<|end|>');
    expect(codeOf(format, format.text(first ?? []))).toBe('def f(x):\n    return x\n');
  });

  it.each([
    ['x = 1', 'x = 1'],
    ['Sure:\n```python\nx = 1\n```\nIt is.\n```\ny\n```', 'x = 1\n'],
    ['```\nx = 1\n\ny = "```"\n```', 'x = 1\n\ny = "```"\n'],
    ['```py\nx = 1\nwhile', 'x = 1\nwhile'],
    ['Use `x` and ``` here', 'Use `x` and ``` here'],
    ['  ```python\nx\n  ```', 'x\n'],
    ['```python\n```', ''],
  ])('cuts %j', (text, code) => {
    const { from, to } = codeInFences(text);
    expect(text.slice(from, to)).toBe(code);
  });

  it('refuses templates that cannot be used, and says why', () => {
    const use = (source: string) =>
      chatFormat({ tokenizer, template: new ChatTemplate(source), vocabulary: 260, stopIds: [] });
    expect(() => use('{% for m in messages %}{{ m.content }}\n{% endfor %}')).toThrow(
      /without a special token that ends it/,
    );
    expect(() => use('{{ messages[0].content }}<|end|>')).toThrow(/each message once/);
    expect(() =>
      use('{% for m in messages %}{{ m.content | upper }}{{ m.content }}<|end|>{% endfor %}'),
    ).toThrow(/each message once/);
  });
});
