/**
 * Trains an experiment for every value of some fields and several seeds, and compares.
 *
 *     npm run sweep -- --vary gamma=0,0.5,1 --seeds 1..3 --steps 100 --out runs/gamma
 */
import { runCommand } from './common.ts';
import { sweepCommand } from './sweep/command.ts';

await runCommand(sweepCommand);
