/** The exported Python projects, as far as that goes without torch; test/pytorch/check.ts proves the rest. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { beforeEach, describe, expect, it } from 'vitest';
import { pythonProjectOf, sources } from '../../../src/cli/pythonProject.ts';
import { projectRoot } from '../../../src/cli/common.ts';
import { defaultExperiment, parseExperiment } from '../../../src/config/experiment.ts';
import type { Experiment } from '../../../src/config/fields.ts';
import { formulaOf } from '../../../src/config/formula/index.ts';
import { pythonOf } from '../../../src/exports/pytorch/formula.ts';
import { checkCounterparts, settings } from '../../../src/exports/pytorch/index.ts';
import { algorithmOf } from '../../../src/rl/algorithms/index.ts';
import { klOfAnswer } from '../../../src/rl/kl.ts';
import { RandomStream } from '../../../src/rl/random.ts';
import { notRun } from '../../notRun.ts';

const folder = join(projectRoot, 'src/exports/pytorch/project');
/** Python is asked once, for all that it can say. */
const cases = Array.from({ length: 40 }, (_, seed) => caseOf(seed));
const answered = spawnSync('python3', ['-c', questions()], {
  input: JSON.stringify(cases.map(({ input }) => input)),
  ...{ cwd: folder, encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } },
});
const hasPython = !answered.error && !answered.stderr.includes('python3 is too old');
interface Said {
  readonly compiled: string[];
  readonly credits: unknown[];
  readonly graded: { readonly status: string }[];
  readonly failing: { readonly status: string; readonly exception: string }[][];
  readonly same: boolean[];
}
const said = (): Said => {
  expect(answered.stderr).toBe('');
  return JSON.parse(answered.stdout) as Said;
};

const asked = (changes: Partial<Experiment>) => ({
  experiment: { ...defaultExperiment, trainTasks: 16, evalTasks: 4, ...changes },
  ...{ name: 'default', modelDir: undefined, from: undefined, changes: {}, problems: undefined },
});
const textOf = (files: ReadonlyMap<string, Uint8Array>, path: string) =>
  new TextDecoder().decode(files.get(path));

describe('a project', () => {
  it('has the experiment, its tasks and both models', async () => {
    const files = await pythonProjectOf('pytorch', asked({ gamma: 0.25, initialPolicy: 'cheating' }));
    expect(JSON.parse(textOf(files, 'experiment.json'))).toMatchObject({
      gamma: 0.25,
      num_generations: 4,
      max_steps: 150,
    });
    const tasks = textOf(files, 'tasks.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { split: string });
    expect(tasks.filter(({ split }) => split === 'train')).toHaveLength(16);
    expect(tasks.filter(({ split }) => split === 'heldout')).toHaveLength(4);
    for (const file of ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'])
      for (const model of ['model', 'reference'])
        expect(files.has(`${model}/${file}`), `${model}/${file}`).toBe(true);
    expect(files.get('model/model.safetensors')).not.toEqual(files.get('reference/model.safetensors'));
    expect(textOf(files, 'README.md')).toContain('gamma 0.25');
    const left = [...files.keys()].filter(
      (path) => /\.(md|py|toml)$/.test(path) && textOf(files, path).includes('{{'),
    );
    expect(left).toEqual([]);
    expect(files.has('train_trl.py')).toBe(false);
  });

  it('for TRL has its own script and README', async () => {
    const files = await pythonProjectOf('trl', asked({}));
    expect([files.has('train_trl.py'), files.has('train.py'), files.has('configs/fsdp.yaml')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(textOf(files, 'README.md')).toContain('TRL');
  });

  it('refuses another model by name, before it is looked for', async () => {
    const other = asked({ model: 'other', otherModel: `tiny@sha256-${'0'.repeat(64)}` });
    await expect(pythonProjectOf('pytorch', other)).rejects.toThrow(
      /^otherModel: tiny@.* with --model and --lora\.$/,
    );
  });

  it('refuses by name what TRL cannot express, and PyTorch nothing', () => {
    for (const [field, changes] of [
      ['estimator', { estimator: 'reinforce' }],
      ['returns', { returns: 'per-turn' }],
      ['history', { turns: 3 }],
      ['innerEpochs', { innerEpochs: 2 }],
    ] as const) {
      const e = { ...defaultExperiment, ...changes };
      expect(() => checkCounterparts(e, 'trl')).toThrow(new RegExp(`^${field}: .*Choose another value`));
      expect(() => checkCounterparts(e, 'pytorch')).not.toThrow();
    }
  });

  it('says a formula in Python', () => {
    const said = (formula: string) => pythonOf(formulaOf({ formula, turns: 2 }));
    expect(said('r[2] > r[1] ? -(γ ** 2) / alpha : max(r[1], 0.5, r[2])')).toBe(
      '(divide((-power(gamma, 2)), alpha) if r[1] > r[0] else max(r[0], 0.5, r[1]))',
    );
  });
});

describe('its Python', () => {
  beforeEach((context) => {
    if (!hasPython) notRun(context, 'the exported Python', 'there is no python3 from 3.10 on');
  });

  it('is Python', async () => {
    const files = [...(await sources()).keys()].filter((name) => name.endsWith('.py'));
    expect(said().compiled).toEqual(files.sort());
  });

  it('gives every token the coefficient that we give it', () => {
    const { credits } = said();
    cases.forEach(({ wanted, e }, i) => {
      const [ours, theirs] = [numbersIn(wanted), numbersIn(credits[i])];
      expect(theirs.length, JSON.stringify(e)).toBe(ours.length);
      const wrong = ours.filter((x, n) => !(Math.abs(x - theirs[n]!) <= 1e-6 * Math.max(1, Math.abs(x))));
      expect(wrong, JSON.stringify(e)).toEqual([]);
    });
  });

  it('takes what could not be judged for the same as that only, and not for 0', () => {
    expect(said().same).toEqual([true, false, false, true, false]);
  });

  it('judges nothing where it is the machine that fails', () => {
    expect(said().failing.map((outcomes) => outcomes.map(({ status }) => status))).toEqual([
      ['infra', 'infra'],
      ['infra', 'infra'],
      ['pass', 'pass'],
    ]);
    expect(said().failing[0]?.[0]?.exception).toMatch(/^OSError: /);
  });

  it('grades', () => {
    const { graded } = said();
    expect(graded.map(({ status }) => status)).toEqual(['pass', 'fail', 'error', 'pass', 'infra']);
    expect(graded[1]).toMatchObject({ expression: 'f(2)', expected: '4', got: '3' });
  });
});

/** Every number of a batch, in its order; null and NaN as 0: JSON has none. */
function numbersIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(numbersIn);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(numbersIn);
  return [typeof value === 'number' && !Number.isNaN(value) ? value : 0];
}

/** A batch with random rewards and log-probabilities, under a random experiment, and what our algorithm makes of it. */
function caseOf(seed: number) {
  const random = new RandomStream(seed);
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)]!;
  const turns = 1 + random.integer(3);
  const objective = turns > 1 ? pick(['paper', 'released-code'] as const) : 'paper';
  const parsed = parseExperiment({
    ...defaultExperiment,
    ...{ turns, objective, gamma: pick([0, 0.5, 1, 2]), beta: pick([0, 0.1]), alpha: 3 },
    estimator: pick(['rloo', 'reinforce', 'grpo', 'dr-grpo']),
    returns: objective === 'paper' ? pick(['accumulated', 'per-turn']) : 'accumulated',
    accumulate: pick(['cocos', 'last', 'best', 'formula', ...(turns === 2 ? ['score'] : [])]),
    formula: `min(1 / (1 + r[${turns}]), gamma) - r[1] ** 2`,
  });
  if (!parsed.ok) throw new Error(parsed.errors[0]?.message);
  const e = parsed.experiment;
  const answer = () => {
    const ids = Array.from({ length: 1 + random.integer(3) }, (_, n) => n);
    const values = () => ids.map(() => Math.log(random.uniform()));
    const [logp, refLogp] = [values(), values()];
    const now = logp.map((lp) => lp + 0.2 * (random.uniform() - 0.5));
    const reward = random.uniform() < 0.05 ? NaN : random.integer(7) / 6;
    return { ids, logp, refLogp, now, reward, kl: klOfAnswer(logp, refLogp) };
  };
  const task = {
    ...{ id: '', source: '', instruction: '', entryPoint: '', reference: '', setup: '', tests: [] },
    ...{ composition: '', family: '', level: 0 },
  };
  const groups = Array.from({ length: 3 }, () => ({
    task,
    trajectories: Array.from({ length: 4 }, () => ({ turns: Array.from({ length: turns }, answer) })),
  }));
  const algorithm = algorithmOf(e);
  const of = (credited: ReturnType<typeof algorithm.credit>) =>
    credited.flatMap(({ trajectories }) =>
      trajectories.map(({ R, turns }) => ({ R, c: turns.map(({ coefficients }) => coefficients) })),
    );
  const tries = groups.flatMap(({ trajectories }, prompt) =>
    trajectories.map(({ turns }) => ({ prompt, turns })),
  );
  return {
    e,
    input: { e: settings(e), tries },
    wanted: [of(algorithm.credit(groups, e)), of(algorithm.again(groups, ({ now }) => now, e))],
  };
}

function questions(): string {
  return `
import sys
assert sys.version_info >= (3, 10), "python3 is too old"
import glob, json, resource, subprocess
from math import isnan, nan
from types import SimpleNamespace
from credit import Answer, Try, credit, same_reward
import grade
from grade import Grader

compiled = sorted(glob.glob("*.py"))
for name in compiled:
    compile(open(name, encoding="utf8").read(), name, "exec")

credits = []
for case in json.load(sys.stdin):
    e = SimpleNamespace(**case["e"])
    tries, now = [], {}
    for one in case["tries"]:
        answers = []
        for a in one["turns"]:
            reward = nan if a["reward"] is None else a["reward"]
            answers.append(Answer([], a["ids"], "", False, reward=reward, logp=a["logp"], ref_logp=a["refLogp"]))
            now[id(answers[-1])] = a["now"]
        tries.append(Try(one["prompt"], {}, answers))
    both = []
    for under in (None, now):
        credit(tries, e, under)
        both.append([{"R": None if isnan(t.R) else t.R, "c": [a.coefficients for a in t.answers]} for t in tries])
    credits.append(both)

code = "def f(x):\\n    return x + 1 if x < 3 else [x, undefined][x - 3]"
tests = ["assert f(1) == 2", "assert f(2) == 4", "assert f(4) == 5", "assert f(1) in (2, 3)", "assert f(1) =="]
grader = Grader(1)
graded = grader.grade([{"code": code, "setup": "", "tests": tests}])[0]

# Where no pipe is to be had, where no worker can be begun, and then again.
pair = ["assert f(1) == 2", "assert f(2) == 3"]
request = {"code": code, "setup": "", "tests": pair}
few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))
command = [sys.executable, "-s", "-S", "grade.py"]
told = subprocess.run(command, input=json.dumps(request) + "\\n", capture_output=True, text=True, preexec_fn=few).stdout
worker, begins = grader._idle.queue[0], grade._Worker
worker._process.kill()
def broken():
    raise OSError("no process")
grade._Worker = broken
failing = [json.loads(told.splitlines()[1]), grader.grade([request])[0]]
grade._Worker = begins
failing.append(grader.grade([request])[0])
grader.close()
same = [same_reward(*pair) for pair in ((nan, None), (0.0, None), (nan, 0.5), (0.5, 0.5), (0.5, 0.0))]
print(json.dumps({"same": same, "failing": failing, "compiled": compiled, "credits": credits, "graded": graded}))`;
}
