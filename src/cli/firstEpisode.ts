/**
 * Records the update that the page shows a visitor while the model is still loading: one task, four tries, one of them a repair.
 * It is the first update of the first seed whose task makes a good example; nothing in it is invented.
 *
 *     npm run first-episode
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultExperiment, withChanges } from '../config/experiment.ts';
import { experimentFile } from '../config/formats.ts';
import type { GroupRecord, TrajectoryRecord, UpdateRecord } from '../rl/records.ts';
import { createNodeSandbox } from '../sandbox/node.ts';
import { createSession } from '../train/session.ts';
import { loadOurs, openNodeBackend, projectRoot, runCommand, shippedModel } from './common.ts';

const most = { seeds: 400, lines: 4, columns: 34 };

const rewards = ({ turns }: TrajectoryRecord) => turns.map((turn) => turn.reward);
const repaired = (one: TrajectoryRecord) => {
  const [first = NaN, last = NaN] = rewards(one);
  return first > 0 && first < 1 && last === 1;
};
const fails = (one: TrajectoryRecord) => rewards(one).every((r) => r < 1);
const short = (one: TrajectoryRecord) =>
  one.turns.every(({ text }) => {
    const lines = text.trimEnd().split('\n');
    return lines.length <= most.lines && lines.every((line) => line.length <= most.columns);
  });

/** A repair among tries that do not all end alike, in programs that fit into the picture. */
function tells({ trajectories }: GroupRecord): boolean {
  const first = trajectories.flatMap((one) => rewards(one).slice(0, 1));
  return (
    trajectories.filter(repaired).length === 1 &&
    trajectories.some(fails) &&
    new Set(first).size > 1 &&
    trajectories.every(short) &&
    trajectories.every(({ turns }) => turns.every((turn) => !turn.truncated))
  );
}

/** Three digits are enough to look at, and a third of the bytes. */
const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

await runCommand(async () => {
  const base = await loadOurs(shippedModel(defaultExperiment.model));
  const backend = await openNodeBackend({});
  const sandbox = createNodeSandbox();
  await sandbox.ready();
  let found: UpdateRecord | undefined;
  for (let seed = 1; seed <= most.seeds && !found; seed++) {
    const experiment = withChanges(defaultExperiment, { seed, promptsPerUpdate: 1, trainTasks: 16 });
    const session = createSession(experiment, { backend: backend.name, base, sandbox });
    const record = await session.trainer.update();
    if (record.groups.every(tells)) found = record;
    session.dispose();
  }
  sandbox.dispose();
  if (!found) throw new Error(`None of the first ${most.seeds} seeds gives a good example.`);
  const file = join(projectRoot, 'public', 'first-episode.json');
  // Its metrics are not shown, and one that could not be measured is NaN, which JSON does not have.
  await writeFile(
    file,
    JSON.stringify({ ...found, experiment: experimentFile(found.experiment), metrics: {} }, rounded) + '\n',
  );
  process.stdout.write(`${file}: seed ${found.experiment.seed}, ${found.groups[0]?.task.instruction}\n`);
});
