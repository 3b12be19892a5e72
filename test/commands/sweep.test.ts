/** A sweep trains what it says, as every run does, and only what is missing. An experiment can come from a file or a link. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withChanges } from '../../src/config/experiment.ts';
import { encodeLink } from '../../src/config/link.ts';
import { findPreset, presetExperiment } from '../../src/config/presets.ts';
import { metricsOf, sweep, temporaryFolder, train, withoutTimes } from './command.ts';

const minutes = 60_000;
const folder = temporaryFolder();
afterAll(folder.remove);
const at = (...path: string[]) => join(folder.path, ...path);
const preset = findPreset('micro');
if (!preset) throw new Error('There is no preset "micro".');
const micro = presetExperiment(preset);

describe('a sweep', () => {
  const flags = (...more: string[]) => [
    ...['--preset', 'micro', '--vary', 'gamma=0,1', '--eval-every', '2', '--out', at('sweep')],
    ...more,
  ];

  it(
    'does its runs, goes on with them, and does nothing twice',
    async () => {
      const first = await sweep(...flags('--seeds', '1', '--steps', '2'));
      expect(first, first.stderr).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('| gamma=1 | 1 | 2 |'),
      });
      const longer = await sweep(...flags('--seeds', '1', '--steps', '4'));
      expect(longer).toMatchObject({ code: 0, stdout: expect.stringContaining('| gamma=0 | 1 | 4 |') });

      // The run that went on is the run that was never stopped.
      await train(
        '--preset',
        'micro',
        '--gamma',
        '1',
        '--eval-every',
        '2',
        '--steps',
        '4',
        '--seed',
        '1',
        '--out',
        at('alone'),
      );
      expect(withoutTimes(metricsOf(at('sweep', 'gamma-1', 'seed-1')))).toEqual(
        withoutTimes(metricsOf(at('alone'))),
      );

      const written = () => statSync(at('sweep', 'gamma-1', 'seed-1', 'log.jsonl')).mtimeMs;
      const before = written();
      const again = await sweep(...flags('--seeds', '1', '--steps', '4'));
      expect(again.stdout).toBe(longer.stdout);
      expect(written()).toBe(before);
      expect(readFileSync(at('sweep', 'sweep.md'), 'utf8')).toContain(longer.stdout);
      expect(readFileSync(at('sweep', 'sweep.svg'), 'utf8')).toContain('gamma=0 (one seed)');

      const other = await sweep(...flags('--seeds', '1', '--steps', '4', '--beta', '0.5'));
      expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('differs in beta') });

      const model = await sweep(
        ...flags('--seeds', '1', '--steps', '4', '--model-dir', 'public/models/repairer'),
      );
      expect(model).toMatchObject({ code: 1, stderr: expect.stringContaining('a run of another model') });
    },
    5 * minutes,
  );

  it.each([
    [['--out', 'x'], '--vary is missing'],
    [['--vary', 'gamma=0', '--seed', '7', '--out', 'x'], 'the seeds of a sweep are given by --seeds'],
    [['--vary', 'gamma=0'], '--out is missing'],
    [
      ['--vary', 'gamma=0', '--gamma', '1', '--out', 'x'],
      '--vary gives values of gamma, and a flag gives another',
    ],
    [
      ['--vary', 'gamma=0', '--preset', 'micro', '--link', '#v=1', '--out', 'x'],
      '--link and --preset each name an experiment',
    ],
  ])('refuses %j', async (args, why) => {
    expect(await sweep(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  });
});

describe('an experiment to start from', () => {
  it(
    'can be a link, and then a file of the run it gave',
    async () => {
      const experiment = withChanges(micro, { gamma: 0.25, steps: 2 });
      const link = `https://example.org/cocos/${encodeLink(experiment)}`;
      expect(await train('--link', link, '--out', at('link'))).toMatchObject({ code: 0 });
      const file = at('link', 'experiment.json');
      expect(await train('--experiment', file, '--gamma', '0.25', '--out', at('file'))).toMatchObject({
        code: 0,
      });
      expect(withoutTimes(metricsOf(at('file')))).toEqual(withoutTimes(metricsOf(at('link'))));
      expect(metricsOf(at('link'))).toHaveLength(3);
    },
    5 * minutes,
  );

  it.each([
    [['--link', '#gamma=0.5'], '--link: The link has no version'],
    [['--link', '#v=1&gamma=9'], 'gamma: must be a number from 0 to 2, not 9'],
    [['--experiment', 'there-is-none.json'], '--experiment: there-is-none.json cannot be used'],
    [['--experiment', 'a.json', '--link', '#v=1'], 'leave all but one out'],
    [['--resume', 'runs/x', '--link', '#v=1'], 'only --steps may change, not link'],
  ])('is refused: %j', async (args, why) => {
    expect(await train(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  });
});
