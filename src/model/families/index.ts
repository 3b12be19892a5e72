/** The families of models that are read. */
import type { ModelConfig } from '../modelConfig.ts';
import type { Family } from './family.ts';
import { llama } from './llama.ts';
import { qwen2 } from './qwen2.ts';

export const families: readonly Family[] = [llama, qwen2];

const byType: Readonly<Record<ModelConfig['model_type'], Family>> = { llama, qwen2 };

export function familyOf({ model_type }: Pick<ModelConfig, 'model_type'>): Family {
  return byType[model_type];
}
