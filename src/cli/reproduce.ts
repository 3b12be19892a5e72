/**
 * The learning table of docs/log.md: runs an experiment for several seeds and prints, per seed, the held-out metrics before
 * and after, the wall time and the speed. The table is a reading of each run's log.
 *
 *     npm run reproduce -- --preset default --seeds 1,2,3 --steps 150
 */
import { runCommand } from './common.ts';
import { reproduce } from './reproduceCommand.ts';

await runCommand(reproduce);
