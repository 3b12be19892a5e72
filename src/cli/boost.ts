/**
 * Makes a boost model: supervised fine-tuning on the generated corpus, with the recorded recipes of train/supervised.ts.
 *
 *     npm run boost -- --recipe boost --out public/models/boost
 *     npm run boost -- --recipe repairer --from public/models/boost --out public/models/repairer
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { tinyLlama } from '../model/config.ts';
import { initialWeights, Llama } from '../model/llama.ts';
import { uniform } from '../rl/random.ts';
import { oursFormat } from '../tasks/formats/ours.ts';
import { wholeBase } from '../train/base.ts';
import { checkFit } from '../train/session.ts';
import { recipes, superviseModel } from '../train/supervised.ts';
import {
  backendOptions,
  duration,
  loadOurs,
  loadTokenizer,
  openNodeBackend,
  progressLine,
  projectRoot,
  runCommand,
  writeFolder,
} from './common.ts';

const options: ExtraOptions = {
  recipe: { value: 'NAME', help: 'Recipe; boost unless given.', choices: Object.keys(recipes) },
  from: {
    value: 'DIR',
    help: 'Model to continue from; random weights unless given (repairer: public/models/boost).',
  },
  tokenizer: {
    value: 'DIR',
    help: 'Folder of the tokenizer.json for a model trained from scratch; public/models unless given.',
  },
  out: { value: 'DIR', help: 'Folder to write; runs/<recipe> unless given.' },
  ...backendOptions,
};
const usage = `npm run boost -- [flags]

Trains the model that reinforcement learning starts from: it answers and corrects in the right format, like a novice.`;

await runCommand(async (argv) => {
  const flags = parseFlags(argv, options, ['seed']);
  if (flags.help) return void process.stdout.write(helpText(usage, options, ['seed']));
  const text = (name: string) => flags.options[name] as string | undefined;
  const name = (text('recipe') ?? 'boost') as keyof typeof recipes;
  const recipe = recipes[name];
  const seed = flags.experiment.seed;
  const from = text('from') ?? (name === 'boost' ? undefined : join(projectRoot, 'public/models/boost'));
  const out = text('out') ?? join('runs', name);
  await openNodeBackend(flags.options);

  const tokenizerFolder = from ?? text('tokenizer') ?? join(projectRoot, 'public/models');
  const tokenizerJson = await readFile(join(tokenizerFolder, 'tokenizer.json'));
  const format = oursFormat(await loadTokenizer(tokenizerFolder));
  const start = from ? (await loadOurs(from)).checkpoint : scratch(format.tokens, seed);
  checkFit(start.config, format.tokens);
  const model = new Llama(start.config, start.weights);
  process.stderr.write(`${model.parameterCount.toLocaleString('en')} parameters, ${recipe.steps} steps\n`);

  const line = progressLine();
  const began = performance.now();
  let smooth = NaN;
  for await (const { step, loss } of superviseModel(model, format, recipe, seed)) {
    smooth = Number.isNaN(smooth) ? loss : 0.98 * smooth + 0.02 * loss;
    const left = ((performance.now() - began) / 1000 / step) * (recipe.steps - step);
    line.show(`step ${step}/${recipe.steps}  loss ${smooth.toFixed(4)} nats/token  ${duration(left)} left`);
  }
  line.end();
  await writeFolder(
    out,
    wholeBase(start, format, tokenizerJson).files(flags.experiment, await model.values()),
  );
  process.stderr.write(`wrote ${out} in ${duration((performance.now() - began) / 1000)}\n`);
});

/** Random weights, a function of the seed. */
function scratch(vocabulary: number, seed: number) {
  const config = tinyLlama(vocabulary);
  const normal = (parameter: number, index: number) =>
    Math.sqrt(-2 * Math.log(uniform(seed, parameter, index, 0))) *
    Math.cos(2 * Math.PI * uniform(seed, parameter, index, 1));
  return { config, weights: initialWeights(config, normal) };
}
