/** What `npm run export -- --to KIND OUT` does: an experiment as a project for other tools or machines. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { programs } from '../config/elsewhere.ts';
import { fieldNames } from '../config/fields.ts';
import { FlagError, helpText, presetOption, type ExtraOptions } from '../config/flags.ts';
import { projectFolder } from '../exports/pytorch/index.ts';
import { projectName } from '../exports/nodeProject.ts';
import { zip } from '../exports/zip.ts';
import { modelDirOption, type Command } from './common.ts';
import { nodeProjectOf } from './nodeProject/ofExperiment.ts';
import { pythonProjectOf, type Asked } from './pythonProject.ts';
import { parseTrainingFlags, startOptions } from './startFrom.ts';

const kinds = ['node', ...programs] as const;
/** What the folder in an archive is called. */
const folders = { node: projectName, ...projectFolder };

/** A project's files by path, for each kind. */
const targets = {
  node: nodeProjectOf,
  pytorch: (asked: Asked) => pythonProjectOf('pytorch', asked),
  trl: (asked: Asked) => pythonProjectOf('trl', asked),
} satisfies Record<(typeof kinds)[number], (asked: Asked) => Promise<Map<string, Uint8Array>>>;

const options: ExtraOptions = {
  to: {
    value: 'KIND',
    help:
      'node = a Node project with tasks, reward and algorithm to edit, and this engine; ' +
      'pytorch = a Python project that runs the experiment with transformers, PEFT and Accelerate on as many GPUs as there are; ' +
      'trl = the same tasks, episodes and rewards for Hugging Face’s TRL.',
    choices: kinds,
  },
  out: {
    value: 'PATH',
    help: 'The new folder, or the archive when it ends in .zip. Nothing is overwritten.',
  },
  from: {
    value: 'RUN',
    help: 'A run (its folder, or a .cocos file) to start from as it stands: its experiment, and its model.',
  },
  ...modelDirOption,
  preset: presetOption,
};
const usage = `npm run export -- --to KIND OUT [flags]

Makes a project of an experiment (a preset, --experiment FILE or --link LINK) or of a run (--from RUN), changed by further flags.`;

/** Writes a project, as a folder or an archive. */
export const exportProject: Command = async (argv) => {
  const flags = await parseTrainingFlags(withOut(argv), options);
  if (flags.help)
    return void process.stdout.write(helpText(usage, { ...startOptions, ...options }, fieldNames));
  const text = (name: string) => flags.options[name] as string | undefined;
  const [kind, out, from] = [kinds.find((name) => name === text('to')), text('out'), text('from')];
  if (kind === undefined) throw new FlagError(`--to is missing: ${kinds.join(' or ')}.`);
  if (out === undefined)
    throw new FlagError('--out is missing: the folder to write, or a file that ends in .zip.');
  if (from !== undefined && flags.preset !== 'default')
    throw new FlagError('--from names an experiment to start from, and so does another flag: leave one out.');
  if (existsSync(out) && (out.endsWith('.zip') || readdirSync(out).length > 0))
    throw new FlagError(`--out: ${out} is there already. Choose another name, or delete it first.`);
  const { experiment, preset: name, changes, problems } = flags;
  const asked = { experiment, name, changes, from, modelDir: text('model-dir'), problems };
  const files = await targets[kind](asked);
  if (out.endsWith('.zip')) await write(out, zip(inFolder(files, folders[kind])));
  else for (const [path, bytes] of files) await write(join(out, path), bytes);
  const size = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  process.stderr.write(
    `${out}: ${files.size} files, ${(size / 1e6).toFixed(1)} MB; its README.md says what to do.\n`,
  );
};

const inFolder = (files: ReadonlyMap<string, Uint8Array>, folder: string) =>
  new Map([...files].map(([path, bytes]) => [`${folder}/${path}`, bytes]));

/** The word after `--to KIND` is the place, as if `--out` stood before it. */
function withOut(argv: readonly string[]): string[] {
  const at = argv.indexOf('--to') + 2;
  const place = argv[at];
  if (at === 1 || place === undefined || place.startsWith('-')) return [...argv];
  return argv.toSpliced(at, 0, '--out');
}

async function write(file: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
