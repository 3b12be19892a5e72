/**
 * Grades a problem set's own solutions against its tests: one JSON line per record.
 *
 *     npm run grade -- --data mbpp.jsonl --json verdicts.jsonl
 */
import { runCommand } from './common.ts';
import { grade } from './gradeCommand.ts';

await runCommand(grade);
