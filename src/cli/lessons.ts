/**
 * Runs every lesson's experiment and its counter-run, and writes docs/lessons.md from what they left.
 *
 *     npm run lessons
 *     npm run lessons -- --only paidToFail --seeds 1 --updates 2
 */
import { runCommand } from './common.ts';
import { lessonsCommand } from './lessonsCommand.ts';

await runCommand(lessonsCommand);
