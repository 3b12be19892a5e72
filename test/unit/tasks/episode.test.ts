import { describe, expect, it } from 'vitest';
import {
  correctionIds,
  feedbackLine,
  promptIds,
  supervisedSequence,
  turnPromptIds,
} from '../../../src/tasks/episode.ts';
import { supervisedExample } from '../../../src/tasks/supervised.ts';
import { shippedTokenizer } from './helpers.ts';

const tokenizer = shippedTokenizer();
/** The sequence with its special tokens written out. */
const show = (ids: readonly number[]): string => ids.map((id) => tokenizer.tokenText(id)).join('');
const task = { instruction: 'Write total(xs): the sum of xs.' };
const answer = tokenizer.encode('def total(xs):\n    return sum(xs)');
const { eot } = tokenizer.specials;

describe('episode format', () => {
  it('starts with the instruction', () => {
    expect(show(promptIds(tokenizer, task))).toBe('<bos>Write total(xs): the sum of xs.<code>');
  });

  it('asks for a correction, with or without a failing test', () => {
    expect(show(correctionIds(tokenizer))).toBe('<fix>');
    expect(show(correctionIds(tokenizer, { feedback: 'f(2) == 3 got 1' }))).toBe('<fb>f(2) == 3 got 1<fix>');
  });

  it('keeps all answers or the latest', () => {
    const turns = [
      { ids: [...tokenizer.encode('one'), eot] },
      { ids: tokenizer.encode('two'), feedback: 'f(2) == 3 got 1' },
    ];
    const start = show(promptIds(tokenizer, task));
    expect(show(turnPromptIds(tokenizer, task, [], 'all'))).toBe(start);
    expect(show(turnPromptIds(tokenizer, task, turns, 'all'))).toBe(
      `${start}one<eot><fix>two<eot><fb>f(2) == 3 got 1<fix>`,
    );
    expect(show(turnPromptIds(tokenizer, task, turns, 'latest'))).toBe(
      `${start}two<eot><fb>f(2) == 3 got 1<fix>`,
    );
  });

  it('extends the turn before under history all', () => {
    const first = [...promptIds(tokenizer, task), ...answer, eot];
    const second = turnPromptIds(tokenizer, task, [{ ids: answer }], 'all');
    expect(second.slice(0, first.length)).toEqual(first);
  });
});

describe('feedbackLine', () => {
  const right = { status: 'pass', expression: 'f(1)', expected: '1', got: '1', exception: null };

  it('is the shortest failing test', () => {
    const wrong = { ...right, status: 'fail', expression: 'f(2)', expected: '3' };
    expect(feedbackLine([right, { ...wrong, expression: 'f(200)' }, wrong])).toBe('f(2) == 3 got 1');
  });

  it('names the exception, or what happened, where there is no value', () => {
    const failed = { ...right, status: 'error', got: '' };
    expect(feedbackLine([{ ...failed, exception: { type: 'ValueError' } }])).toBe('f(1) == 1 got ValueError');
    expect(feedbackLine([{ ...failed, status: 'timeout' }])).toBe('f(1) == 1 got timeout');
  });

  it('is ok when nothing fails, and never long', () => {
    expect(feedbackLine([right])).toBe('ok');
    expect(feedbackLine([{ ...right, status: 'fail', got: '9'.repeat(500) }])).toBe(
      `f(1) == 1 got ${'9'.repeat(24)}`,
    );
  });
});

describe('supervisedSequence', () => {
  it('learns the answers with their end, and nothing else', () => {
    for (const feedback of [false, true]) {
      const example = supervisedExample(4, 8, { bugScale: 2, repair: 0.5, break: 0, turns: 3, feedback });
      const { ids, answers } = supervisedSequence(tokenizer, example);
      const told = example.feedback.map((line) => (line === '' ? '' : `<fb>${line}`));
      const [y1, y2, y3] = example.answers;
      expect(show(ids)).toBe(
        `<bos>${example.instruction}<code>${y1}<eot>${told[0]}<fix>${y2}<eot>${told[1]}<fix>${y3}<eot>`,
      );
      example.answers.forEach((text, i) => {
        const { turn, start, length } = answers[i];
        expect(turn).toBe(i + 1);
        expect(show(ids.slice(start, start + length))).toBe(`${text}<eot>`);
      });
    }
  });
});
