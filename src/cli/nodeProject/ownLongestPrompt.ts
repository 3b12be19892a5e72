/** Stands in an exported project for tasks/longestPrompt.ts: its tasks are all there. */
import { promptIds } from '../../tasks/episode.ts';
import type { Tokenizer } from '../../tasks/tokenizer.ts';
import type { Task } from '../../tasks/types.ts';

export const longestPrompt = (tokenizer: Tokenizer, tasks: readonly Task[]): number =>
  Math.max(...tasks.map((task) => promptIds(tokenizer, task).length));
