/**
 * A model as a Hugging Face folder in a zip archive: what every loader reads, and beside it what transformers needs to know of
 * the tokenizer, a model card, and the experiment that made it.
 */
import { diff } from '../config/experiment.ts';
import type { Experiment } from '../config/fields.ts';
import { experimentFile } from '../config/formats.ts';
import { isObject, readJson, shown } from '../config/outside.ts';
import { findMetric } from '../rl/metricTable.ts';
import type { Bytes } from '../train/store.ts';
import { fileName } from './fileName.ts';
import { zip } from './zip.ts';

/** Files of a model: config.json, model.safetensors, tokenizer.json, generation_config.json, perhaps more. */
export type ModelFiles = ReadonlyMap<string, Uint8Array>;

/** Where a model comes from. */
export interface Provenance {
  /** Of the run, or of the model itself. */
  readonly name: string;
  /** What the run began with, π_ref. */
  readonly model: { readonly name: string; readonly digest?: string | undefined };
  /** In force at `step`. */
  readonly experiment: Experiment;
  /** Updates done. */
  readonly step: number;
  /** Of the evaluation at that step, or the last before it. */
  readonly evaluated: { readonly step: number; readonly metrics: Readonly<Record<string, number>> } | null;
  readonly backend: string;
  /** Version of the playground, where it is known. */
  readonly build?: string;
}

/** @throws Error naming the file that is missing or wrong */
export function modelArchive(files: ModelFiles, from: Provenance): Bytes {
  const all = new Map([
    ['README.md', text(modelCard(from))],
    ['experiment.json', json(experimentFile(from.experiment))],
    ...loadable(files),
  ]);
  const folder = fileName(`${from.name}-${from.step}`);
  return zip(new Map([...all].map(([name, bytes]) => [`${folder}/${name}`, bytes])));
}

/** A model's files with what transformers reads beside them. @throws Error naming the file that is missing or wrong */
export const loadable = (files: ModelFiles): ModelFiles =>
  new Map([['tokenizer_config.json', json(tokenizerConfig(files))], ...files]);

const text = (content: string) => new TextEncoder().encode(content);
const json = (value: unknown) => text(`${JSON.stringify(value, null, 2)}\n`);

/** What transformers reads beside tokenizer.json: which tokens begin and end a text, derived from the other files. */
function tokenizerConfig(files: ModelFiles): Record<string, unknown> {
  const config = objectIn(files, 'config.json', 1 << 20);
  const tokenizer = objectIn(files, 'tokenizer.json', 64 << 20);
  const added = Array.isArray(tokenizer['added_tokens']) ? tokenizer['added_tokens'].filter(isObject) : [];
  const specials = new Map(
    added.filter((token) => token['special'] === true).map((token) => [token['id'], token['content']]),
  );
  const named = {
    bos_token: specials.get(config['bos_token_id']),
    eos_token: specials.get(config['eos_token_id']),
    pad_token: specials.get(config['pad_token_id']),
  };
  const others = [...specials.values()].filter((token) => !Object.values(named).includes(token));
  return {
    tokenizer_class: 'PreTrainedTokenizerFast', // of transformers 4 and 5 alike: exactly what tokenizer.json says
    ...named,
    additional_special_tokens: others,
    clean_up_tokenization_spaces: false,
    model_max_length: config['max_position_embeddings'],
  };
}

function objectIn(files: ModelFiles, name: string, maxBytes: number): Record<string, unknown> {
  const bytes = files.get(name);
  if (!bytes) throw new Error(`${name} is missing; a model needs it.`);
  const value = readJson(bytes, name, maxBytes);
  if (!isObject(value)) throw new Error(`${name} must hold an object, not ${shown(value)}.`);
  return value;
}

function modelCard({ name, model, experiment, step, evaluated, backend, build = '' }: Provenance): string {
  const changed = Object.entries(diff(experiment)).map(([field, value]) => `${field} ${value}`);
  const told = /^eval\/(accuracy|tests_passed|delta|delta_i_to_c|delta_c_to_i)(@t\d+)?$/;
  const measured = Object.entries(evaluated?.metrics ?? {}).flatMap(([key, value]) => {
    const found = told.test(key) ? findMetric(key) : undefined;
    if (!found || Number.isNaN(value)) return [];
    const turn = found.turn === null ? '' : `, turn ${found.turn}`;
    return [`| ${found.metric.label}${turn} | ${Number(value.toPrecision(4))} |`];
  });
  const began = model.digest === undefined ? model.name : `${model.name} (digest ${model.digest})`;
  const knows = `the playground's task families${experiment.tasks === 'own' ? ', the problems that it was trained on,' : ''}`;
  return `---
library_name: transformers
pipeline_tag: text-generation
tags: [cocos, reinforcement-learning, self-correction, code]
---

# ${name}, after ${step} updates

A very small Llama that writes short Python functions and corrects its own answers, trained by reinforcement learning (CoCoS,
[arXiv 2505.23060](https://arxiv.org/abs/2505.23060)) in the CoCoS Playground${build && ` ${build}`}, on ${backend}. It knows ${knows}
and nothing else: it is made to be looked at, not to write code for you.

- It began as ${began}.
- ${changed.length === 0 ? 'Every field of its experiment has its default' : `Its experiment differs from the default in: ${changed.join(', ')}`}; \`experiment.json\` has all of it, and \`npm run train -- --experiment experiment.json\` does it again.

## How it is asked

The ids are \`<bos>\`, the task, \`<code>\`; the answer ends with \`<eot>\`. After it, \`<fix>\` asks for a correction.

\`\`\`python
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(".")
model = AutoModelForCausalLM.from_pretrained(".")
text = "<bos>" + "Write largest(xs): the largest number in xs." + "<code>"
ids = tokenizer(text, add_special_tokens=False, return_tensors="pt").input_ids
first = model.generate(ids, do_sample=False, max_new_tokens=${experiment.maxNewTokens})
fixed = tokenizer("<fix>", add_special_tokens=False, return_tensors="pt").input_ids
second = model.generate(torch.cat([first, fixed], dim=1), do_sample=False, max_new_tokens=${experiment.maxNewTokens})
print(tokenizer.decode(second[0]))
\`\`\`
${
  measured.length === 0
    ? ''
    : `
## Measured on held-out tasks, after ${evaluated?.step} updates, greedy answers

| | |
|---|---|
${measured.join('\n')}
`
}`;
}
