/** What `npm run export -- --to KIND OUT` does: an experiment as a project for other tools or machines. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Experiment } from '../config/fields.ts';
import { FlagError, helpText, type ExtraOptions } from '../config/flags.ts';
import { modelFileNames, modelsOf, nodeProject, projectName } from '../exports/nodeProject.ts';
import { zip } from '../exports/zip.ts';
import { modelDirOption, modelFolderOf, shippedModel, type Command } from './common.ts';
import { makeKit } from './nodeProject/kit.ts';
import { parseTrainingFlags, startOptions } from './startFrom.ts';

interface Asked {
  readonly experiment: Experiment;
  /** `--model-dir`, if it was given. */
  readonly modelDir: string | undefined;
}

/** A project's files by name, for each kind. */
const targets = {
  node: async ({ experiment, modelDir }: Asked): Promise<Map<string, Uint8Array>> => {
    const folder = modelFolderOf(modelDir, experiment);
    const names = modelDir === undefined ? modelsOf(experiment) : [];
    const shipped = names.map(async (name) => [name, await modelIn(shippedModel(name))] as const);
    return nodeProject({
      ...{ experiment, kit: await makeKit(), models: new Map(await Promise.all(shipped)) },
      ...(modelDir === undefined ? {} : { own: await modelIn(folder) }),
    });
  },
} satisfies Record<string, (asked: Asked) => Promise<Map<string, Uint8Array>>>;

const kinds = Object.keys(targets) as (keyof typeof targets)[];

const options: ExtraOptions = {
  to: {
    value: 'KIND',
    help: 'node = a Node project with tasks, reward and algorithm to edit.',
    choices: kinds,
  },
  out: {
    value: 'PATH',
    help: 'The new folder, or the archive when it ends in .zip. Nothing is overwritten.',
  },
  ...modelDirOption,
};
const usage = `npm run export -- --to KIND OUT [flags]

Makes a project of an experiment: a preset, --experiment FILE or --link LINK, changed by further flags.`;

/** Writes a project, as a folder or an archive. */
export const exportProject: Command = async (argv) => {
  const flags = parseTrainingFlags(withOut(argv), options);
  if (flags.help) return void process.stdout.write(helpText(usage, { ...startOptions, ...options }));
  const text = (name: string) => flags.options[name] as string | undefined;
  const [kind, out] = [kinds.find((name) => name === text('to')), text('out')];
  if (kind === undefined) throw new FlagError(`--to is missing: ${kinds.join(' or ')}.`);
  if (out === undefined)
    throw new FlagError('--out is missing: the folder to write, or a file that ends in .zip.');
  if (existsSync(out) && (out.endsWith('.zip') || readdirSync(out).length > 0))
    throw new FlagError(`--out: ${out} is there already. Choose another name, or delete it first.`);
  const files = await targets[kind]({ experiment: flags.experiment, modelDir: text('model-dir') });
  if (out.endsWith('.zip')) {
    await write(out, zip(new Map([...files].map(([name, bytes]) => [`${projectName}/${name}`, bytes]))));
  } else for (const [name, bytes] of files) await write(join(out, name), bytes);
  const size = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  process.stderr.write(
    `${out}: ${files.size} files, ${(size / 1e6).toFixed(1)} MB unpacked; its README.md says what to do.\n`,
  );
};

/** The word after `--to KIND` is the place, as if `--out` stood before it. */
function withOut(argv: readonly string[]): string[] {
  const at = argv.indexOf('--to') + 2;
  const place = argv[at];
  if (at === 1 || place === undefined || place.startsWith('-')) return [...argv];
  return argv.toSpliced(at, 0, '--out');
}

async function modelIn(folder: string): Promise<Map<string, Uint8Array>> {
  const there = modelFileNames.filter((name) => existsSync(join(folder, name)));
  const missing = ['config.json', 'model.safetensors', 'tokenizer.json'].find(
    (name) => !there.includes(name),
  );
  if (missing)
    throw new Error(
      `${join(folder, missing)} is not there. A model is a folder with config.json, model.safetensors and tokenizer.json.`,
    );
  const files = there.map(
    async (name) => [name, new Uint8Array(await readFile(join(folder, name)))] as const,
  );
  return new Map(await Promise.all(files));
}

async function write(file: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
