/** `npm run learn`: does a model that others trained learn here, and does a control not? See learnCommand.ts. */
import { runCommand } from './common.ts';
import { learn } from './learnCommand.ts';

await runCommand(learn);
