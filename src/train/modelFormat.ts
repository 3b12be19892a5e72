/** The chat format of a model that others trained. */
import { chatFormat } from '../tasks/formats/chat.ts';
import type { EpisodeFormat } from '../tasks/formats/format.ts';
import type { OpenedModel } from './openedModel.ts';

/** @throws Error when it has no chat template, or one that cannot be used */
export function formatOf({
  template,
  whyNoTemplate,
  tokenizer,
  stopIds,
  config,
}: OpenedModel): EpisodeFormat {
  if (!template) throw new Error(whyNoTemplate);
  return chatFormat({ tokenizer, template, stopIds, vocabulary: config.vocab_size });
}
