/** The trainer's end of the sandbox: what it does when the other end falls silent. */
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectSandbox } from '../../src/sandbox/client.ts';
import { clientMessage, type ClientMessage, type PoolMessage } from '../../src/sandbox/clientProtocol.ts';
import { shownCap } from '../../src/sandbox/limits.ts';
import type { Sandbox } from '../../src/sandbox/types.ts';

const program = { code: 'def f(): return 1', setup: '', tests: ['assert f() == 1'] };
const stats = { graded: 0, cacheHits: 0, timeouts: 0, respawns: 0, infra: 0, workers: 1 };

let sandbox: Sandbox;
let supervisor: MessagePort;
let heard: ClientMessage['kind'][];
/** Whether the supervisor answers. */
let alive: boolean;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { port1, port2 } = new MessageChannel();
  [supervisor, heard, alive] = [port2, [], true];
  supervisor.onmessage = ({ data }) => {
    const message = v.parse(clientMessage, data);
    heard.push(message.kind);
    if (message.kind === 'ping' && alive) answer({ kind: 'alive' });
  };
  sandbox = connectSandbox(port1);
});
afterEach(() => {
  sandbox.dispose();
  supervisor.close();
  vi.useRealTimers();
});

const answer = (message: PoolMessage): void => supervisor.postMessage(message);

/** Lets so many seconds pass, and messages through after each. */
async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    vi.advanceTimersByTime(1000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe('a sandbox behind a port', () => {
  it('is asked whether it is there only while it owes verdicts, and given time as long as it answers', async () => {
    await pass(20);
    expect(heard).toEqual([]);
    const graded = sandbox.grade([program]);
    await pass(120);
    expect(heard.filter((kind) => kind === 'ping').length).toBeGreaterThan(20);
    answer({ kind: 'verdicts', id: 0, verdicts: [], stats });
    expect(await graded).toEqual([]);
    await pass(6);
    const before = heard.length;
    await pass(60);
    expect(heard.length).toBe(before);
  });

  it('is given up when it falls silent: everything it owes is rejected, and every later request', async () => {
    const graded = Promise.allSettled([sandbox.grade([program]), sandbox.grade([program]), sandbox.ready()]);
    await pass(20);
    alive = false;
    await pass(40);
    for (const result of await graded) {
      expect(result).toMatchObject({ reason: { message: 'The Python sandbox stopped answering.' } });
    }
    await expect(sandbox.grade([program])).rejects.toThrow('The Python sandbox stopped answering.');
  });

  it('ends when it sends what is no message, or too long a one: everything it owes is rejected', async () => {
    const graded = sandbox.grade([program]);
    const test = { status: 'error', expression: '', expected: '', got: '', exception: null, ms: 1 } as const;
    const verdict = (got: string) => ({
      ...({ status: 'error', passed: 0, total: 1, stdout: '', ms: 1, cached: false } as const),
      tests: [{ ...test, got }],
    });
    answer({ kind: 'verdicts', id: 0, verdicts: [verdict('x'.repeat(shownCap))], stats });
    expect((await graded)[0]?.status).toBe('error');
    const flooded = sandbox.grade([program]);
    answer({ kind: 'verdicts', id: 1, verdicts: [verdict('x'.repeat(shownCap + 1))], stats });
    await expect(flooded).rejects.toThrow('malformed message from the sandbox');
    await expect(sandbox.grade([program])).rejects.toThrow('malformed message');
  });
});
