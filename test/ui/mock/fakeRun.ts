/** Records of a run that never happened: deterministic, plausible, and legal by every schema. */
import type { Experiment } from '../../../src/config/experiment.ts';
import { findCaught, type CaughtRecord } from '../../../src/rl/caught.ts';
import {
  fill,
  type CreditedAnswer,
  type GradedAnswer,
  type ScoredAnswer,
  type TrainedAnswer,
} from '../../../src/rl/episode.ts';
import { trainMetrics, evalMetrics } from '../../../src/rl/metrics.ts';
import { algorithmOf } from '../../../src/rl/algorithms/index.ts';
import { tokenGradNorm } from '../../../src/rl/policyGradient.ts';
import { RandomStream } from '../../../src/rl/random.ts';
import type { InspectedLayer, InspectedTurn } from '../../../src/rl/inspection.ts';
import type { EvalRecord, UpdateRecord } from '../../../src/rl/records.ts';
import { fakeTasks, testsOf, type FakeTask } from './tasks.ts';

const tokensOf = (code: string) => [
  ...(code.match(/ ?[A-Za-z_]+| ?\d|\n *| ?[^\sA-Za-z\d]+| +/g) ?? []),
  '<eot>',
];

/** How likely turn t (from 0) is right after `step` updates. At γ = 0 turn 1 is given up. */
function skill(step: number, t: number, { gamma }: Pick<Experiment, 'gamma'>): number {
  const learned = 1 - Math.exp(-step / 45);
  if (gamma === 0 && t === 0) return 0.3 * (1 - learned);
  return [0.3 + 0.3 * learned, 0.36 + 0.45 * learned, 0.38 + 0.5 * learned, 0.4 + 0.5 * learned][t] ?? 0.5;
}

function fakeTurn(
  fake: FakeTask,
  index: number,
  step: number,
  t: number,
  random: RandomStream,
): ScoredAnswer {
  const answer = fake.answers[index] ?? fake.answers[0];
  const tests = testsOf(fake, answer);
  const passed = tests.filter((test) => test.status === 'pass').length;
  const order = ['pass', 'fail', 'error', 'timeout', 'infra'] as const;
  const worst = Math.max(...tests.map((test) => order.indexOf(test.status)));
  const tokens = tokensOf(answer.code);
  const logp = tokens.map(() => -(random.uniform() ** 4) * 1.6);
  return {
    text: answer.code,
    ids: tokens.map((_, i) => 8 + i),
    tokens,
    logp,
    refLogp: logp.map((x) => x - 0.03 * Math.log1p(step) * (random.uniform() - 0.3)),
    truncated: false,
    verdict: {
      status: order[worst],
      passed,
      total: tests.length,
      tests,
      stdout: '',
      ms: 3,
      cached: false,
    },
    reward: passed / tests.length,
    kl: 0.02 * Math.log1p(step) * (t + 1) * (0.5 + random.uniform()),
  };
}

function fakeEpisode(
  fake: FakeTask,
  step: number,
  e: Pick<Experiment, 'turns' | 'gamma'>,
  greedy: boolean,
  random: RandomStream,
): ScoredAnswer[] {
  const best = fake.answers.length - 1;
  let index = -1;
  return Array.from({ length: e.turns }, (_, t) => {
    const right = random.uniform() < skill(step, t, e) * (greedy ? 1.08 : 0.92);
    const again = index >= 0 && random.uniform() < 0.5;
    index = again ? index : right ? best : Math.floor(random.uniform() * best);
    return fakeTurn(fake, index, step, t, random);
  });
}

/** As if eight other tokens shared what the sampled one left. */
const trained = ({ coefficients, ...turn }: CreditedAnswer): TrainedAnswer => ({
  ...turn,
  entropy: turn.logp.map((x) => 0.02 - x * 0.7),
  gradNorm: turn.logp.map((logp, n) => {
    const p = Math.exp(logp);
    return tokenGradNorm(coefficients[n] ?? 0, p, p * p + (1 - p) ** 2 / 8);
  }),
});

/** A greedy answer: nothing but its grade. */
const graded = ({ refLogp: _, kl: __, ...turn }: ScoredAnswer): GradedAnswer => turn;

/** One update's record. */
export function fakeUpdate(experiment: Experiment, step: number): UpdateRecord {
  const random = new RandomStream(experiment.seed, 1, step);
  const sampled = Array.from({ length: experiment.promptsPerUpdate }, (_, p) => {
    const fake = fakeTasks[(p + step) % fakeTasks.length];
    const episodes = Array.from({ length: experiment.k }, () =>
      fakeEpisode(fake, step, experiment, false, random),
    );
    const shared = episodes[0].slice(0, algorithmOf(experiment).sharedTurns);
    const trajectories = episodes.map((turns) => ({ turns: [...shared, ...turns.slice(shared.length)] }));
    return { task: fake.task, trajectories };
  });
  const groups = fill(algorithmOf(experiment).credit(sampled, experiment), trained);
  return {
    experiment,
    backend: 'wasm',
    step,
    metrics: {
      ...trainMetrics(groups, experiment),
      'train/loss': random.uniform() - 0.5,
      'train/grad_norm': 1 + random.uniform(),
      ...fakeLayers(random),
    },
    groups,
    timing: { sample: 600, grade: 200, score: 300, update: 700, total: 1800 },
  };
}

/** Gradient norms of a model of three layers. */
function fakeLayers(random: RandomStream): Record<string, number> {
  const layers = [1, 2, 3].flatMap((n) => [`${n}.attention`, `${n}.mlp`]);
  return Object.fromEntries(
    ['embed', ...layers, 'norm'].map((part, i) => [
      `train/layer_grad_norm@${part}`,
      ((i % 4) + 1) * (0.1 + 0.1 * random.uniform()),
    ]),
  );
}

/** Tasks on which a model that knew better fails first: the right answer before; now a wrong one, and then the right one. */
export function fakeCaught(experiment: Experiment, step: number): CaughtRecord {
  const random = new RandomStream(experiment.seed, 3, step);
  const groups = fakeTasks.map((fake) => {
    const best = fake.answers.length - 1;
    const turns = [best, 0, best].map((answer, t) => graded(fakeTurn(fake, answer, step, t, random)));
    return { task: fake.task, turns };
  });
  const pick = (from: number, to: number) =>
    groups.map(({ task, turns }) => ({ task, trajectories: [{ turns: turns.slice(from, to) }] }));
  return { experiment, step, ...findCaught(pick(0, 1), pick(1, 3), experiment) };
}

/** One evaluation's record. */
export function fakeEvaluation(experiment: Experiment, step: number): EvalRecord {
  const random = new RandomStream(experiment.seed, 2, step);
  const groups = Array.from({ length: experiment.evalTasks }, (_, i) => {
    const fake = fakeTasks[i % fakeTasks.length];
    const turns =
      i === 0 && step === 0
        ? [
            fakeTurn(fake, 1, 0, 0, random),
            ...Array.from({ length: experiment.turns - 1 }, (_, t) => fakeTurn(fake, 2, 0, t + 1, random)),
          ]
        : fakeEpisode(fake, step, experiment, true, random);
    return { task: fake.task, trajectories: [{ turns: turns.map(graded) }] };
  });
  return {
    experiment,
    backend: 'wasm',
    step,
    metrics: evalMetrics(
      groups.map((group) => group.trajectories[0]),
      experiment,
    ),
    examples: groups.slice(0, 6),
    ms: 900,
  };
}

/** What an update did to each token of a try: the sampled ones went the way of their push. */
export function fakeInspection(record: UpdateRecord, group: number, trajectory: number): InspectedTurn[] {
  const turns = record.groups[group]?.trajectories[trajectory]?.turns ?? [];
  return turns.map(({ logp, refLogp, advantage }) => ({
    tokens: logp.map((lp, n) => {
      const before = Math.exp(lp);
      const after = before + before * (1 - before) * Math.tanh(advantage);
      const rest = (share: number) => ({ before: share * (1 - before), after: share * (1 - after) });
      const alternatives = [' else', ' !=', '(', ')', ' +'].map((text, i) => ({
        text,
        ...rest(0.6 / 2 ** i),
      }));
      return { before, after, reference: Math.min(1, Math.exp(refLogp[n] ?? lp)), alternatives };
    }),
  }));
}

/** Where an update went, in a model of the default shape: the later a layer the more of the gradient. */
export function fakeInspectedLayers(): InspectedLayer[] {
  const matrix = (name: string, parameters: number, gradient: number) => ({
    ...{ name, parameters, gradient },
    ...{ change: 0.0004 * Math.sqrt(parameters), before: 0.08 * Math.sqrt(parameters) },
  });
  const layers = [1, 2, 3].map((layer) => ({
    layer,
    matrices: [
      matrix('input_layernorm', 64, 0.004 * layer),
      matrix('self_attn.q_proj', 4096, 0.05 * layer),
      matrix('self_attn.k_proj', 4096, 0.04 * layer),
      matrix('self_attn.v_proj', 4096, 0.11 * layer),
      matrix('self_attn.o_proj', 4096, 0.12 * layer),
      matrix('post_attention_layernorm', 64, 0.005 * layer),
      matrix('mlp.gate_proj', 10752, 0.08 * layer),
      matrix('mlp.up_proj', 10752, 0.1 * layer),
      matrix('mlp.down_proj', 10752, 0.13 * layer),
    ],
  }));
  const single = (name: string, parameters: number, gradient: number) => ({
    layer: 0,
    matrices: [matrix(name, parameters, gradient)],
  });
  return [single('embed_tokens', 25600, 0.34), ...layers, single('norm', 64, 0.03)];
}
