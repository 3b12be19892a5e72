/**
 * Trains with CoCoS from the command line.
 *
 *     npm run train -- --preset default --steps 100 --seed 1 --out runs/x
 *     npm run train -- --resume runs/x
 */
import { runCommand } from './common.ts';
import { train } from './trainCommand.ts';

await runCommand(train);
