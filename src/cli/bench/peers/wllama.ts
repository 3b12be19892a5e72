/** wllama: llama.cpp in WebAssembly, in a page of a Chromium of its own. Several rows at once crash it (3.13), so it writes one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright';
import type { RealContestant } from '../../../bench/realTurns.ts';
import { isolationHeaders } from '../../../worker/isolation.ts';
import { findChromium, noBrowser } from '../../chromium.ts';
import { serveFiles } from '../files.ts';
import type { PeerRequest } from './request.ts';

const patience = 45_000;

interface Page {
  load(file: string, threads: number): Promise<number>;
  complete(read: number, written: number): Promise<{ reading: number; writing: number; tokens: number }>;
}

/** @throws when there is no Chromium, or it does not start there */
export async function wllamaPeer(
  { folder, sizes }: PeerRequest,
  type: string,
  model: string,
  threads: number,
): Promise<RealContestant> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(noBrowser);
  const headers = threads > 1 ? isolationHeaders : {};
  const served = await serveFiles((path) => ({
    file: path === '/page.html' ? join(import.meta.dirname, 'wllama.html') : join(folder, path),
    headers,
  }));
  const server = await chromium.launchServer({
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  const dispose = async () => {
    await server.close();
    served.close();
  };
  try {
    const root = server.process().pid ?? 0;
    const page = await (await chromium.connect(server.wsEndpoint())).newPage();
    let atFirst = 0;
    await page.exposeFunction('hasRead', () => void (atFirst = processorTimeBelow(root)));
    await page.goto(`${served.address}page.html`);
    await page.waitForFunction(() => 'ready' in window);
    const started = await page.evaluate(
      ([file, count]) => (window as Window & Partial<Page>).load?.(file, count),
      [model, threads] as const,
    );
    if (started !== threads) throw new Error(`it works with ${started} threads, not ${threads}`);
    const complete = async (read: number, written: number) => {
      const before = processorTimeBelow(root);
      const answer = page.evaluate(([a, b]) => (window as Window & Partial<Page>).complete?.(a, b), [
        read,
        written,
      ] as const);
      answer.catch(() => undefined); // whoever comes too late has nothing more to say
      const took = await Promise.race([answer, tooLate()]);
      // A token is a message, and there is one more at the end.
      if (took?.tokens !== written + 2)
        throw new Error(`it wrote ${took?.tokens} of ${written + 2} messages`);
      const cpu = { reading: atFirst - before, writing: processorTimeBelow(root) - atFirst };
      return {
        read: { amount: read, wall: took.reading, cpu: cpu.reading },
        one: { amount: written, wall: took.writing, cpu: cpu.writing },
      };
    };
    await complete(8, 1); // what is made at first use is there
    return {
      ...{ id: `wllama ${type}`, threads, dispose },
      turn: () => complete(sizes.prefill, 2 * sizes.written[0]),
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/**
 * Its threads wait for each other awake, so on a busy machine several take minutes for what one does in seconds.
 * @throws after `patience`
 */
async function tooLate(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, patience).unref());
  throw new Error(`it did not answer within ${patience / 1000} s`);
}

/** Milliseconds of processor time of all processes below one, as Linux tells it in hundredths of a second. NaN elsewhere. */
function processorTimeBelow(root: number): number {
  if (process.platform !== 'linux') return NaN;
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const text = readFileSync(`/proc/${name}/stat`, 'utf8');
        const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
        return [
          {
            pid: Number(name),
            parent: Number(fields[1]),
            ms: 10 * (Number(fields[11]) + Number(fields[12])),
          },
        ];
      } catch {
        return []; // it has ended
      }
    });
  const inside = new Set([root]);
  for (let before = 0; before < inside.size;) {
    before = inside.size;
    for (const { pid, parent } of all) if (inside.has(parent)) inside.add(pid);
  }
  return all.filter(({ pid }) => inside.has(pid)).reduce((sum, { ms }) => sum + ms, 0);
}
