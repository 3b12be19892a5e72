/** What `npm run evaluate` does: the metrics of a model, or of one with an adapter, on held-out tasks, greedy. */
import { writeFile } from 'node:fs/promises';
import { withChanges } from '../config/experiment.ts';
import { helpText, parseFlags, type ExtraOptions } from '../config/flags.ts';
import type { FieldName } from '../config/fields.ts';
import { findMetric } from '../rl/metricTable.ts';
import { createNodeSandbox } from '../sandbox/node.ts';
import { createSession } from '../train/session.ts';
import {
  backendOptions,
  duration,
  loadModel,
  modelDirOption,
  modelFolderOf,
  openNodeBackend,
  percent,
  type Command,
} from './common.ts';
import { adapterOf, adapterOption } from './adapterFolder.ts';
import { modelOption, withOtherModel } from './otherModel.ts';
import { problemsOf, problemsOption } from './ownProblems.ts';

const options: ExtraOptions = {
  ...modelDirOption,
  ...adapterOption,
  ...problemsOption,
  json: { value: 'FILE', help: 'Also write the metrics to this file.' },
  ...backendOptions,
};
const accepted: FieldName[] = [
  'model',
  'otherModel',
  'evalTasks',
  'level',
  'turns',
  'feedback',
  'history',
  'maxNewTokens',
  'reward',
  'rewardScale',
  'trainTests',
  'heldOut',
  'splitSeed',
];
const usage = `npm run evaluate -- [flags]

Prints the metrics of a model's greedy answers on held-out tasks; docs/metrics.md explains each.`;

export const evaluate: Command = async (argv) => {
  const flags = parseFlags(await withOtherModel(argv, accepted), options, accepted);
  if (flags.help) return void process.stdout.write(helpText(usage, { ...modelOption, ...options }, accepted));
  const given = flags.options['model-dir'];
  const folder = await modelFolderOf(typeof given === 'string' ? given : undefined, flags.experiment);
  const own = flags.options['problems'];
  const problems = typeof own === 'string' ? await problemsOf(own) : null;
  const model = await loadModel(folder);
  const adapter = flags.options['adapter'];
  const trained = typeof adapter === 'string' ? adapterOf(adapter, model, flags.experiment) : null;
  const backend = await openNodeBackend(flags.options);
  const base = await model.open(flags.experiment);
  const sandbox = createNodeSandbox();
  await sandbox.ready();
  // No training here, so no training tasks are needed.
  const generated = withChanges(flags.experiment, {
    ...(trained?.fields ?? model.begins),
    trainTasks: 16,
  });
  const experiment = problems
    ? withChanges(generated, { tasks: 'own', problems: problems.name, trainTasks: 5000 })
    : generated;
  const session = createSession(experiment, {
    ...{ backend: backend.name, base, sandbox, problems },
    ...(trained ? { initial: trained.values } : {}),
  });
  for (const note of session.notes) process.stderr.write(`${note}\n`);
  const { metrics, ms } = await session.trainer.evaluate();
  const rows = Object.entries(metrics).map(([name, value]) => {
    const found = findMetric(name);
    const turn = found?.turn ? ` (turn ${found.turn})` : '';
    const shown =
      found?.metric.unit === 'share' ? percent(value) : `${value.toFixed(3)} ${found?.metric.unit ?? ''}`;
    return [name, shown, `${found?.metric.label ?? ''}${turn}`];
  });
  const width = (column: number) => Math.max(...rows.map((row) => row[column].length));
  for (const [name, value, label] of rows) {
    process.stdout.write(`${name.padEnd(width(0))}  ${value.padStart(width(1))}  ${label}\n`);
  }
  process.stdout.write(
    `${session.parts.heldOutTasks.length} held-out tasks, greedy answers, in ${duration(ms / 1000)}\n`,
  );
  const file = flags.options['json'];
  if (typeof file === 'string') await writeFile(file, JSON.stringify(metrics, null, 2) + '\n');
  session.dispose();
  base.dispose();
  sandbox.dispose();
};
