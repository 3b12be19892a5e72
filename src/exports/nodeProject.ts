/**
 * An experiment as a small Node project: the experiment, its model, tasks, reward and algorithm as TypeScript to edit, and the
 * engine that trains with them. The kit (cli/nodeProject/kit.ts) has what all projects have in common, and the parts that the
 * editable files are put together from.
 */
import * as v from 'valibot';
import { fieldNames, type Experiment, type FieldName } from '../config/fields.ts';
import { experimentFile } from '../config/formats.ts';
import { formulaOf, type Formula } from '../config/formula/index.ts';
import { sha256 } from '../model/digest.ts';
import { algorithmOf } from '../rl/algorithms/index.ts';
import { perTurn } from '../rl/algorithms/perTurn.ts';
import type { ModelFiles } from './modelFolder.ts';

/** Files by name. */
export type Files = ReadonlyMap<string, Uint8Array>;

export interface NodeProjectOptions {
  readonly experiment: Experiment;
  readonly kit: Files;
  /** The shipped models that the experiment names (`modelsOf`), by name. */
  readonly models: ReadonlyMap<string, ModelFiles>;
  /** The problems that the experiment names, as they are kept, where its tasks are the user's own. */
  readonly problems?: string | null;
  /** A model of the user's own to start from, in place of the shipped one. */
  readonly own?: ModelFiles;
}

/** The files that are meant to be edited, in the order in which they are read. */
export const editable = ['experiment.json', 'tasks.ts', 'reward.ts', 'algorithm.ts'] as const;

const problemsFile = 'problems.jsonl';
/** Those of them that a project has: problems of one's own lie in a file beside the rest. */
export const editableOf = (files: Pick<Files, 'has'>): readonly string[] =>
  files.has(problemsFile) ? [...editable, problemsFile] : editable;

/** Fields of the experiment that one of these files has taken the place of. */
export const decidedBy: Readonly<Partial<Record<FieldName, string>>> = {
  ...{
    reward: 'reward.ts',
    rewardScale: 'reward.ts',
    accumulate: 'reward.ts',
    formula: 'reward.ts',
    returns: 'reward.ts',
  },
  ...{ objective: 'algorithm.ts', estimator: 'algorithm.ts' },
};

/** The shipped models that an experiment needs. @throws Error when it begins with another, which no project has in it */
export function modelsOf({ model, otherModel, initialPolicy }: Experiment): string[] {
  if (model === 'other')
    throw new Error(
      `otherModel: ${otherModel} is not put into a Node project. Choose one of the playground’s models, or train with npm run train -- --model.`,
    );
  return initialPolicy === 'model' ? [model] : [model, initialPolicy];
}

/** Files of a model that a project takes along. */
export const modelFileNames = [
  'config.json',
  'generation_config.json',
  'model.safetensors',
  'tokenizer.json',
];

/** @throws Error when the kit lacks a part, or a model is missing or others trained it */
export async function nodeProject({
  experiment: e,
  kit,
  models,
  problems,
  own,
}: NodeProjectOptions): Promise<Map<string, Uint8Array>> {
  const shipped = modelsOf(e);
  const part = (name: string): string => {
    const bytes = kit.get(`parts/${name}`);
    if (!bytes) throw new Error(`The kit of Node projects lacks ${name}; build the playground again.`);
    return new TextDecoder().decode(bytes);
  };
  const sources = new Map([
    ['tasks.ts', forProject(part(e.tasks === 'own' ? 'problems.ts' : 'tasks.ts'))],
    ['reward.ts', rewardFile(e, part)],
    ['algorithm.ts', algorithmFile(e, part)],
    ['train.ts', trainFile],
  ]);
  const files = new Map<string, Uint8Array>();
  const put = (name: string, content: string) => files.set(name, new TextEncoder().encode(content));
  const { dependencies, packages } = v.parse(lockedSchema, JSON.parse(part('packages.json')));
  const described = { name: projectName, version: '1.0.0', private: true };
  const engines = { node: '>=20.19' };

  put('README.md', readme(e, own !== undefined));
  put(
    'package.json',
    json({ ...described, ...packageRest, scripts: scripts(own !== undefined), engines, dependencies }),
  );
  put(
    'package-lock.json',
    json({
      ...{ name: projectName, version: '1.0.0', lockfileVersion: 3, requires: true },
      packages: { '': { name: projectName, version: '1.0.0', dependencies, engines }, ...packages },
    }),
  );
  put('tsconfig.json', json(tsconfig));
  put('.gitignore', 'node_modules/\n.build/\nruns/\n');
  put('experiment.json', json(experimentFile(e)));
  for (const [name, text] of sources) put(name, text);
  for (const [name, bytes] of kit) if (!name.startsWith('parts/')) files.set(name, bytes);
  const fields = Object.fromEntries(
    fieldNames.filter((name) => decidedBy[name]).map((name) => [name, e[name]]),
  );
  if (e.tasks === 'own') {
    if (!problems)
      throw new Error(
        `problems: those of the experiment (${e.problems}) are not here. Open the file they came from.`,
      );
    put(problemsFile, problems);
  }
  put('engine/shipped.json', json({ files: await digests(sources), fields }));
  if (own) addModel(files, 'model', own);
  else
    for (const name of shipped) {
      const model = models.get(name);
      if (!model) throw new Error(`The model ${name} is missing.`);
      addModel(files, `models/${name}`, model);
    }
  return files;
}

export const projectName = 'cocos-experiment';

const lockedSchema = v.object({
  dependencies: v.record(v.string(), v.string()),
  packages: v.record(v.string(), v.unknown()),
});

const packageRest = {
  type: 'module',
  imports: { '#engine': { types: './engine/engine.d.ts', default: './engine/engine.mjs' } },
};

const scripts = (own: boolean) => ({
  start: `node --enable-source-maps engine/start.mjs${own ? ' --model-dir model' : ''}`,
});

const tsconfig = {
  compilerOptions: {
    ...{ target: 'es2022', module: 'esnext', moduleResolution: 'bundler', strict: true },
    ...{ noEmit: true, allowImportingTsExtensions: true, skipLibCheck: true },
  },
  include: ['*.ts'],
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function addModel(files: Map<string, Uint8Array>, folder: string, model: ModelFiles): void {
  for (const name of modelFileNames) {
    const bytes = model.get(name);
    if (bytes) files.set(`${folder}/${name}`, bytes);
  }
}

/** By which the engine tells what was edited. */
async function digests(sources: ReadonlyMap<string, string>): Promise<Record<string, string | undefined>> {
  const pairs = [...sources].map(
    async ([name, text]) => [name, await sha256(new TextEncoder().encode(text))] as const,
  );
  return Object.fromEntries(await Promise.all(pairs));
}

const trainFile = `/** What \`npm start\` runs: the engine, with the three files that are yours. */
import { start } from '#engine';
import * as algorithm from './algorithm.ts';
import * as reward from './reward.ts';
import * as tasks from './tasks.ts';

await start({ tasks, reward, algorithm });
`;

type Part = (name: string) => string;

const engineImport = /^import (type )?\{([^}]*)\} from '\.\.?\/engine\.ts';\n/gm;

/** A part's text as a file of the project: what it imports of the engine comes from #engine. */
const forProject = (text: string): string => text.replaceAll(/'\.\.?\/engine\.ts'/g, "'#engine'");

/** One file from a heading and parts, their imports taken together. */
function joined(heading: string, texts: readonly string[]): string {
  const types = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(engineImport)].flatMap(([, , names = '']) =>
        names.split(',').map((name) => name.trim()),
      ),
    ),
  );
  const bodies = texts.map((text) => text.replaceAll(engineImport, '').trim());
  const imported =
    types.size === 0 ? [] : [`import type { ${[...types].sort().join(', ')} } from '#engine';`];
  return `${[heading, ...imported, ...bodies].join('\n\n')}\n`;
}

/** The statuses that a reward is made from, with what the page calls each. */
const statusWords = `'pass' (“passed”), 'fail' (“wrong value”), 'error' (“exception”), 'timeout' (“timeout”)`;

function rewardFile(e: Experiment, part: Part): string {
  const reward = e.reward === 'binary' ? 'binary' : e.rewardScale === 'count' ? 'count' : 'progressive';
  const heading =
    '/**\n * What an answer earns, and what an episode earns. Edit, and run again: the engine calls these two functions.\n' +
    ' * An answer whose tests could not be run is left out before it gets here, and so is its episode.\n' +
    ` * A test’s status, and what the page calls it: ${statusWords}.\n */`;
  const sum =
    algorithmOf(e) === perTurn
      ? part('accumulate/perTurn.ts')
      : e.accumulate === 'formula'
        ? formulaPart(e)
        : part(`accumulate/${e.accumulate}.ts`);
  return joined(heading, [part(`reward/${reward}.ts`), sum]);
}

const estimatorParts: Readonly<Record<Experiment['estimator'], string>> = {
  rloo: 'rloo',
  reinforce: 'reinforce',
  grpo: 'grpo',
  'dr-grpo': 'drGrpo',
};

function algorithmFile(e: Experiment, part: Part): string {
  const heading =
    '/**\n * How the tries at a task are compared, and so how much each is made more or less likely: with A the advantage, N the judged\n' +
    ' * tries of the update, every token of the answer gets the coefficient A / N. Edit, and run again.\n */';
  const { sharedTurns } = algorithmOf(e);
  const shared = `/** How many of the first answers the tries at a task have in common; those are not pushed. */\nexport const sharedTurns = ${sharedTurns};`;
  return joined(heading, [shared, part(`algorithm/${estimatorParts[e.estimator]}.ts`)]);
}

function formulaPart(e: Experiment): string {
  const written = e.formula.replaceAll('*/', '* /');
  return `import type { Settings } from '../engine.ts';

/** R: the reward of an episode, by the formula "${written}". @param r r_1 … r_T, so r[0] is the first */
export function accumulate(r: readonly number[], { gamma, alpha }: Settings): number {
  return ${typescriptOf(formulaOf(e))};
}
`;
}

/** A formula as TypeScript, with the same value to the last digit. */
export function typescriptOf(node: Formula): string {
  switch (node.kind) {
    case 'number':
      return String(node.value);
    case 'symbol':
      return node.name;
    case 'reward':
      return `r[${node.turn - 1}]`;
    case 'negative':
      return `(-${typescriptOf(node.of)})`;
    case 'binary':
      return `(${typescriptOf(node.left)} ${node.operator} ${typescriptOf(node.right)})`;
    case 'call':
      return `Math.${node.name}(${node.of.map(typescriptOf).join(', ')})`;
    case 'choice': {
      const { comparator, left, right } = node.test;
      const same = comparator === '==' ? '===' : comparator === '!=' ? '!==' : comparator;
      return `(${typescriptOf(left)} ${same} ${typescriptOf(right)} ? ${typescriptOf(node.yes)} : ${typescriptOf(node.no)})`;
    }
    default:
      return node satisfies never;
  }
}

function readme(e: Experiment, own: boolean): string {
  return `# A CoCoS experiment

An experiment of the CoCoS Playground as a Node project. A small transformer learns, by reinforcement learning, to write Python
and to correct its own answers. You need Node 20.19 or newer.

    npm ci && npm start

trains for ${e.steps} updates and writes \`runs/1\`, \`runs/2\`, … with everything that was measured (\`metrics.jsonl\`, a line an
update), a log, and the model as a Hugging Face folder. Ctrl-C saves first; \`npm start -- --resume runs/1\` goes on.
With the files as they are, it computes what the playground computes, to the last digit, on WebAssembly.

## What to edit

| file | what it says |
|---|---|
| \`experiment.json\` | every setting; \`npm start -- --help\` explains each, and takes each as a flag: \`npm start -- --steps 10 --seed 2\` |
| \`tasks.ts\` | what is trained on, and what is held out |
| \`reward.ts\` | what an answer earns from its unit tests, and what an episode earns from its answers |${e.tasks === 'own' ? `\n| \`${problemsFile}\` | the problems, one a line |` : ''}
| \`algorithm.ts\` | how the tries at a task are compared with one another |

They take effect at the next \`npm start\`, which names those that were edited; each run keeps a copy in \`source/\`. What a setting
of \`experiment.json\` says about the reward or the estimator is what these files began with: from now on the files decide, so
${Object.keys(decidedBy)
  .map((name) => `\`${name}\``)
  .join(', ')} cannot be changed there. \`train/weight@t…\` is
measured only while \`reward.ts\` adds up as the experiment says.

Types are there for an editor to show; Node takes them away unread and nothing here checks them: for that, install TypeScript
and run \`npx tsc\`.

\`engine/\` is the playground's own code in one file, \`${own ? 'model/' : 'models/'}\` the model it starts from. \`npm start -- --metrics\` also prints
each line of \`metrics.jsonl\`. The Python that the model writes runs in Pyodide, in worker threads, behind a firewall: it has no
files, no network and limited time. That protects from accidents and not from a determined attacker.

MIT license.
`;
}
