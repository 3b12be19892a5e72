/** What is in a model of others, for people to look at. */
import type { OpenedModel } from '../train/openedModel.ts';

export interface ModelInside {
  /** Its configuration, as config.json names it. */
  readonly config: readonly (readonly [key: string, value: string])[];
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly dtype: string;
  }[];
  /** A conversation in its chat template, as text; null: it has none, and `whyNoTemplate` says why. */
  readonly rendered: string | null;
  readonly whyNoTemplate: string;
  readonly tokens: number;
  /** Texts of tokens that are more than text. */
  readonly special: readonly string[];
  readonly stops: readonly string[];
}

/** A problem as one would be put, and a first answer. */
const conversation = [
  { role: 'user', content: 'Write a function that doubles a number.' },
  { role: 'assistant', content: 'def f(x):\n    return x + x' },
  { role: 'user', content: 'Correct it where it is wrong.' },
] as const;

export function insideOf({
  config,
  tensors,
  tokenizer,
  template,
  whyNoTemplate,
  stopIds,
}: OpenedModel): ModelInside {
  let rendered: string | null = null;
  let why = whyNoTemplate;
  try {
    rendered = template?.render(conversation, true) ?? null;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  return {
    config: Object.entries(config).map(([key, value]) => [
      key,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
    tensors: [...tensors.tensors].map(([name, { shape, dtype }]) => ({ name, shape, dtype })),
    ...{ rendered, whyNoTemplate: why, tokens: tokenizer.size },
    special: tokenizer.added.filter(({ special }) => special).map(({ content }) => content),
    stops: stopIds.map((id) => tokenizer.tokenText(id)),
  };
}
