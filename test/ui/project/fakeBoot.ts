/**
 * Stands for `@webcontainer/api` in tests of the page of a project: boots the fake, which "installs" and "trains" in a second. What
 * it does is read from `localStorage.fake`: 'refuse' to boot, not take files ('mount'), fail to
 * 'install', 'die' in the middle of a run, or run 'endless'ly.
 */
import { FakeContainer, type FakeProcess } from './fakeContainer.ts';

const wanted = (): string | null => localStorage.getItem('fake');
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A line of metrics.jsonl after so many updates; `worse`: reward.ts is not as it was. */
const line = (step: number, worse: boolean): string => {
  const rise = (worse ? -0.02 : 0.03) * step;
  const evaluated =
    step % 2 === 0 ? { 'eval/accuracy@t1': 0.3 + rise / 2, 'eval/accuracy@t2': 0.34 + rise } : {};
  const trained =
    step > 0
      ? {
          ...{
            'train/reward@t1': 0.6 + rise / 2,
            'train/reward@t2': 0.65 + rise + 0.02 * Math.sin(step * 2),
          },
          ...{
            'train/grad_norm@t1': 0.03 + 0.005 * Math.sin(step),
            'train/grad_norm@t2': 0.028,
            'train/kl@t1': 1e-4 * step,
            'train/entropy@t1': 0.05,
            'train/entropy@t2': 0.045,
            'train/kl@t2': 2e-4 * step,
          },
        }
      : {};
  return `${JSON.stringify({ step, ...evaluated, ...trained, 'time/total_ms': 900 })}\r\n`;
};

async function command(
  text: string,
  { print, exit, killed }: FakeProcess,
  files: ReadonlyMap<string, string>,
  die: () => void,
): Promise<void> {
  if (text === 'npm ci') {
    await later(30);
    if (wanted() === 'install')
      print('npm error network request to https://registry.npmjs.org/pyodide failed\r\n');
    else print('added 5 packages in 3s\r\n');
    return exit(wanted() === 'install' ? 1 : 0);
  }
  const reward = files.get('reward.ts') ?? '';
  print(
    '\r\n> cocos-experiment@1.0.0 start\r\n> node --enable-source-maps engine/start.mjs --metrics --threads 1\r\n\r\n',
  );
  if (reward.includes('oops')) {
    print('\u001b[31m✘ [ERROR]\u001b[0m Expected ";" but found "oops"\r\n\r\n    reward.ts:9:2\r\n');
    return exit(1);
  }
  print('back end: wasm (WebAssembly SIMD, one thread); requested\r\n');
  const worse = reward.includes('1 -');
  if (worse) print('edited since the project was made: reward.ts\r\n');
  for (let step = 0; (step <= 8 || wanted() === 'endless') && !killed.aborted; step++) {
    print(line(step, worse));
    if (step > 0) print(`update ${step}/100  reward t1 0.6, t2 0.7\r\n`);
    if (step === 3 && wanted() === 'die') return die();
    await later(40);
  }
  exit(0);
}

export const WebContainer = {
  async boot(): Promise<FakeContainer> {
    await later(30);
    if (wanted() === 'refuse') throw new Error('the fake refuses to boot');
    const fake: FakeContainer = new FakeContainer({
      command: (text, process, files) => void command(text, process, files, () => fake.die('the fake died')),
    });
    if (wanted() === 'mount') fake.mount = () => Promise.reject(new Error('the fake takes no files'));
    return fake;
  },
};
