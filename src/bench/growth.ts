/** How cost grows: time against parameters, sequences, their length, and turns. */
import { withChanges } from '../config/experiment.ts';
import type { OpenedBackend } from '../engine/index.ts';
import type { ModelConfig } from '../model/modelConfig.ts';
import { withModels } from './compute.ts';
import type { Contestant } from './contestant.ts';
import type { GradingHost } from './grading.ts';
import { interleave, median, type Measuring } from './measure.ts';
import type { BenchProgress } from './run.ts';
import { parameterCount, randomTokens, sizes, type SizeName } from './sizes.ts';
import { measureUpdate, type UpdateSubject } from './update.ts';

/** Milliseconds by line; a line that would take too long ends early. */
export interface GrowthPoint {
  readonly x: number;
  readonly ms: Readonly<Record<string, number>>;
}

export interface GrowthPanel {
  readonly title: string;
  /** What x counts, e.g. "parameters". */
  readonly axis: string;
  readonly points: readonly GrowthPoint[];
}

export interface GrowthReport {
  readonly backend: OpenedBackend['name'];
  readonly device: string;
  readonly machine: string;
  /** When it began, ISO 8601, UTC. */
  readonly date: string;
  /** Names of the lines, by id, in the order of the legend. */
  readonly titles: Readonly<Record<string, string>>;
  readonly panels: readonly GrowthPanel[];
}

export interface GrowthOptions {
  readonly backend: OpenedBackend;
  readonly machine: string;
  /** Ours first. */
  readonly contestants: readonly Contestant[];
  readonly python: GradingHost & { readonly subject: UpdateSubject };
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: BenchProgress) => void) | undefined;
}

/** Lines of the panel of whole updates. */
const updateTitles = {
  total: 'whole update',
  sample: 'sampling in it',
  update: 'gradient step in it',
} as const;

/** A contestant whose last point took longer than this is left out of the next, larger one. */
const patienceMs = 8_000;

interface Shape {
  readonly x: number;
  readonly config: ModelConfig;
  readonly sequences: number;
  readonly tokens: number;
}

/** @throws Error when something cannot be measured, or the signal's reason when it was aborted */
export async function measureGrowth(options: GrowthOptions): Promise<GrowthReport> {
  const { backend, machine, contestants, signal } = options;
  const date = new Date().toISOString();
  const small = sizes['0.18M'];
  const names: SizeName[] = ['0.18M', '0.9M', '5M', ...(backend.name === 'webgpu' ? (['25M'] as const) : [])];
  const plans = [
    {
      title: 'Training step, 4 × 128 tokens',
      axis: 'parameters',
      shapes: names.map((name) => ({
        x: parameterCount(sizes[name]),
        config: sizes[name],
        sequences: 4,
        tokens: 128,
      })),
    },
    {
      title: 'Training step, 0.18 M, 128 tokens each',
      axis: 'sequences',
      shapes: [1, 4, 16, 64].map((x) => ({ x, config: small, sequences: x, tokens: 128 })),
    },
    {
      title: 'Training step, 0.18 M, 4 sequences',
      axis: 'tokens per sequence',
      shapes: [32, 64, 128, 256, 384].map((x) => ({ x, config: small, sequences: 4, tokens: x })),
    },
  ];
  const turns = [1, 2, 3, 4];
  const total = plans.reduce((sum, { shapes }) => sum + shapes.length, 0) + turns.length;
  let done = 0;
  const tell = (what: string) => options.onProgress?.({ what, done: done++, total });

  const panels: GrowthPanel[] = [];
  for (const { title, axis, shapes } of plans) {
    const points: GrowthPoint[] = [];
    for (const shape of shapes) {
      tell(`growth with ${axis}: ${shape.x}`);
      const last = points.at(-1)?.ms ?? {};
      const able = contestants.filter(({ id }) => points.length === 0 || (last[id] ?? Infinity) < patienceMs);
      points.push(await trainingPoint(able, shape, signal));
    }
    panels.push({ title, axis, points });
  }
  panels.push({
    title: 'Whole update, 0.18 M',
    axis: 'turns T',
    points: await updatePoints(options, turns, tell),
  });
  return {
    backend: backend.name,
    device: backend.device,
    machine,
    date,
    titles: { ...Object.fromEntries(contestants.map(({ id, title }) => [id, title])), ...updateTitles },
    panels,
  };
}

async function trainingPoint(
  contestants: readonly Contestant[],
  { x, config, sequences, tokens }: Shape,
  signal: AbortSignal | undefined,
): Promise<GrowthPoint> {
  const batch = randomTokens(config, sequences, tokens + 1);
  const measuring: Measuring = {
    limits: { rounds: 3, minRounds: 1, budgetMs: 5_000 },
    now: () => performance.now(),
    signal,
  };
  const times = await withModels(contestants, config, async (models) => {
    const entries: Record<string, () => Promise<unknown>> = {};
    for (const [id, { model }] of Object.entries(models)) {
      await model.trainStep(batch);
      entries[id] = () => model.trainStep(batch);
    }
    return interleave(entries, measuring);
  });
  return { x, ms: Object.fromEntries(Object.entries(times).map(([id, ms]) => [id, median(ms)])) };
}

/** The default experiment with more turns, and answers short enough that all of them fit the model's context. */
async function updatePoints(
  { backend, python, signal }: GrowthOptions,
  turns: readonly number[],
  tell: (what: string) => void,
): Promise<GrowthPoint[]> {
  const sandbox = await python.createSandbox(2);
  try {
    await sandbox.ready();
    const points: GrowthPoint[] = [];
    for (const x of turns) {
      tell(`growth with turns: ${x}`);
      const experiment = withChanges(python.subject.experiment, { turns: x });
      const session = { backend: backend.name, sandbox, signal };
      const report = await measureUpdate({ ...python.subject, experiment }, session, 3);
      points.push({ x, ms: { total: report.total, sample: report.sample, update: report.update } });
    }
    return points;
  } finally {
    sandbox.dispose();
  }
}

/** The exponent p of time ~ xᵖ between two points; NaN where the line has no two. */
export function exponent(points: readonly GrowthPoint[], line: string): number {
  const on = points.filter(({ ms }) => line in ms);
  const [a, b] = [on.at(-2), on.at(-1)];
  return a && b ? Math.log(b.ms[line] / a.ms[line]) / Math.log(b.x / a.x) : NaN;
}
