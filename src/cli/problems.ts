/**
 * Writes the problems of tasks/shortProblems.ts as files that `--problems` and the page read.
 *
 *     npm run problems
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { problemSetOf } from '../tasks/problemSet.ts';
import { decisionProblems, shortProblems } from '../tasks/shortProblems.ts';
import { projectRoot, runCommand } from './common.ts';

const options: ExtraOptions = {
  out: { value: 'DIR', help: 'Folder to write to; public/problems unless given.' },
};
const sets = { 'short.jsonl': shortProblems, 'decisions.jsonl': decisionProblems } as const;

await runCommand(async (argv) => {
  const flags = parseFlags(argv, options, []);
  if (flags.help) return void process.stdout.write(helpText('npm run problems -- [flags]', options, []));
  const given = flags.options['out'];
  const out = typeof given === 'string' ? given : join(projectRoot, 'public/problems');
  await mkdir(out, { recursive: true });
  for (const [file, problemsOf] of Object.entries(sets)) {
    const { text, problems, name } = await problemSetOf([...problemsOf()]);
    await writeFile(join(out, file), text);
    process.stderr.write(`wrote ${join(out, file)}: ${problems.length} problems, ${name}\n`);
  }
});
