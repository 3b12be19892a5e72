/** Everything that was measured, as tables; every number has its unit. */
import type { SpeedResult } from '../../../worker/speed.ts';
import { percent, plural } from '../../format.ts';
import { say, told } from '../../say.svelte.ts';
import { count, isOwn, number, parameters, range, time, titleOf } from './words.ts';

/** A bar from one share of the width to another, 0..1. */
export interface Bar {
  readonly from: number;
  readonly to: number;
}

export interface Cell {
  readonly text: string;
  readonly detail?: string;
  readonly bar?: Bar;
}

export interface Row {
  readonly name: string;
  readonly detail?: string;
  /** What the table is about, set off from what it is compared with. */
  readonly own: boolean;
  readonly cells: readonly Cell[];
}

export interface Table {
  readonly title: string;
  readonly about: string;
  /** The first is over the rows' names. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** Everything that was measured, in the order of an update. */
export function tables(result: SpeedResult): Table[] {
  return [training, generation, wholeUpdate, grading, operations, counters]
    .map((table) => table(result))
    .filter(({ rows }) => rows.length > 0);
}

function training({ report, setting }: SpeedResult): Table {
  const rows = Object.entries(report.train).flatMap(([size, one]): Row[] => {
    if (!one) return [];
    const cell = (share: number): Cell => ({ text: percent(share), bar: { from: 0, to: share } });
    return [
      ...Object.entries(one.contestants).map(([id, { ms, gflops = NaN }]) => ({
        name: titleOf(report, id),
        detail: parameters(size),
        own: isOwn(report, id),
        cells: [
          { text: time(ms.median), detail: range(ms) },
          { text: `${number(gflops)} GFLOP/s` },
          // Ours as in the headline, the median of the rounds' shares; of others only the medians are known.
          cell(isOwn(report, id) ? one.share_of_matmul_peak : gflops / one.matmul.gflops),
        ],
      })),
      {
        name: say('Matrix product'),
        detail: `${one.matmul.size} × ${one.matmul.size}, ${one.matmul.by}`,
        own: false,
        cells: [{ text: '–' }, { text: `${number(one.matmul.gflops)} GFLOP/s` }, cell(1)],
      },
    ];
  });
  return {
    title: say('Training step'),
    about: say(
      '{sequences} × {tokens} tokens: loss, gradient, Adam. GFLOP/s counts the model’s arithmetic, 6 · parameters · tokens. The matrix product, by itself, is what the device can do at best; where other programs ran meanwhile, a step may seem to do more.',
      {
        sequences: setting.sequences,
        tokens: setting.tokens,
      },
    ),
    columns: [say('Contestant'), say('Time of a step'), say('Arithmetic'), say('Of the matrix product')],
    rows,
  };
}

function generation({ report, setting }: SpeedResult): Table {
  const rows = Object.entries(report.generate).flatMap(([size, batches = []]) =>
    batches.flatMap(({ batch, contestants }) => {
      const fastest = Math.max(...Object.values(contestants).map(({ tokens_per_s = 0 }) => tokens_per_s));
      return Object.entries(contestants).map(([id, { ms, tokens_per_s = NaN }]) => ({
        name: titleOf(report, id),
        detail: say('{parameters}, {answers} at once', {
          parameters: parameters(size),
          answers: plural(batch, 'answer'),
        }),
        own: isOwn(report, id),
        cells: [
          { text: time(ms.median), detail: range(ms) },
          {
            text: say('{n} tokens/s', { n: number(tokens_per_s) }),
            bar: { from: 0, to: tokens_per_s / fastest },
          },
        ],
      }));
    }),
  );
  return {
    title: say('Generation'),
    about: say('{read} tokens read and {written} written for each answer, with a key/value cache.', {
      read: setting.prompt,
      written: setting.newTokens,
    }),
    columns: [say('Contestant'), say('Time'), say('Speed')],
    rows,
  };
}

function wholeUpdate({ report: { update_ms: u } }: SpeedResult): Table {
  const title = say('Whole update');
  const columns = [say('Stage'), say('Time'), say('Share of the update')];
  if (!u) return { title, about: '', columns, rows: [] };
  const stage = (name: string, start: number, ms: number, detail = ''): Row => ({
    name,
    ...(detail ? { detail } : {}),
    own: name === title,
    cells: [
      { text: time(ms) },
      { text: percent(ms / u.total), bar: { from: start / u.total, to: (start + ms) / u.total } },
    ],
  });
  const waited = u.sample + u.grade;
  return {
    title,
    about: say(
      'The default experiment with model “{model}”, mean of {updates}: {answers} answers of {tokens} tokens. Python grades while answers are still being written, so the shares add up to more than 100 %; only the rest is waited for. {hits} of {verdicts} verdicts came from the cache.',
      {
        model: u.model,
        updates: plural(u.updates, 'update'),
        answers: number(u.answers),
        tokens: number(u.answer_tokens),
        hits: u.cache_hits,
        verdicts: u.verdicts,
      },
    ),
    columns,
    rows: [
      stage(say('Sample'), 0, u.sample, say('answers are written')),
      stage(
        say('Grade'),
        u.sample - u.overlapped,
        u.grading,
        say('in Python; {time} of it while sampling', { time: time(u.overlapped) }),
      ),
      stage(say('Wait'), u.sample, u.grade, say('for verdicts, after the last token')),
      stage(say('Score'), waited, u.score, say('answers under both models')),
      stage(say('Update'), waited + u.score, u.update, say('gradient and weights')),
      stage(title, 0, u.total),
    ],
  };
}

const mixNames: Readonly<Record<string, string>> = {
  typical: 'Typical',
  failing: 'Failing',
  timing_out: 'Timing out',
};

const mixWords: Readonly<Record<string, string>> = {
  typical: 'right and nearly right programs',
  failing: 'wrong programs; some raise, some are cut off',
  timing_out: 'one task in eight has a program that never ends',
};

function grading({ report: { grading: g } }: SpeedResult): Table {
  const workers = Object.keys(g?.cold_start_ms ?? {});
  const rates = Object.values(g?.mixes ?? {}).flatMap((mix) => Object.values(mix.programs_per_s));
  const fastest = Math.max(...rates.map(({ median }) => median));
  return {
    title: say('Grading'),
    about: g
      ? say(
          'Programs with six unit tests each, in separate sandboxes. A worker that hangs is replaced in {time}. When graded again, {hits} of {programs} verdicts came from the cache.',
          {
            time: time(g.respawn_ms.median),
            hits: g.cache.hits,
            programs: g.cache.programs,
          },
        )
      : '',
    columns: [say('Programs'), ...workers.map((count) => plural(Number(count), 'Python worker'))],
    rows: g
      ? [
          ...Object.entries(g.mixes).map(([mix, { programs_per_s }]) => ({
            name: told(mixNames[mix] ?? mix),
            ...(mixWords[mix] ? { detail: told(mixWords[mix]) } : {}),
            own: mix === 'typical',
            cells: workers.map((count) => {
              const rate = programs_per_s[count]?.median ?? NaN;
              return {
                text: say('{n} programs/s', { n: number(rate) }),
                bar: { from: 0, to: rate / fastest },
              };
            }),
          })),
          {
            name: say('Start of Python'),
            detail: say('until a first worker can grade'),
            own: false,
            cells: workers.map((count) => ({ text: time(g.cold_start_ms[count] ?? NaN) })),
          },
        ]
      : [],
  };
}

function operations({ report, setting }: SpeedResult): Table {
  const counts = Object.entries(report.operations);
  const most = (part: 'per_token' | 'per_training_step') => Math.max(...counts.map(([, one]) => one[part]));
  return {
    title: say('Operations'),
    about: say(
      'TensorFlow.js kernels and calls into our own module, {parameters}. The same on every machine with this back end.',
      {
        parameters: parameters(setting.ratioSize),
      },
    ),
    columns: [say('Contestant'), say('Per token'), say('Per training step')],
    rows: counts.map(([id, one]) => ({
      name: titleOf(report, id),
      own: isOwn(report, id),
      cells: (['per_token', 'per_training_step'] as const).map((part) => ({
        text: count(one[part], 'operations'),
        bar: { from: 0, to: one[part] / most(part) },
      })),
    })),
  };
}

const counterWords: Readonly<Record<string, readonly [name: string, unit: string]>> = {
  webgpu_dispatches_per_token: ['GPU kernels started per token', 'dispatches'],
  webgpu_readbacks_per_turn: ['Times that a turn waits for the GPU', 'read-backs'],
  webgpu_submissions_per_turn: ['Command lists handed to the GPU in a turn', 'submissions'],
  webgpu_submissions_per_prompt: ['Command lists handed to the GPU to read the prompts', 'submissions'],
  webgpu_dispatches_per_training_step: ['GPU kernels started per training step', 'dispatches'],
};

function counters({ counters: counted, setting }: SpeedResult): Table {
  return {
    title: say('Counters'),
    about: say(
      'Of our model, {parameters}; a turn writes {tokens} tokens. The same on every machine with this back end.',
      {
        parameters: parameters(setting.ratioSize),
        tokens: setting.newTokens,
      },
    ),
    columns: [say('What'), say('Count')],
    rows: Object.entries(counted).map(([name, n]) => {
      const [words, unit] = counterWords[name] ?? [name.replaceAll('_', ' '), ''];
      return { name: told(words), own: false, cells: [{ text: count(n, unit) }] };
    }),
  };
}
