/** What is proved of the exported Python projects, one claim after the other. Each runs our own commands and theirs. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonLinesOf, killed, ours, python, type At } from './programs.ts';
import { replay, replays } from './replays.ts';

export interface Check {
  readonly name: string;
  /** Packages that it needs of Python. */
  readonly needs: readonly string[];
  /** @returns what was found, in a sentence @throws Error saying what does not hold */
  readonly run: (at: At) => Promise<string> | string;
}

const torch = ['torch', 'transformers', 'accelerate', 'peft'];

const withoutTimes = (file: string) =>
  JSON.stringify(
    jsonLinesOf(file).map((line) =>
      Object.fromEntries(Object.entries(line).filter(([name]) => !name.startsWith('time/'))),
    ),
  );

/** Killed in the middle and resumed, a run has the metrics and weights of one that was not. */
async function resumes(at: At): Promise<string> {
  const project = join(at.folder, 'project');
  ours('export', ['--to', 'pytorch', project, '--preset', 'micro', '--steps', '6', '--eval-every', '2']);
  const [whole, broken] = [join(at.folder, 'whole'), join(at.folder, 'broken')];
  python(at, project, ['train.py', '--out', whole]);
  const metrics = join(broken, 'metrics.jsonl');
  const lines = () => (existsSync(metrics) ? readFileSync(metrics, 'utf8').split('\n').length - 1 : 0);
  await killed(
    at,
    project,
    ['train.py', '--out', broken],
    () => lines() >= 4 && existsSync(join(broken, 'state-2/step.json')),
  );
  const after = lines() - 1;
  if (after >= 6) throw new Error('it had ended before it could be killed.');
  python(at, project, ['train.py', '--out', broken, '--resume']);
  if (withoutTimes(metrics) !== withoutTimes(join(whole, 'metrics.jsonl')))
    throw new Error('the metrics differ.');
  const weights = [whole, broken].map((out) => readFileSync(join(out, 'model/model.safetensors')));
  if (!weights[0]!.equals(weights[1]!)) throw new Error('the weights differ.');
  return `killed after update ${after} of 6 and resumed: metrics and weights are equal, to the last bit`;
}

/** A short run learns: held-out accuracy rises by more than its standard error. */
function learns(at: At): string {
  const project = join(at.folder, 'project');
  const flags = [
    '--gamma',
    '1',
    '--learning-rate',
    '0.001',
    '--steps',
    '30',
    '--eval-every',
    '30',
    '--eval-tasks',
    '256',
  ];
  ours('export', ['--to', 'pytorch', project, ...flags]);
  python(at, project, ['train.py', '--out', join(at.folder, 'out'), '--batch-size', '64']);
  const measured = jsonLinesOf(join(at.folder, 'out/metrics.jsonl'));
  const accuracy = (line: Record<string, number | null> | undefined, turn: number) =>
    line?.[`eval/accuracy@t${turn}`] ?? NaN;
  const told = [1, 2].map((turn) => {
    const [before, after] = [accuracy(measured[0], turn), accuracy(measured.at(-1), turn)];
    if (!(after > before + 0.03)) throw new Error(`turn ${turn}: ${before} before, ${after} after.`);
    return `turn ${turn} ${before.toFixed(3)} → ${after.toFixed(3)}`;
  });
  return `accuracy on 256 held-out tasks after 30 updates of 64 tries: ${told.join(', ')}`;
}

/**
 * Another model, made on the spot: a tiny Llama with random weights, a chat template of its own, and an adapter. What it writes is
 * hardly ever Python; so the settings and tasks are edited, as a user may: of one letter, a digit or # is a program.
 */
function otherModel(at: At): string {
  const [project, model] = [join(at.folder, 'project'), join(at.folder, 'llama')];
  ours('export', ['--to', 'pytorch', project, '--preset', 'micro', '--steps', '1', '--feedback', 'tests']);
  const settings = JSON.parse(readFileSync(join(project, 'experiment.json'), 'utf8')) as object;
  const edited = { ...settings, max_new_tokens: 1, num_generations: 32 };
  writeFileSync(join(project, 'experiment.json'), JSON.stringify(edited));
  const task = {
    id: 'a',
    instruction: 'Write anything.',
    entry_point: '',
    setup: '',
    tests: ['assert True'],
  };
  const tasks = ['train', 'train', 'heldout'].map(
    (split, i) => `${JSON.stringify({ split, ...task, id: `${i}` })}\n`,
  );
  writeFileSync(join(project, 'tasks.jsonl'), tasks.join(''));
  cpSync(join(import.meta.dirname, 'tinyLlama.py'), join(at.folder, 'tinyLlama.py'));
  python(at, at.folder, ['tinyLlama.py', model]);
  python(at, project, ['train.py', '--out', join(at.folder, 'out'), '--model', model, '--lora', '4']);
  const told = python(at, at.folder, ['tinyLlama.py', model, join(at.folder, 'out/model')]).trim();
  const [, update] = jsonLinesOf(join(at.folder, 'out/metrics.jsonl'));
  if (!(update!['train/grad_norm']! > 0))
    throw new Error(`the gradient norm is ${update!['train/grad_norm']}.`);
  return `a random Llama with a chat template, one update with LoRA: gradient norm ${update!['train/grad_norm']!.toPrecision(3)}; ${told}`;
}

/** TRL's trainer learns from our tasks, episodes and rewards a turn. */
function inTrl(at: At): string {
  const project = join(at.folder, 'project');
  ours('export', [
    '--to',
    'trl',
    project,
    '--preset',
    'micro',
    '--steps',
    '3',
    '--eval-every',
    '3',
    '--beta',
    '0.05',
  ]);
  python(at, project, ['train_trl.py', '--out', join(at.folder, 'out')]);
  const logged = JSON.parse(readFileSync(join(at.folder, 'out/log.json'), 'utf8')) as Record<
    string,
    number
  >[];
  const updates = logged.filter((line) => 'rewards/turn_1/mean' in line);
  if (updates.length !== 3) throw new Error(`${updates.length} updates were logged.`);
  if (!updates.some(({ grad_norm }) => grad_norm! > 0)) throw new Error('no update had a gradient.');
  const [evaluated] = jsonLinesOf(join(at.folder, 'out/eval.jsonl'));
  if (evaluated?.['eval/accuracy@t2'] === undefined) throw new Error('nothing was evaluated.');
  const version = spawnSync(at.python, ['-c', 'import trl; print(trl.__version__)'], {
    encoding: 'utf8',
  }).stdout.trim();
  const norms = updates.map(({ grad_norm }) => grad_norm!.toPrecision(3));
  return `three updates of TRL ${version}’s GRPOTrainer, a reward a turn; gradient norms ${norms.join(', ')}`;
}

export const checks: readonly Check[] = [
  ...replays.map((one) => ({
    name: `the same loss and gradient: ${one.name}`,
    needs: torch,
    run: (at: At) => replay(one, 1, at).told,
  })),
  ...replays.map((one) => ({
    name: `the same in two processes (gloo): ${one.name}`,
    needs: torch,
    run: (at: At) => replay(one, 2, at).told,
  })),
  { name: 'a run that was killed goes on', needs: torch, run: resumes },
  { name: 'another model, with an adapter', needs: torch, run: otherModel },
  { name: 'TRL learns from it', needs: [...torch, 'trl', 'datasets'], run: inTrl },
  { name: 'a short run learns', needs: torch, run: learns },
];

/** What Python lacks of what a check needs, in words; '' for nothing. */
export function missing(interpreter: string, { needs }: Check): string {
  const code = `import importlib.util as u; print(*[n for n in ${JSON.stringify(needs)} if u.find_spec(n) is None])`;
  const { status, stdout, error } = spawnSync(interpreter, ['-c', code], { encoding: 'utf8' });
  if (error || status !== 0) return `there is no ${interpreter} that runs`;
  return stdout.trim() === '' ? '' : `${interpreter} has no ${stdout.trim().split(' ').join(', ')}`;
}
