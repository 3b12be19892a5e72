/** What is written for other tools. */
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../../src/config/experiment.ts';
import { readExperimentFile } from '../../../src/config/formats.ts';
import { metricsCsv, metricsJsonLines, type Measured } from '../../../src/exports/metrics.ts';
import { fileName } from '../../../src/exports/fileName.ts';
import { modelArchive } from '../../../src/exports/modelFolder.ts';
import { rolloutLines } from '../../../src/exports/rollouts.ts';
import { unipoHeader, unipoStep } from '../../../src/exports/unipo.ts';
import { trlNameOf, trlNames } from '../../../src/rl/trlNames.ts';
import { findMetric } from '../../../src/rl/metricTable.ts';
import { fakeUpdate } from '../../ui/mock/fakeRun.ts';

const lines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const measured: Measured = {
  updates: [
    {
      step: 1,
      metrics: { 'train/reward@t1': 0.25, 'train/return': 0.5, 'train/kl@t1': NaN, 'train/grad_norm': 1 / 3 },
      timing: { total: 1800.4 },
    },
    { step: 2, metrics: { 'train/reward@t1': 0.5, 'train/return': 1e-9 } },
  ],
  evaluations: [
    { step: 0, metrics: { 'eval/accuracy@t1': 0.1 } },
    { step: 2, metrics: { 'eval/accuracy@t1': 0.2 } },
  ],
  changes: [{ step: 1, changes: [{ field: 'gamma', from: 0.75, to: 0.5 }] }],
  experimentAt: () => defaultExperiment,
};

describe('metrics', () => {
  it('are a line a step under our names, changes after it', () => {
    expect(lines(metricsJsonLines(measured, 'ours'))).toEqual([
      { step: 0, 'eval/accuracy@t1': 0.1 },
      {
        step: 1,
        'train/reward@t1': 0.25,
        'train/return': 0.5,
        'train/kl@t1': null,
        'train/grad_norm': 1 / 3,
        'time/total_ms': 1800,
      },
      { step: 1, changes: { gamma: 0.5 } },
      { step: 2, 'train/reward@t1': 0.5, 'train/return': 1e-9, 'eval/accuracy@t1': 0.2 },
    ]);
  });

  it('are comma-separated with every digit, and empty where nothing was measured', () => {
    expect(metricsCsv(measured, 'ours')).toBe(
      'step,eval/accuracy@t1,train/reward@t1,train/return,train/kl@t1,train/grad_norm,time/total_ms\n' +
        '0,0.1,,,,,\n1,,0.25,0.5,,0.3333333333333333,1800\n2,0.2,0.5,1e-9,,,\n',
    );
  });

  it('have TRL’s names only where they mean the same', () => {
    expect(lines(metricsJsonLines(measured, 'trl'))).toEqual([
      { step: 1, 'rewards/turn_1/mean': 0.25, reward: 0.5, grad_norm: 1 / 3, step_time: 1.8004 },
      { step: 2, 'rewards/turn_1/mean': 0.5, reward: 1e-9 },
    ]);
    const perTurn = { ...defaultExperiment, returns: 'per-turn' as const };
    expect(trlNameOf('train/return', perTurn)).toBeUndefined();
    expect(trlNameOf('train/entropy@t1', defaultExperiment)).toBeUndefined();
    expect(trlNameOf('train/entropy@t1', { ...defaultExperiment, turns: 1 })).toBe('entropy');
    for (const key of ['train/loss', 'train/kl@t1', 'train/return_std', 'eval/reward@t1'])
      expect(trlNameOf(key, defaultExperiment)).toBeUndefined();
  });

  it('names for TRL are of metrics that there are', () => {
    for (const { ours } of trlNames) expect(findMetric(ours.replace('@t', '@t1'))).toBeDefined();
  });
});

describe('rollouts', () => {
  const record = fakeUpdate({ ...defaultExperiment, promptsPerUpdate: 4, k: 3 }, 7);

  it('are a line an episode with token ids and log-probabilities', () => {
    const episodes = lines(rolloutLines(record));
    expect(episodes.length).toBe(12);
    const first = record.groups[0].trajectories[0].turns[0];
    expect(episodes[0]).toMatchObject({
      ...{ format: 1, step: 7, group: 0, trajectory: 0, gamma: 0.75 },
      turns: [{ ids: first.ids, logp: first.logp, ref_logp: first.refLogp, reward: first.reward }, {}],
    });
    expect(episodes.at(-1)).toMatchObject({ group: 3, trajectory: 2 });
  });

  it('say null where something could not be judged, never 0', () => {
    const [group] = record.groups;
    const [episode] = group.trajectories;
    const masked = { ...episode, R: NaN, turns: episode.turns.map((turn) => ({ ...turn, reward: NaN })) };
    const groups = [{ ...group, trajectories: [masked, ...group.trajectories.slice(1)] }];
    expect(lines(rolloutLines({ ...record, groups }))[0]).toMatchObject({
      R: null,
      turns: [{ reward: null }, {}],
    });
    // UNIPO would read null as 0.
    expect(responsesOf(lines(unipoStep({ ...record, groups }))[0]).length).toBe(2);
  });

  it('are written in the schema of UNIPO', () => {
    const [header] = lines(unipoHeader(defaultExperiment, 'boost'));
    expect(header).toMatchObject({ algorithm: 'CoCoS', totalSteps: 150, model_name: 'boost' });
    expect(header['hparams']).toMatchObject({ group_size: 4, kl_coef: 0.01, cocos_gamma: 0.75 });
    expect(header['hparams']).not.toHaveProperty('gamma');
    const [step] = lines(unipoStep(record));
    expect(step).toMatchObject({ step: 7, is_first_step_after_rollout_phase: true });
    expect(step['metrics']).toMatchObject({ reward: record.metrics['train/return'] });
    expect(step['prompts']).toHaveLength(3);
    const { turns, R } = record.groups[0].trajectories[0];
    const [response] = responsesOf(step);
    expect(response).toMatchObject({ id: 'step7_p0_sample0', reward: R });
    const tokens = response['tokens'] as Record<string, unknown[]>;
    const length = turns.reduce((sum, { ids }) => sum + ids.length, 0);
    for (const list of Object.values(tokens)) expect(list).toHaveLength(length);
  });

  function responsesOf(step: Record<string, unknown>): Record<string, unknown>[] {
    const [prompt] = step['prompts'] as { responses: Record<string, unknown>[] }[];
    return prompt.responses;
  }
});

describe('a model', () => {
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const special = (id: number, content: string) => ({ id, content, special: true });
  const files = new Map([
    [
      'config.json',
      bytes({ bos_token_id: 1, eos_token_id: 3, pad_token_id: 0, max_position_embeddings: 64 }),
    ],
    ['model.safetensors', new Uint8Array(9)],
    [
      'tokenizer.json',
      bytes({
        added_tokens: [special(0, '<pad>'), special(1, '<bos>'), special(2, '<fix>'), special(3, '<eot>')],
      }),
    ],
  ]);
  const from = {
    name: 'γ 0.5, k 8',
    model: { name: 'boost', digest: 'ab'.repeat(32) },
    experiment: { ...defaultExperiment, gamma: 0.5 },
    step: 40,
    evaluated: { step: 40, metrics: { 'eval/accuracy@t2': 0.6612, 'eval/masked': NaN } },
    backend: 'wasm',
    build: '0.1.0',
  };

  it('is a Hugging Face folder with a card, its experiment, and what transformers needs of the tokenizer', () => {
    const folder = unzipSync(modelArchive(files, from));
    const read = (name: string) => new TextDecoder().decode(folder[`gamma-0.5-k-8-40/${name}`]);
    expect(Object.keys(folder).map((name) => name.split('/')[1])).toEqual([
      ...[
        'README.md',
        'experiment.json',
        'tokenizer_config.json',
        'config.json',
        'model.safetensors',
        'tokenizer.json',
      ],
    ]);
    expect(JSON.parse(read('tokenizer_config.json'))).toMatchObject({
      ...{ bos_token: '<bos>', eos_token: '<eot>', pad_token: '<pad>', model_max_length: 64 },
      additional_special_tokens: ['<fix>'],
    });
    expect(readExperimentFile(JSON.parse(read('experiment.json'))).experiment).toEqual(from.experiment);
    expect(read('README.md')).toContain('# γ 0.5, k 8, after 40 updates');
    expect(read('README.md')).toContain('| Accuracy, turn 2 | 0.6612 |');
    expect(read('README.md')).not.toContain('NaN');
  });

  it('is refused without its files', () => {
    expect(() => modelArchive(new Map([...files].slice(0, 2)), from)).toThrow(/tokenizer\.json is missing/);
  });

  it('has a name that any file system takes', () => {
    expect(fileName('γ 0, α 10: «x»/../y')).toBe('gamma-0-10-x-..-y');
    expect(fileName('…')).toBe('run');
  });
});
