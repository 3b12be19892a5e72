/** The built folder on the hosts that people use: the page opens, trains, and keeps its files. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { staticHost, type StaticHost } from './hosts.ts';
import { withPlayground } from './page.ts';
import { microLink, trainOnce, waitForOffline } from './playground.ts';

const folder = join(import.meta.dirname, '../../test-results/dist');
let host: StaticHost;

beforeAll(async () => {
  host = await staticHost(folder);
});
afterAll(() => host?.close());

it('has no file that a host leaves out', () => {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  expect(names.filter((name) => /(^|[\\/])[_.#]|~([\\/]|$)/.test(name))).toEqual([]);
});

it.each(['githubPages', 'netlify', 's3', 'nginx', 'wrongTypes'] as const)('%s', async (name) => {
  const page = name === 's3' ? 'index.html' : ''; // a bucket has no address for a folder
  await withPlayground({ address: host.at(name), path: page + microLink() }, async (playground) => {
    await trainOnce(playground);
    await waitForOffline(playground, /^Works offline/);
    expect(playground.problems).toEqual([]);
  });
});

it('says which script did not arrive', async () => {
  const missing = readdirSync(join(folder, 'assets')).find((name) => /^index.*\.js$/.test(name)) ?? '';
  host.changed.set(`assets/${missing}`, null);
  const address = host.at('plain');
  await withPlayground({ address, ignore: [/404/] }, async ({ page, problems }) => {
    await page.getByText(`could not start. ${address}assets/${missing} did not arrive`).waitFor();
    expect(problems).toEqual([]);
  });
  host.changed.clear();
});
