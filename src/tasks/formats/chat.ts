/**
 * How models for conversations are written to: in their own chat format, which the template in their files renders.
 *
 *     user: the task        assistant: y_1        user: correct it if it is wrong        assistant: y_2
 *
 * What a model wrote is never rendered again: its tokens stay as they are, and what the template puts after an answer follows.
 */
import { maxFeedback } from '../../config/episodeLength.ts';
import { shownText } from '../../config/outside.ts';
import type { ChatTemplate, Message } from '../chatTemplate.ts';
import type { ModelTokenizer, TextPart } from '../modelTokenizer.ts';
import type { Asked, CodeSpan, EpisodeFormat, IdRange } from './format.ts';

/** What the user's messages say; whoever asks a model in the same way takes them from here. */
export const asksInChat = {
  task: ({ instruction, entryPoint }: Asked): string =>
    `${instruction.trim()}\n\n${entryPoint === '' ? '' : `Name the function ${entryPoint}. `}Answer with Python code only, in one code block.`,
  correction:
    'There may be an error in the code above. Correct it if it is wrong, and otherwise repeat it. ' +
    'Answer with Python code only, in one code block.',
  feedback: (line: string): string => `A test fails: ${line}`,
} as const;

export interface ChatOptions {
  readonly tokenizer: ModelTokenizer;
  readonly template: ChatTemplate;
  /** Rows of the model's embedding; a tokenizer may have fewer tokens. */
  readonly vocabulary: number;
  /** What ends an answer beside what the template writes there. */
  readonly stopIds: readonly number[];
}

/** Stand for a message's text while the template is rendered. */
const marks = ['\uE000', '\uE001', '\uE002'] as const;

/** More ids are compared at each token that is drawn. */
const maxStops = 8;

/** @throws Error when the template does not show a message as it is, or ends an answer with no token of its own */
export function chatFormat({ tokenizer, template, vocabulary, stopIds }: ChatOptions): EpisodeFormat {
  const [asked, answered, again] = marks;
  const user = (content: string): Message => ({ role: 'user', content });
  const first = between(template.render([user(asked)], true), [asked]);
  const second = between(
    template.render([user(asked), { role: 'assistant', content: answered }, user(again)], true),
    marks,
  );
  const encode = (parts: readonly TextPart[]) => tokenizer.encodeParts(parts);
  const [before, after] = first;
  const own = (text: string): TextPart => ({ text, special: true });
  const given = (text: string): TextPart => ({ text, special: false });

  // What stands after an answer begins with its end, which the model writes itself.
  const closing = encode([own(second[2])]);
  const at = closing.findIndex((id) => tokenizer.isSpecial(id));
  const stop = closing[at];
  if (stop === undefined) {
    throw new Error(
      `The chat template writes ${shownText(second[2])} after an answer, without a special token that ends it. ` +
        'Choose a model whose answers have an end.',
    );
  }
  const end = closing.slice(0, at + 1);
  const stops = [...new Set([stop, ...stopIds])];
  if (stops.length > maxStops) {
    throw new Error(
      `The model has ${stops.length} tokens that end an answer; at most ${maxStops} are supported.`,
    );
  }
  const correctionWith = (line: string): number[] => {
    const shown = line === '' ? [] : [given(`${asksInChat.feedback(line)}\n\n`)];
    const all = encode([own(second[2]), ...shown, given(asksInChat.correction), own(second[3])]);
    return all.slice(end.length);
  };
  const plain = correctionWith('').length;
  const longest = plain + asksInChat.feedback('').length + maxFeedback + 2;
  /** A character takes at most one token, unless it is outside ASCII: then fewer are shown. */
  const correction = (feedback: string): number[] => {
    const characters = [...feedback.slice(0, maxFeedback)];
    let ids = correctionWith(characters.join(''));
    while (ids.length > longest && characters.pop() !== undefined) ids = correctionWith(characters.join(''));
    return ids;
  };
  return {
    ...{ name: 'chat', tokens: vocabulary, bos: null, pad: stop, stops, end },
    banned: bannedIds(tokenizer, vocabulary, stops),
    prompt: (task) => encode([own(before), given(asksInChat.task(task)), own(after)]),
    correction,
    longestCorrection: (feedback) => end.length + (feedback ? longest : plain),
    answer: (code) => tokenizer.encode(`\`\`\`python\n${code.trimEnd()}\n\`\`\``, false),
    text: (ids) => tokenizer.decode(ids),
    tokenText: (id) => (id < tokenizer.size ? tokenizer.tokenText(id) : `<${id}>`),
    code: codeInFences,
  };
}

/** What a rendered conversation has before, between and after its messages. @throws Error when one is not in it as it is */
function between(rendered: string, messages: readonly string[]): readonly string[] {
  const pieces: string[] = [];
  let rest = rendered;
  for (const message of messages) {
    const [piece = '', ...others] = rest.split(message);
    if (others.length !== 1) {
      throw new Error('The chat template does not show each message once, in order. Choose another model.');
    }
    pieces.push(piece);
    [rest = ''] = others;
  }
  return [...pieces, rest];
}

/** Special tokens but for those that end an answer, and ids that are no token. */
function bannedIds(tokenizer: ModelTokenizer, vocabulary: number, stops: readonly number[]): IdRange[] {
  const ranges: [number, number][] = [];
  for (let id = 0; id < vocabulary; id++) {
    if (stops.includes(id) || (tokenizer.has(id) && !tokenizer.isSpecial(id))) continue;
    const last = ranges.at(-1);
    if (last?.[1] === id - 1) last[1] = id;
    else ranges.push([id, id]);
  }
  return ranges;
}

const opening = /^[ \t]*```[^\n`]*\n/m;
const closing = /^[ \t]*```[ \t]*$/m;

/** The first block in fences, to the end where it is cut off; without fences all of it. */
export function codeInFences(text: string): CodeSpan {
  const found = opening.exec(text);
  if (!found) return { from: 0, to: text.length };
  const from = found.index + found[0].length;
  const end = closing.exec(text.slice(from));
  return { from, to: end ? from + end.index : text.length };
}
