/** How a model's conversations are written: its chat template, in Jinja, as transformers renders it. */
import { isObject, shown } from '../config/outside.ts';
import { BoundedTemplate, TooMuchError } from './boundedTemplate.ts';
import type { Metadata } from './modelTokenizer.ts';

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Templates with tools have some 10 kB. */
const maxCharacters = 1 << 16;

/** The day that Llama 3's template takes where it knows none. A prompt must not depend on when it is written. */
const date = '26 Jul 2024';

export class ChatTemplate {
  readonly #template: BoundedTemplate;
  readonly #tokens: Readonly<Record<string, string>>;

  /**
   * @param tokens `bos_token` and `eos_token` where the model has them
   * @throws Error when it is no template
   */
  constructor(source: string, tokens: Readonly<Record<string, string>> = {}) {
    if (source.length > maxCharacters) {
      throw new Error(
        `The chat template has ${source.length} characters; at most ${maxCharacters} are read.`,
      );
    }
    if (source.includes('strftime_now') && !source.includes('date_string')) {
      throw new Error(
        "The chat template asks for today's date, so no run could be repeated. Choose another model.",
      );
    }
    try {
      this.#template = new BoundedTemplate(source);
    } catch (error) {
      throw new Error(`The chat template cannot be read (${reason(error)}). Choose another model.`, {
        cause: error,
      });
    }
    this.#tokens = tokens;
  }

  /** @param config the parsed tokenizer_config.json @throws Error naming what is missing */
  static fromConfig(config: unknown): ChatTemplate {
    const file = 'tokenizer_config.json';
    const keys = isObject(config) ? config : {};
    const template = keys['chat_template'];
    if (typeof template !== 'string') {
      throw new Error(
        `${file}: chat_template is ${shown(template)}, not text. Choose a model for conversations.`,
      );
    }
    const tokens = ['bos_token', 'eos_token'].flatMap((name) => {
      const token = keys[name];
      const content = isObject(token) ? token['content'] : token;
      return typeof content === 'string' ? [[name, content] as const] : [];
    });
    return new ChatTemplate(template, Object.fromEntries(tokens));
  }

  /** @throws Error naming the key of the metadata that is missing */
  static fromGguf(metadata: Metadata, file: string): ChatTemplate {
    const template = metadata.get('tokenizer.chat_template');
    if (typeof template !== 'string') {
      throw new Error(
        `${file}: tokenizer.chat_template is ${shown(template)}. Choose a model for conversations.`,
      );
    }
    const texts = metadata.get('tokenizer.ggml.tokens');
    const tokens = ['bos', 'eos'].flatMap((name) => {
      const id = metadata.get(`tokenizer.ggml.${name}_token_id`);
      const text: unknown = Array.isArray(texts) && typeof id === 'number' ? texts[id] : undefined;
      return typeof text === 'string' ? [[`${name}_token`, text] as const] : [];
    });
    return new ChatTemplate(template, Object.fromEntries(tokens));
  }

  /**
   * A conversation as the model reads it; `prompt`: up to where its next answer begins.
   * @throws Error with what the template says against the conversation
   */
  render(messages: readonly Message[], prompt: boolean): string {
    try {
      return this.#template.render({
        ...this.#tokens,
        ...{ messages: messages.map((message) => ({ ...message })), add_generation_prompt: prompt },
        date_string: date,
      });
    } catch (error) {
      if (error instanceof TooMuchError)
        throw new Error(`The chat template cannot be used: ${error.message}. Choose another model.`, {
          cause: error,
        });
      throw new Error(`The chat template refuses the conversation (${reason(error)}).`, { cause: error });
    }
  }
}

function reason(error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deep'; // the stack is full
  return error instanceof Error ? error.message : String(error);
}
