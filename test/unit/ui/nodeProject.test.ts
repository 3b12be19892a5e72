/**
 * A project in a WebContainer: boot, mount, spawn, teardown, and what goes wrong on the way. The container is a fake that implements
 * the package's types (test/ui/project/fakeContainer.ts); the real one cannot be reached from here.
 */
import { describe, expect, it } from 'vitest';
import {
  ProjectContainer,
  runCommand,
  treeOf,
  type Boot,
  type Phase,
} from '../../../src/ui/project/container.ts';
import { barrier, type Failure, type Window } from '../../../src/ui/project/failure.ts';
import { MetricLines } from '../../../src/ui/project/metricLines.ts';
import { asTexts } from '../../../src/ui/nodeProject.ts';
import { FakeContainer, type FakeOptions } from '../../ui/project/fakeContainer.ts';

const text = (content: string) => new TextEncoder().encode(content);
const files = new Map([
  ['package.json', text('{}')],
  ['models/boost/config.json', text('{"a":1}')],
  ['models/boost/model.safetensors', new Uint8Array([255, 0, 254])],
]);
const run = runCommand.join(' ');

function started(fake: FakeContainer, boot: Boot = () => Promise.resolve(fake), patience = 5000) {
  const [phases, failures] = [new Array<Phase>(), new Array<Failure>()];
  let output = '';
  const container = new ProjectContainer({
    ...{ boot, patience },
    onPhase: (phase) => void phases.push(phase),
    onOutput: (piece) => void (output += piece),
    onFailure: (failure) => void failures.push(failure),
  });
  return { container, phases, failures, output: () => output };
}

const working = (options: FakeOptions = {}) => new FakeContainer(options);

describe('a project in a (fake) WebContainer', () => {
  it('is mounted, installed, run with what was edited, stopped and torn down', async () => {
    const fake = working({
      command: (line, { print, exit, killed }, all) => {
        print(`${line}: ${all.get('reward.ts') ?? 'not edited'}\n`);
        if (line === 'npm ci') exit(0);
        else killed.addEventListener('abort', () => exit(143));
      },
    });
    const { container, phases, failures, output } = started(fake);
    await container.start(files);
    const running = container.run(new Map([['reward.ts', text('mine')]]));
    expect(await container.run(new Map())).toBeNull(); // one at a time
    while (!output().includes('mine')) await new Promise((resolve) => setTimeout(resolve, 1));
    container.stop();
    expect(await running).toBe(143);
    container.teardown();
    expect(fake.calls).toEqual(['mount', 'spawn npm ci', 'write reward.ts', `spawn ${run}`, 'teardown']);
    expect(fake.files.get('models/boost/config.json')).toBe('{"a":1}');
    expect(phases).toEqual(['boot', 'mount', 'install', 'ready', 'run', 'ready', 'off']);
    expect(output()).toBe(`npm ci: not edited\n${run}: mine\n`);
    expect(failures).toEqual([]);
  });

  it('says so when it does not boot: an error, or silence, after which a late one is torn down', async () => {
    const first = started(working(), () => Promise.reject(new Error('no room')));
    await first.container.start(files);
    expect(first.failures).toMatchObject([
      { what: 'The WebContainer did not start.', detail: 'no room', again: false },
    ]);
    expect(first.phases).toEqual(['boot', 'off']);

    const late = working();
    let arrive: () => void = () => undefined;
    const second = started(late, () => new Promise((resolve) => (arrive = () => resolve(late))), 10);
    await second.container.start(files);
    expect(second.failures[0]?.what).toMatch(/^StackBlitz’s frame did not answer\. .* third-party cookies/);
    arrive();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(late.calls).toEqual(['teardown']);
  });

  it('says so when it does not take the files, and when the packages are not installed', async () => {
    const refusing = working();
    refusing.mount = () => Promise.reject(new Error('disk full'));
    const first = started(refusing);
    await first.container.start(files);
    expect(first.failures).toMatchObject([{ detail: 'disk full', again: true }]);
    expect(refusing.calls).toEqual(['teardown']);

    const offline = working({
      command: (_, { print, exit }) => (print('ENOTFOUND registry.npmjs.org'), exit(1)),
    });
    const second = started(offline);
    await second.container.start(files);
    expect(second.failures[0]?.what).toMatch(
      /^npm ci ended with code 1: .* registry\.npmjs\.org, cannot be reached/,
    );
    expect(second.phases).toEqual(['boot', 'mount', 'install', 'off']);
  });

  it('says once that it died in the middle of a run, and can be started again', async () => {
    const fake = working({ command: (line, { exit }) => (line === 'npm ci' ? exit(0) : undefined) });
    const { container, phases, failures } = started(fake);
    await container.start(files);
    const running = container.run(new Map());
    await new Promise((resolve) => setTimeout(resolve, 5));
    fake.die('out of memory');
    fake.die('again');
    expect(await running).toBeNull();
    expect(failures).toMatchObject([{ detail: 'out of memory', again: true }]);
    expect(failures[0]?.what).toMatch(/^The WebContainer stopped in the middle\./);
    expect(phases).toEqual(['boot', 'mount', 'install', 'ready', 'run', 'off']);
    await container.start(files);
    expect(phases.at(-1)).toBe('ready');
  });

  it('says what happened when it dies while it installs, and when it cannot run or write', async () => {
    const fake: FakeContainer = working({ command: () => fake.die('evicted') });
    const first = started(fake);
    await first.container.start(files);
    expect(first.failures).toMatchObject([{ what: expect.stringMatching(/stopped in the middle/) }]);
    expect(first.phases).toEqual(['boot', 'mount', 'install', 'off']);

    const broken = working();
    broken.spawn = () => Promise.reject(new Error('no such command'));
    const second = started(broken);
    await second.container.start(files);
    expect(second.failures).toMatchObject([
      { what: 'npm ci could not be run in the WebContainer.', detail: 'no such command' },
    ]);

    const full = working();
    full.fs.writeFile = () => Promise.reject(new Error('disk full'));
    const third = started(full);
    await third.container.start(files);
    expect(await third.container.run(new Map([['reward.ts', text('mine')]]))).toBeNull();
    expect(third.failures).toMatchObject([
      { what: 'The WebContainer did not run the project.', detail: 'disk full' },
    ]);
  });

  it('drops a container that boots after it was torn down', async () => {
    const fake = working();
    let arrive: () => void = () => undefined;
    const { container, failures, phases } = started(
      fake,
      () => new Promise((resolve) => (arrive = () => resolve(fake))),
    );
    const starting = container.start(files);
    container.teardown();
    arrive();
    await starting;
    expect(fake.calls).toEqual(['teardown']);
    expect([failures, phases]).toEqual([[], ['boot', 'off']]);
  });
});

describe('where it cannot boot', () => {
  const window: Window = {
    isolated: true,
    secure: true,
    online: true,
    cookies: true,
    framed: false,
    userAgent: 'Mozilla/5.0 Chrome/150 Safari/537.36',
  };
  it.each<[Partial<Window>, RegExp]>([
    [{ online: false }, /^This browser is offline/],
    [{ secure: false, isolated: false }, /over http/],
    [{ framed: true, isolated: false }, /in a frame/],
    [{ isolated: false }, /its host does not send the two headers/],
    [
      { isolated: false, userAgent: 'Mozilla/5.0 (Macintosh) Version/18.0 Safari/605.1.15' },
      /Safari does not know/,
    ],
    [{ cookies: false }, /keeps no cookies/],
  ])('%j: one sentence why, what to do, and the zip', (changes, why) => {
    const found = barrier({ ...window, ...changes });
    expect(found?.what).toMatch(why);
    expect(found?.todo).toMatch(/\. Or save the project as a zip/);
  });
  it('is nothing in the way elsewhere', () => {
    expect(barrier(window)).toBeNull();
  });
});

describe('what a project prints', () => {
  const lines = [
    '> npm start',
    '{"step":0,"eval/accuracy@t1":0.5,"train/kl@t1":null,"time/total_ms":5}',
    '{"step": odd}',
    '{"st',
    '\u001b[K',
  ];
  it('is cut into text and points, wherever the pieces end', () => {
    const all = lines.map((line) => `${line}\r\n`).join('');
    for (const size of [1, 2, 7, 50, 1000]) {
      const reader = new MetricLines();
      const read = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
        reader.read(all.slice(i * size, (i + 1) * size)),
      );
      expect(read.map((one) => one.text).join('')).toBe(all.replace(`${lines[1]}\r\n`, ''));
      expect(read.flatMap(({ points }) => points)).toEqual([
        { step: 0, metrics: { 'eval/accuracy@t1': 0.5, 'train/kl@t1': NaN, 'time/total_ms': 5 } },
      ]);
    }
  });
  it('is shown as it comes where it is no metric', () => {
    const reader = new MetricLines();
    expect(
      [reader.read('upd'), reader.read('ate 1/3'), reader.read('\r')].map(({ text: shown }) => shown),
    ).toEqual(['upd', 'ate 1/3', '\r']);
  });
});

describe('its files', () => {
  it('are a tree for the container, and texts for StackBlitz', () => {
    const tree = treeOf(files);
    expect(Object.keys(tree)).toEqual(['package.json', 'models']);
    expect(tree).toMatchObject({
      models: { directory: { boost: { directory: { 'config.json': { file: {} } } } } },
    });
    expect(asTexts(files)).toEqual({
      'package.json': '{}',
      'models/boost/config.json': '{"a":1}',
      'models/boost/model.safetensors.base64': '/wD+',
    });
  });
});
