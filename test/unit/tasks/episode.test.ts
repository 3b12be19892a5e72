import { describe, expect, it } from 'vitest';
import { feedbackLine, supervisedSequence, turnPromptIds } from '../../../src/tasks/episode.ts';
import { oursFormat } from '../../../src/tasks/formats/ours.ts';
import { supervisedExample } from '../../../src/tasks/supervised.ts';
import { shippedTokenizer } from './helpers.ts';

const format = oursFormat(shippedTokenizer());
/** The sequence with its special tokens written out. */
const show = (ids: readonly number[]): string => ids.map((id) => format.tokenText(id)).join('');
const task = { instruction: 'Write total(xs): the sum of xs.', entryPoint: 'total' };
const answer = format.answer('def total(xs):\n    return sum(xs)');
const [eot = -1] = format.stops;

describe('episode format', () => {
  it('starts with the instruction', () => {
    expect(show(format.prompt(task))).toBe('<bos>Write total(xs): the sum of xs.<code>');
  });

  it('asks for a correction, with or without a failing test', () => {
    expect(show(format.correction(''))).toBe('<fix>');
    expect(show(format.correction('f(2) == 3 got 1'))).toBe('<fb>f(2) == 3 got 1<fix>');
  });

  it('keeps all answers or the latest', () => {
    const turns = [
      { ids: [...format.answer('one'), eot] },
      { ids: format.answer('two'), feedback: 'f(2) == 3 got 1' },
    ];
    const start = show(format.prompt(task));
    expect(show(turnPromptIds(format, task, [], 'all'))).toBe(start);
    expect(show(turnPromptIds(format, task, turns, 'all'))).toBe(
      `${start}one<eot><fix>two<eot><fb>f(2) == 3 got 1<fix>`,
    );
    expect(show(turnPromptIds(format, task, turns, 'latest'))).toBe(
      `${start}two<eot><fb>f(2) == 3 got 1<fix>`,
    );
  });

  it('extends the turn before under history all', () => {
    const first = [...format.prompt(task), ...answer, eot];
    const second = turnPromptIds(format, task, [{ ids: answer }], 'all');
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
      const { ids, answers } = supervisedSequence(format, example);
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
