/**
 * What a newcomer does in the built page, in browsers that no test of ours runs in: Firefox, and WebKitGTK, which has Safari's
 * engine. Pictures of each step are left in test-results/browsers/, to look at beside one another. A browser that is missing is
 * said to be missing.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { browserNames, launch, missing, type Driven } from '../webDriver.ts';
import { staticHost, type StaticHost } from '../e2e/hosts.ts';
import { microLink } from '../e2e/playground.ts';
import { serveBuilt } from '../e2e/setup.ts';
import { root } from '../source.ts';
import type { Found, Part } from './part.ts';

const built = 'test-results/dist';
const pictures = join(root, 'test-results/browsers');
const window = { width: 1440, height: 900 };
/** Only catches a hang, ms. */
const patience = 400_000;
/** The words of one line of a page. */
const text = v.fallback(v.string(), '');

/** One step: what is done, and what must then be so. It tells what it saw, or throws. */
interface Step {
  readonly name: string;
  readonly take: (visit: Visit) => Promise<string>;
}

/** A browser at the page. */
class Visit {
  readonly browser: Driven;
  readonly host: StaticHost;

  constructor(browser: Driven, host: StaticHost) {
    this.browser = browser;
    this.host = host;
  }

  async textOf(selector: string): Promise<string> {
    const read = (of: string): string =>
      [...document.querySelectorAll(of)].map((found) => found.textContent).join('\n');
    return v.parse(text, await this.browser.ask(read, selector));
  }

  /** Waits until the words of an element are so; gives them. */
  async until(selector: string, words: RegExp): Promise<string> {
    const end = Date.now() + patience;
    for (;;) {
      const now = (await this.textOf(selector)).trim();
      if (words.test(now)) return now;
      if (Date.now() > end) throw new Error(`Waited for ${words} in ${selector}; it says "${now}".`);
      await wait(200);
    }
  }

  readonly status = (words: RegExp): Promise<string> => this.until('[data-testid=status]', words);

  /** Leaves a picture of the window as it is. */
  async picture(name: string): Promise<void> {
    const file = `${this.browser.version.replace(/\W+/g, '-')} ${name.toLowerCase()}.png`.replaceAll(
      ' ',
      '-',
    );
    writeFileSync(join(pictures, file), await this.browser.picture());
  }

  /** Presses the button of this name, or the one whose name begins so ("Go on at …"), as a mouse does. */
  async press(name: string): Promise<void> {
    const mark = (wanted: string): boolean => {
      for (const marked of document.querySelectorAll('[data-driven]')) marked.removeAttribute('data-driven');
      const open = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
      const squeezed = (words: string): string => words.replace(/\s+/g, ''); // what is hidden before it has no space behind
      const nameOf = (of: Element): string => squeezed(of.getAttribute('aria-label') ?? of.textContent ?? '');
      const all = [...open.querySelectorAll('button, summary')].filter(
        (of) => of.getClientRects().length > 0,
      );
      const found =
        all.find((of) => nameOf(of) === squeezed(wanted)) ??
        all.find((of) => nameOf(of).startsWith(squeezed(wanted)));
      found?.setAttribute('data-driven', '');
      return found !== undefined;
    };
    const end = Date.now() + patience;
    while ((await this.browser.ask(mark, name)) !== true) {
      if (Date.now() > end) throw new Error(`There is no button "${name}".`);
      await wait(200);
    }
    await this.browser.click('[data-driven]');
  }
}

const site = (host: StaticHost): string => host.at('isolated');

/** A view of the page: the button that opens it, and what is then there. */
const views: Readonly<Record<string, string>> = {
  Lessons: 'main',
  Compare: 'dialog[open]',
  Runs: 'dialog[open]',
  Files: 'dialog[open]',
  Models: 'dialog[open]',
  'Problem sets': 'dialog[open]',
  Speed: 'dialog[open]',
  Help: 'dialog[open]',
  Share: 'dialog[open]',
};

const steps: readonly Step[] = [
  {
    name: 'opens',
    async take(visit) {
      await visit.browser.open(site(visit.host));
      await visit.status(/^Ready/);
      const problem = await visit.textOf('[role=alert]');
      if (problem) throw new Error(`It says "${problem}".`);
      return 'Ready';
    },
  },
  {
    name: 'computes',
    async take(visit) {
      await visit.press('Back end:');
      const isolated = await visit.browser.ask(() => crossOriginIsolated);
      await visit.until('[data-testid=offline]', /./);
      const card = await visit.textOf('.popover .card:not([hidden]) p');
      await visit.picture('back end');
      await visit.browser.press('\uE00C');
      return `isolated: ${String(isolated)}\n${card.replace(/\s+/g, ' ')}`;
    },
  },
  {
    name: 'steps',
    async take(visit) {
      await visit.press('Step');
      return visit.status(/^Paused after update 1\./);
    },
  },
  {
    name: 'runs',
    async take(visit) {
      await visit.press('Run');
      await visit.until('[data-testid=step]', /^[3-9]$/);
      await visit.press('Pause');
      return visit.status(/^Paused after update/);
    },
  },
  ...Object.entries(views).map(([button, opened]): Step => ({
    name: `opens ${button}`,
    async take(visit) {
      await visit.press(button);
      const words = await visit.until(opened, /\w{3}/);
      await wait(1500);
      await visit.picture(button);
      const wide = await visit.browser.ask(() => document.documentElement.scrollWidth - innerWidth);
      if (Number(wide) > 0) throw new Error(`The page is ${String(wide)} px wider than its window.`);
      const alerts = await visit.textOf('[role=alert]');
      if (alerts.trim()) throw new Error(`It says "${alerts}".`);
      if (opened !== 'main') await visit.browser.press('\uE00C');
      return words.replace(/\s+/g, ' ').slice(0, 120);
    },
  })),
  {
    name: 'copies a link',
    async take(visit) {
      await visit.press('Share');
      await visit.press('Copy link');
      const words = await visit.until('dialog[open] [role=status]', /\.$/);
      await visit.browser.press('\uE00C');
      return words;
    },
  },
  {
    name: 'saves the picture as PNG',
    async take(visit) {
      await visit.press('as PNG');
      return visit.until('[role=status]', /Saved as .*png/);
    },
  },
  {
    name: 'shows a try in full',
    async take(visit) {
      await visit.press('What if?');
      await visit.picture('what if');
      return '';
    },
  },
  {
    name: 'dark, on a phone',
    async take(visit) {
      await visit.press('Dark theme');
      await visit.browser.resize(430, 932);
      await wait(1000);
      await visit.picture('dark');
      const wide = await visit.browser.ask(() => document.documentElement.scrollWidth - innerWidth);
      await visit.press('Light theme');
      await visit.browser.resize(window.width, window.height);
      if (Number(wide) > 0) throw new Error(`The page is ${String(wide)} px wider than its window.`);
      return 'fits';
    },
  },
  {
    name: 'goes on after a reload in the middle',
    async take(visit) {
      const refused = /No run is kept[^\n]*/.exec(await visit.textOf('[data-testid=refusal]'))?.[0];
      if (refused !== undefined) return refused;
      await visit.press('Run');
      await visit.until('[data-testid=step]', /^([6-9]|\d\d+)$/);
      await visit.browser.open('about:blank');
      await visit.browser.open(site(visit.host));
      await visit.press('Go on at update');
      await visit.until('[data-testid=status]', /^(Paused after|Running|Training)/);
      await visit.picture('gone on');
      const at = await visit.until('[data-testid=step]', /^([5-9]|\d\d+)$/);
      return `update ${at}`;
    },
  },
  {
    name: 'trains in a page of another site',
    async take(visit) {
      const frame = `<iframe src="${site(visit.host)}${microLink()}&embed" allow="cross-origin-isolated" style="width: 100%; height: 40rem"></iframe>`;
      visit.host.changed.set('around.html', `<!doctype html><title>Around</title>${frame}`);
      await visit.browser.open(`${site(visit.host).replace('localhost', '127.0.0.1')}around.html`);
      await visit.browser.within('iframe');
      await visit.status(/^Ready/);
      await visit.press('Step');
      const words = await visit.status(/^Paused after update 1\./);
      await visit.browser.within(null);
      await visit.picture('embedded');
      return words;
    },
  },
  {
    name: 'opens without a network',
    async take(visit) {
      await visit.browser.open(site(visit.host));
      await visit.until('[data-testid=offline]', /^Works offline/);
      const words = await visit.textOf('[data-testid=offline]');
      await visit.browser.open('about:blank');
      await visit.host.close();
      await visit.browser.open(site(visit.host));
      // A private window may lose what it keeps with its last page; then that is said.
      const shown = await visit.until('[data-testid=status], body > p', /^Ready|no longer has the files/);
      if (!shown.startsWith('Ready')) return shown;
      await visit.press('Step');
      await visit.status(/^Paused after update 1\./);
      return `${words} isolated: ${String(await visit.browser.ask(() => crossOriginIsolated))}`;
    },
  },
];

/** Everything that went as it should is told, too: the pictures are to be looked at with it. */
async function walk(browser: Driven, signal: AbortSignal): Promise<Found> {
  const host = await staticHost(join(root, built));
  const told: string[] = [];
  let failed = 0;
  try {
    await browser.resize(window.width, window.height);
    const visit = new Visit(browser, host);
    for (const { name, take } of steps) {
      signal.throwIfAborted();
      try {
        told.push(`${name}: ${await take(visit)}`);
      } catch (error) {
        failed++;
        told.push(`${name}: FAILED. ${error instanceof Error ? error.message : String(error)}`);
        await visit.picture(`failed ${name}`).catch(() => {}); // the browser may be gone
      }
    }
  } finally {
    await host.close();
  }
  const complaints = browser.console.filter((line) =>
    /^(JavaScript error|CONSOLE \w+ (ERROR|WARN))/.test(line),
  );
  const examples = { [browser.version]: [...told, ...complaints].join('\n') };
  return { counts: { steps: steps.length }, failed, examples };
}

export const browsers: Part = {
  name: 'browsers',
  claim: 'a newcomer can do everything in Firefox and in WebKitGTK, too',
  unit: 'browsers',
  cases: browserNames.length,
  stretch: 1,
  async open() {
    await (await serveBuilt(built, 4273)).close(); // only the files are wanted, which hosts without headers serve, too
    mkdirSync(pictures, { recursive: true });
    return {
      async prove({ from }, signal) {
        const name = browserNames[from % browserNames.length] ?? 'firefox';
        const lacks = missing(name);
        if (lacks !== null)
          return {
            counts: { 'browsers that are not here': 1 },
            failed: 0,
            examples: { [name]: `NOT TRIED. It takes ${lacks}.` },
          };
        const browser = await launch(name);
        try {
          return await walk(browser, signal);
        } finally {
          await browser.close();
        }
      },
      close: () => undefined,
    };
  },
};
