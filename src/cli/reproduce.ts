/**
 * The learning table of docs/log.md: runs an experiment for several seeds and prints, per seed, the held-out metrics before
 * and after, the wall time and the speed.
 *
 *     npm run reproduce -- --preset default --seeds 1,2,3 --steps 150
 */
import { withChanges } from '../config/experiment.ts';
import { FlagError, helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import { createNodeSandbox } from '../sandbox/node.ts';
import { createSession } from '../train/session.ts';
import {
  backendOptions,
  duration,
  loadModel,
  openNodeBackend,
  percent,
  progressLine,
  runCommand,
  shippedModel,
} from './common.ts';

const options: ExtraOptions = {
  seeds: { value: 'LIST', help: 'Seeds, separated by commas; 1,2,3 unless given.' },
  'model-dir': { value: 'DIR', help: 'Model folder to start from, instead of a shipped one.' },
  ...backendOptions,
};
const usage = `npm run reproduce -- [flags]

Trains once per seed and prints a Markdown table of held-out metrics (greedy) before, on the way and after.`;

const columns = ['accuracy@t1', 'accuracy@t2', 'delta_i_to_c', 'delta_c_to_i', 'edit_distance', 'copy_rate'];

await runCommand(async (argv) => {
  const flags = parseFlags(argv, options);
  if (flags.help) return void process.stdout.write(helpText(usage, options));
  const seeds = String(flags.options['seeds'] ?? '1,2,3')
    .split(',')
    .map((text) => {
      const seed = Number(text);
      if (!Number.isInteger(seed))
        throw new FlagError(`--seeds must be whole numbers like 1,2,3, not "${text}".`);
      return seed;
    });
  const folder = (flags.options['model-dir'] as string | undefined) ?? shippedModel(flags.experiment.model);
  const { checkpoint, tokenizer } = await loadModel(folder);
  const backend = await openNodeBackend(flags.options);
  const line = progressLine();
  const heads = ['seed', 'updates', ...columns, 'kl@t1', 'kl@t2', 'time', 'updates/min'];
  process.stdout.write(`| ${heads.join(' | ')} |\n|${heads.map(() => '---').join('|')}|\n`);

  for (const seed of seeds) {
    const experiment = withChanges(flags.experiment, { seed });
    const sandbox = createNodeSandbox();
    await sandbox.ready();
    const session = createSession(experiment, { backend: backend.name, checkpoint, tokenizer, sandbox });
    const { trainer } = session;
    let trained = 0;
    let kls = ['0.00', '0.00'];
    const row = async () => {
      const { metrics } = await trainer.evaluate();
      const values = columns.map((name) => percent(metrics[`eval/${name}`]));
      const perMinute = trained > 0 ? ((60_000 * trainer.step) / trained).toFixed(0) : '–';
      const cells = [seed, trainer.step, ...values, ...kls, duration(trained / 1000), perMinute];
      process.stdout.write(`| ${cells.join(' | ')} |\n`);
    };
    await row();
    while (trainer.step < experiment.steps) {
      const { metrics, timing } = await trainer.update();
      trained += timing.total;
      kls = [1, 2].map((t) => (metrics[`train/kl@t${t}`] ?? NaN).toFixed(2));
      line.show(`seed ${seed}: update ${trainer.step}/${experiment.steps}, ${Math.round(timing.total)} ms`);
      if (trainer.step % 50 === 0 || trainer.step === experiment.steps) await row();
    }
    session.dispose();
    sandbox.dispose();
  }
  line.end();
});
