/**
 * Writes the problems of tasks/shortProblems.ts as a file that `--problems` and the page read.
 *
 *     npm run problems -- --out public/problems/short.jsonl
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { problemSetOf } from '../tasks/problemSet.ts';
import { shortProblems } from '../tasks/shortProblems.ts';
import { projectRoot, runCommand } from './common.ts';

const options: ExtraOptions = {
  out: { value: 'FILE', help: 'File to write; public/problems/short.jsonl unless given.' },
};

await runCommand(async (argv) => {
  const flags = parseFlags(argv, options, []);
  if (flags.help) return void process.stdout.write(helpText('npm run problems -- [flags]', options, []));
  const given = flags.options['out'];
  const out = typeof given === 'string' ? given : join(projectRoot, 'public/problems/short.jsonl');
  const { text, problems, name } = await problemSetOf([...shortProblems()]);
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, text);
  process.stderr.write(`wrote ${out}: ${problems.length} problems, ${name}\n`);
});
