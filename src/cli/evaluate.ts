/**
 * Prints the metrics of a model on held-out tasks, greedy.
 *
 *     npm run evaluate -- --model-dir runs/x/checkpoint --eval-tasks 256
 *     npm run evaluate -- --model runs/y/reference --adapter runs/y/checkpoint
 */
import { runCommand } from './common.ts';
import { evaluate } from './evaluateCommand.ts';

await runCommand(evaluate);
