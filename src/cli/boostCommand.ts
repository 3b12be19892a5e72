/**
 * What `npm run boost` does: a model of ours by the recipes of train/supervised.ts; or an adapter over a model of others, which learns
 * the format of an answer and of a correction. What that leaves is a folder that `--model` takes in every command.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FieldName } from '../config/fields.ts';
import { FlagError, flagOf, helpText, parseFlags } from '../config/flags.ts';
import type { ExtraOptions, ParsedFlags } from '../config/flags.ts';
import { otherModelName, otherModelSettings } from '../config/modelFields.ts';
import { pointerFile } from '../hub/boosted.ts';
import { tinyLlama } from '../model/config.ts';
import { Llama } from '../model/llama.ts';
import { initialWeights } from '../model/parameters.ts';
import { uniform } from '../rl/random.ts';
import type { SupervisedExample } from '../tasks/episode.ts';
import type { EpisodeFormat } from '../tasks/formats/format.ts';
import { oursFormat } from '../tasks/formats/ours.ts';
import { formatExample, supervisedExample } from '../tasks/supervised.ts';
import { wholeBase } from '../train/base.ts';
import { atOnce, checkFit } from '../train/session.ts';
import { adapterSchedule, recipes, superviseModel, type Schedule } from '../train/supervised.ts';
import {
  backendOptions,
  duration,
  loadModel,
  loadOurs,
  loadTokenizer,
  openNodeBackend,
  progressLine,
  projectRoot,
  writeFolder,
  type Command,
} from './common.ts';
import { findOther, modelOption, pointerTo, withOtherModel } from './otherModel.ts';

const ofOurs: ExtraOptions = {
  recipe: { value: 'NAME', help: 'Recipe; boost unless given.', choices: Object.keys(recipes) },
  from: {
    value: 'DIR',
    help: 'Model to continue from; random weights unless given (repairer: public/models/boost).',
  },
  tokenizer: {
    value: 'DIR',
    help: 'Folder of the tokenizer.json for a model trained from scratch; public/models unless given.',
  },
};
const options: ExtraOptions = {
  ...ofOurs,
  'boost-steps': {
    value: 'N',
    help: `Steps over a model of others; ${adapterSchedule.steps} unless given.`,
  },
  out: { value: 'DIR', help: 'Folder to write; runs/<recipe> or runs/boost-<model> unless given.' },
  ...backendOptions,
};
/** What `withOtherModel` makes of `--model PATH`; nobody writes it. */
const madeOfModel: ExtraOptions = { 'model-dir': { value: 'PATH', help: '' } };
const ofAdapter: FieldName[] = ['maxNewTokens', 'loraRank', 'loraAlpha', 'loraTargets', 'baseWeights'];
const helpFields: FieldName[] = ['seed', ...ofAdapter];
const accepted: FieldName[] = [...helpFields, 'model', 'otherModel'];
const usage = `npm run boost -- [flags]

Examples
  npm run boost -- --recipe repairer --from public/models/boost
  npm run boost -- --model model.gguf --out runs/boosted
  npm run boost -- --model model.gguf --max-new-tokens 48 --out runs/boosted

Trains what reinforcement learning starts from: it answers and corrects in the right format, a model of ours like a novice. Over a
model of others (--model) it is an adapter; its folder is then given to --model in the place of that model.`;

export const boost: Command = async (argv) => {
  if (argv.some((word) => /^--model-dir(=|$)/.test(word)))
    throw new FlagError(
      '--model-dir: a model that others trained is given by --model, one of the playground’s kind by --from.',
    );
  const flags = parseFlags(await withOtherModel(argv, accepted), { ...options, ...madeOfModel }, accepted);
  if (flags.help) {
    const flagsOfOwn = { ...modelOption, ...options };
    return void process.stdout.write(helpText(usage, flagsOfOwn, helpFields, otherModelSettings));
  }
  const path = flags.options['model-dir'];
  await (typeof path === 'string' ? boostOther(path, flags) : boostOurs(flags));
};

async function boostOurs(flags: ParsedFlags): Promise<void> {
  const text = (name: string) => flags.options[name] as string | undefined;
  if (text('boost-steps') !== undefined)
    throw new FlagError('--boost-steps is for --model; a recipe has its own.');
  const unread = [...ofAdapter, 'model' as const].find((field) => field in flags.changes);
  if (unread !== undefined)
    throw new FlagError(
      `${flagOf(unread)} is for a model that others trained, which --model PATH gives. Leave it out.`,
    );
  const name = (text('recipe') ?? 'boost') as keyof typeof recipes;
  const recipe = recipes[name];
  const { seed } = flags.experiment;
  const from = text('from') ?? (name === 'boost' ? undefined : join(projectRoot, 'public/models/boost'));
  const out = text('out') ?? join('runs', name);
  await openNodeBackend(flags.options);

  const tokenizerFolder = from ?? text('tokenizer') ?? join(projectRoot, 'public/models');
  const tokenizerJson = await readFile(join(tokenizerFolder, 'tokenizer.json'));
  const format = oursFormat(await loadTokenizer(tokenizerFolder));
  const start = from ? (await loadOurs(from)).checkpoint : scratch(format.tokens, seed);
  checkFit(start.config, format.tokens);
  const model = new Llama(start.config, start.weights);
  await supervise(model, format, recipe, (i) => supervisedExample(seed, i, recipe));
  await writeFolder(
    out,
    wholeBase(start, format, tokenizerJson).files(flags.experiment, await model.values()),
  );
  process.stderr.write(`wrote ${out}\n`);
}

async function boostOther(path: string, { experiment: e, options: given }: ParsedFlags): Promise<void> {
  const ours = Object.keys(ofOurs).find((name) => given[name] !== undefined);
  if (ours !== undefined)
    throw new FlagError(
      `--${ours} is for the playground’s own models; over ${path} the format is learned. Leave it out.`,
    );
  const base = await loadModel(path);
  if (e.model !== 'other')
    throw new FlagError(`--model: ${path} is a model of the playground’s kind: give it with --from.`);
  const out = typeof given['out'] === 'string' ? given['out'] : `runs/boost-${otherModelName(e.otherModel)}`;
  const schedule = { ...adapterSchedule, steps: stepsOf(given['boost-steps']) };
  const backend = await openNodeBackend(given);
  const open = await base.open(e);
  const model = open.policy(e);
  const { format } = base;
  const fits = (program: string) => format.answer(program).length < e.maxNewTokens;
  const exampleAt = (i: number) => formatExample(e.seed, i, fits);
  await supervise(model, format, schedule, exampleAt, atOnce(backend.name, base.config));
  await writeFolder(out, { ...base.files(e, await model.values()), [pointerFile]: await pointerTo(path) });
  model.dispose();
  open.dispose();
  const { text } = await findOther(out);
  process.stderr.write(`wrote ${out}, which is ${text}. To train from it: npm run train -- --model ${out}\n`);
}

function stepsOf(given: string | true | undefined): number {
  const steps = Number(given ?? adapterSchedule.steps);
  if (Number.isInteger(steps) && steps >= 1 && steps <= 10_000) return steps;
  throw new FlagError(`--boost-steps must be a whole number from 1 to 10000, not ${String(given)}.`);
}

/** Trains in place and says how far it is, and the mean loss of its first and of its last tenth. */
async function supervise(
  model: Llama,
  format: EpisodeFormat,
  schedule: Schedule,
  exampleAt: (index: number) => SupervisedExample,
  maxTokens?: number,
): Promise<void> {
  const trained = Object.values(model.trained).reduce((sum, { size }) => sum + size, 0);
  process.stderr.write(`${trained.toLocaleString('en')} parameters, ${schedule.steps} steps\n`);
  const line = progressLine();
  const began = performance.now();
  const losses: number[] = [];
  let smooth = NaN;
  for await (const { step, loss } of superviseModel(model, format, schedule, exampleAt, maxTokens)) {
    losses.push(loss);
    smooth = Number.isNaN(smooth) ? loss : 0.98 * smooth + 0.02 * loss;
    const left = ((performance.now() - began) / 1000 / step) * (schedule.steps - step);
    line.show(`step ${step}/${schedule.steps}  loss ${smooth.toFixed(4)} nats/token  ${duration(left)} left`);
  }
  line.end();
  const part = Math.max(1, Math.round(losses.length / 10));
  const mean = (some: readonly number[]) => some.reduce((sum, loss) => sum + loss, 0) / some.length;
  process.stderr.write(
    `loss ${mean(losses.slice(0, part)).toFixed(3)} → ${mean(losses.slice(-part)).toFixed(3)} nats/token ` +
      `in ${duration((performance.now() - began) / 1000)}\n`,
  );
}

/** Random weights, a function of the seed. */
function scratch(vocabulary: number, seed: number) {
  const config = tinyLlama(vocabulary);
  const normal = (parameter: number, index: number) =>
    Math.sqrt(-2 * Math.log(uniform(seed, parameter, index, 0))) *
    Math.cos(2 * Math.PI * uniform(seed, parameter, index, 1));
  return { config, weights: initialWeights(config, normal) };
}
