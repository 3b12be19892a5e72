/** Problems of one's own in every command that trains: a sweep, a table, a receipt, a run that goes on. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportProject } from '../../src/cli/exportProject.ts';
import { openRunAt } from '../../src/cli/packedRun.ts';
import { verify as verifyCommand } from '../../src/cli/verifyCommand.ts';
import { receiptOf } from '../../src/receipts/receipt.ts';
import { fileOf } from '../../src/receipts/shared.ts';
import { inThisProcess } from '../inThisProcess.ts';
import { reproduce, sweep, temporaryFolder, train } from './command.ts';

const folder = temporaryFolder();
const at = (...names: string[]) => join(folder.path, ...names);
const verify = (...args: string[]) => inThisProcess(verifyCommand, args);
const run = at('sweep', 'maxNewTokens-24', 'seed-1');

/** Of half of these the solution is too long for 24 tokens. */
const problems = Array.from({ length: 16 }, (_, n) => ({
  ...{ name: `p${n}`, instruction: `Write add${n}(x): x plus ${n}.`, entry_point: `add${n}` },
  code: `def add${n}(x):\n    return ${n % 2 ? 'x + 0 * '.repeat(9) : ''}x + ${n}`,
  tests: [`assert add${n}(1) == ${n + 1}`, `assert add${n}(0) == ${n}`],
}));

beforeAll(async () => {
  writeFileSync(at('mine.jsonl'), problems.map((one) => JSON.stringify(one)).join('\n'));
  const ended = await sweep(
    ...[
      '--problems',
      at('mine.jsonl'),
      '--held-out',
      '40',
      '--preset',
      'micro',
      '--steps',
      '1',
      '--seeds',
      '1',
    ],
    ...['--vary', 'maxNewTokens=24,60,64', '--out', at('sweep')],
  );
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.stdout).toMatch(/differ between: maxNewTokens=24 \| maxNewTokens=60, maxNewTokens=64\. /);
}, 300_000);
afterAll(folder.remove);

it('a table of seeds has the numbers of the run itself', async () => {
  const experiment = join(run, 'experiment.json');
  const { code, stdout } = await reproduce('--experiment', experiment, '--seeds', '1', '--out', at('table'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\| 1 \| 1 \| /m);
  const [here, there] = await Promise.all([run, at('table', 'seed-1')].map((path) => openRunAt(path)));
  expect(here?.log.entriesOf('evaluation').at(-1)?.metrics).toEqual(
    there?.log.entriesOf('evaluation').at(-1)?.metrics,
  );
});

it('a receipt verifies with the problems that came along, or that are given, and asks for them', async () => {
  const { log } = await openRunAt(run);
  const { experiment, model } = log.manifest;
  const receipt = await receiptOf(
    {
      ...{ experiment, changes: [], updates: log.entriesOf('update'), backends: ['wasm'] },
      evaluations: log.entriesOf('evaluation'),
    },
    'test',
  );
  const madeOn = { backend: 'wasm' as const, modelDigest: model.digest?.slice(0, 12) ?? '' };
  const shared = { experiment, madeOn, receipt };
  writeFileSync(at('with.json'), fileOf({ ...shared, problems: (await log.problems()) ?? null }));
  writeFileSync(at('without.json'), fileOf(shared));
  expect(await verify(at('with.json'))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 update'),
  });
  expect(await verify(at('without.json'), '--problems', at('mine.jsonl'))).toMatchObject({ code: 0 });
  expect(await verify(at('without.json'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('give the file they came from with --problems FILE'),
  });
});

it('a run whose problems are gone says which file is missing, in one sentence', async () => {
  rmSync(join(run, 'blobs', 'problems.json.gz'));
  const refused = {
    code: 1,
    stderr: expect.stringMatching(/problems\.json\.gz is missing: it holds the problems/),
  };
  expect(await train('--resume', run, '--steps', '2')).toMatchObject(refused);
  expect(await inThisProcess(exportProject, ['--to', 'pytorch', at('project'), '--from', run])).toMatchObject(
    refused,
  );
});
