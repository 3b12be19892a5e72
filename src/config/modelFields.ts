/** Fields of a model that others trained, and of the adapter that is trained over it. Part of the table in fields.ts. */
import { linear, type Field } from './types.ts';

/** What `otherModel` says when the model is a shipped one. */
export const noModel = 'none';

/** How `otherModel` names a model: by what it is called and the first 16 digits of its digest. */
const pattern = /^[\w.+-]{1,100}@[0-9a-f]{16}$/;
export const isOtherModel = (text: string): boolean => pattern.test(text);

/** @param digest 64 hexadecimal digits */
export const otherModelText = (name: string, digest: string): string =>
  `${name.replace(/[^\w.+-]+/g, '-').slice(0, 100)}@${digest.slice(0, 16)}`;

const boost = '+boost';
/** One with the adapter that its boost left. @param over as an experiment names it without @param digest of both together */
export const boostedText = (over: string, digest: string): string =>
  otherModelText(`${otherModelName(over).slice(0, 100 - boost.length)}${boost}`, digest);
export const isBoosted = (text: string): boolean => otherModelName(text).endsWith(boost);

/** The digits of its digest in the text of `otherModel`; undefined where it names none. */
export const digestIn = (text: string): string | undefined => text.split('@')[1];

/** What a model that others trained is called, without its digest. */
export const otherModelName = (text: string): string => text.split('@')[0] ?? text;

export const modelFields = {
  otherModel: {
    kind: 'text',
    default: noModel,
    maxLength: 117,
    label: 'Other model',
    help: 'Which model the run starts from when it is not one of the playground’s: its name and the beginning of its digest. It is opened from files of yours; an experiment only says which ones it needs.',
    source: 'our decision',
    group: 'task',
    when: 'restart',
    since: 8,
  },
  loraRank: {
    kind: 'int',
    default: 8,
    ...linear({ min: 1, max: 64, step: 1 }),
    label: 'Adapter rank',
    help: 'A model that others trained stays as it is; what is learned is an adapter: a product of two narrow matrices that is added to each of its own (LoRA). The rank is how narrow: more can be learned with a larger one, and takes more time.',
    source: 'LoRA (arXiv 2106.09685); the value is our decision',
    group: 'optimiser',
    when: 'restart',
    since: 8,
  },
  loraAlpha: {
    kind: 'float',
    default: 16,
    ...linear({ min: 1, max: 128, step: 1 }),
    label: 'Adapter scale α',
    help: 'What the adapter adds is multiplied by this and divided by the rank.',
    source: 'LoRA (arXiv 2106.09685); the value is our decision',
    group: 'optimiser',
    when: 'restart',
    since: 8,
  },
  loraTargets: {
    kind: 'choice',
    default: 'all',
    choices: [
      { value: 'all', label: 'All matrices', help: 'Those of attention and of the MLP.' },
      { value: 'attention', label: 'Attention', help: 'Query, key, value and output.' },
      { value: 'query-value', label: 'Query and value', help: 'As in the paper on LoRA.' },
    ],
    label: 'Adapted matrices',
    help: 'Which matrices of each layer get an adapter.',
    source: 'all: QLoRA (arXiv 2305.14314); query and value: LoRA',
    group: 'optimiser',
    when: 'restart',
    since: 8,
  },
  baseWeights: {
    kind: 'choice',
    default: 'float32',
    choices: [
      {
        value: 'stored',
        label: 'As in the file',
        help: 'Whole numbers of 4 or 8 bits with a scale for every 32 stay so (GGUF’s Q4_0, Q4_1, Q5_0 and Q8_0); all others become 32-bit numbers.',
      },
      { value: 'float32', label: '32 bits', help: 'Whatever the file has, at four bytes a weight.' },
      {
        value: 'int8',
        label: '8 bits',
        help: 'Matrices are rounded to whole numbers of 8 bits with a scale for every 32: a quarter of the memory, and faster.',
      },
      {
        value: 'int4',
        label: '4 bits',
        help: 'Matrices are rounded to whole numbers of 4 bits with a scale and a minimum for every 32: the least memory, and what is lost is felt.',
      },
    ],
    label: 'Weights of the base',
    help: 'How the weights of a model that others trained are held. They are not trained; the adapter beside them always has 32 bits.',
    source: 'blocks: GGUF (llama.cpp); training over them: QLoRA (arXiv 2305.14314)',
    group: 'task',
    when: 'restart',
    since: 9,
  },
} as const satisfies Readonly<Record<string, Field>>;

/** What suits a model of a hundred million parameters or more on a processor, where nothing else was chosen. */
export const otherModelSettings = {
  trainTasks: 64,
  promptsPerUpdate: 2,
  maxNewTokens: 96,
  learningRate: 1e-4,
  steps: 20,
  evalEvery: 10,
  evalTasks: 8,
  baseWeights: 'stored',
} as const;
