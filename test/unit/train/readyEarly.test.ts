/** A run that is ready before its first evaluation is whole, as on the page. */
import { describe, expect, it } from 'vitest';
import { otherModelText } from '../../../src/config/modelFields.ts';
import type { EvalRecord } from '../../../src/rl/records.ts';
import type { Sandbox } from '../../../src/sandbox/types.ts';
import { RunLog } from '../../../src/train/log.ts';
import { MemoryStore } from '../../../src/train/store.ts';
import { another, begin, oneAtATime, timeless, type Driving, type DrivingOptions } from './driving.ts';
import { countsLetter } from './fakeSandbox.ts';
import { manifest } from './logs.ts';

const begun = oneAtATime();
const start = (options: DrivingOptions = {}): Promise<Driving> => begun({ readyEarly: true, ...options });

/** More held-out tasks than are tried first, and than are tried at once after that. */
const changes = { evalTasks: 40 };
const bare = ({ ms: _, ...record }: EvalRecord) => record;
const told = ({ events }: Driving, id = 'a') =>
  events.flatMap((event) => {
    if (event.runId !== id) return [];
    if (event.type === 'update' || event.type === 'eval') return [`${event.type} ${event.record.step}`];
    if (event.type === 'preview') return ['preview'];
    return event.type === 'status' && event.phase === 'ready' && event.stage === 'evaluate' ? ['ready'] : [];
  });
const inOrder = (words: string[]) => words.filter((word, i) => word !== words[i - 1]);

describe('ready early', () => {
  it('shows the first tries, is ready, and evaluates the others while it stands', async () => {
    const one = await start();
    one.driver.obey(begin('a', changes));
    await one.driver.still('a');
    expect(inOrder(told(one))).toEqual(['preview', 'ready', 'eval 0']);
    const last = one.of('a', 'status').at(-1);
    expect([last?.phase, last?.stage]).toEqual(['ready', 'idle']);
    const [preview] = one.of('a', 'preview');
    const [whole] = one.evals('a');
    expect(whole.examples.slice(0, preview.record.examples.length)).toEqual(preview.record.examples);

    const other = await start({ readyEarly: false });
    other.driver.obey(begin('a', changes));
    await other.driver.still('a');
    expect(bare(whole)).toEqual(bare(other.evals('a')[0]));
    expect(other.of('a', 'preview')).toEqual([]);
  });

  it('updates as soon as it is told to; what it learns and how it is evaluated stay the same', async () => {
    const one = await start({
      hear: (event, driver) => {
        if (event.type === 'preview') driver.obey({ type: 'run', runId: 'a' });
      },
    });
    one.driver.obey(begin('a', changes));
    await one.driver.still('a');
    expect(told(one).indexOf('update 1')).toBeLessThan(told(one).indexOf('eval 0'));
    expect(told(one).indexOf('eval 0')).toBeLessThan(told(one).indexOf('eval 2'));

    const other = await start({ readyEarly: false });
    other.driver.obey(begin('a', changes));
    other.driver.obey({ type: 'run', runId: 'a' });
    await other.driver.still('a');
    expect(one.updates('a').map(timeless)).toEqual(other.updates('a').map(timeless));
    expect(one.evals('a').map(bare)).toEqual(other.evals('a').map(bare));
  });

  it('is kept, whatever is set meanwhile: its first evaluation is of what it begins with', async () => {
    const logs: RunLog[] = [];
    const one = await start({
      newLog: async (run) => {
        const log = await RunLog.create(new MemoryStore(), { ...manifest, experiment: run.experiment });
        logs.push(log);
        return log;
      },
      hear: (event, driver) => {
        if (event.type !== 'preview' || event.runId !== 'a') return;
        const set = { ...begin('a', changes).experiment, reward: 'binary', gamma: 0 } as const;
        driver.obey({ type: 'change', runId: 'a', experiment: set });
        driver.obey({ type: 'run', runId: 'a' });
      },
    });
    one.driver.obey(begin('a', changes));
    await one.driver.still('a');
    expect(one.of('a', 'notice').map(({ message }) => message)).toEqual([]);
    const [log] = logs;
    expect(log && log.entriesOf('evaluation').map(({ step }) => step)).toEqual([0, 2, 4]);

    const other = await start();
    other.driver.obey(begin('a', { ...changes, reward: 'binary', gamma: 0 }));
    other.driver.obey({ type: 'run', runId: 'a' });
    await other.driver.still('a');
    expect(one.evals('a').map(bare)).toEqual(other.evals('a').map(bare));
  });

  it('measures a model that others trained to the end before update 1, and says so as soon as it hears of that', async () => {
    const otherModel = otherModelText('Large', '0123456789abcdef'.repeat(4));
    const large = { ...changes, model: 'other', otherModel } as const;
    for (const type of ['run', 'step', 'station'] as const) {
      const one = await start({
        model: otherModel,
        hear: (event, driver) => {
          if (event.type === 'preview') driver.obey({ type, runId: 'a' });
        },
      });
      one.driver.obey(begin('a', large));
      await one.driver.still('a');
      const heard = one.of('a', 'status').filter(({ phase, step }) => phase === 'running' && step === 0);
      expect(heard[0]?.stage).toBe('evaluate');
      const order = told(one).filter((word) => word !== 'preview');
      expect(order.slice(0, 2)).toEqual(type === 'station' ? ['eval 0'] : ['eval 0', 'update 1']);
    }
  });

  it('counts held-out tasks as their answers come, not only part by part', async () => {
    const one = await start();
    one.driver.obey(begin('a', changes));
    await one.driver.still('a');
    const counts = one
      .of('a', 'status')
      .flatMap((at) => (at.stage === 'evaluate' && at.total > 0 ? [at] : []));
    for (const { done, total } of counts) expect([total, done <= total]).toEqual([40, true]);
    const done = counts.map((at) => at.done);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  it('has evaluated the loaded model before anything later is evaluated', async () => {
    const one = await start({
      hear: (event, driver) => {
        if (event.type === 'preview') driver.obey({ type: 'run', runId: 'a' });
      },
    });
    one.driver.obey(begin('a', { evalTasks: 80, steps: 2, evalEvery: 1 }));
    await one.driver.still('a');
    expect(told(one).filter((word) => word.startsWith('eval'))).toEqual(['eval 0', 'eval 1', 'eval 2']);
  });

  it('stands at a station in the meantime, evaluates nothing there, and does so after the update', async () => {
    const one = await start({
      hear: (event, driver) => {
        if (event.type === 'preview') driver.obey({ type: 'station', runId: 'a' });
      },
    });
    one.driver.obey(begin('a', changes));
    await one.driver.still('a');
    const last = one.of('a', 'status').at(-1);
    expect([last?.phase, last?.stage, last?.at?.station]).toEqual(['paused', 'idle', 'write']);
    expect(one.evals('a')).toEqual([]);
    one.driver.obey({ type: 'step', runId: 'a' });
    await one.driver.still('a');
    expect(one.updates('a')).toHaveLength(1);
    expect(one.evals('a').map(({ step }) => step)).toEqual([0]);
  });

  it('waits for the whole evaluation where the policy is not the loaded model from the start', async () => {
    const readInitial = () => Promise.resolve(another);
    const evaluated = async (readyEarly: boolean) => {
      const one = await start({ readyEarly, readInitial });
      one.driver.obey(begin('a', { ...changes, initialPolicy: 'cheating', gamma: 0 }));
      await one.driver.still('a');
      expect(one.of('a', 'preview')).toEqual([]);
      return one.evals('a').map(bare);
    };
    expect(await evaluated(true)).toEqual(await evaluated(false));
  });

  it('ends with its reason when the rest cannot be graded, and can be closed in the middle of it', async () => {
    const graded = countsLetter('e');
    let asked = 0;
    const sandbox: Sandbox = {
      ready: () => graded.ready(),
      get stats() {
        return graded.stats;
      },
      grade: (requests) =>
        (asked += requests.length) > 20
          ? Promise.reject(new Error('Python is gone.'))
          : graded.grade(requests),
      dispose: () => graded.dispose(),
    };
    const one = await start({ sandbox });
    one.driver.obey(begin('a', changes));
    await expect(one.driver.still('a')).rejects.toThrow('Python is gone.');
    expect(one.of('a', 'failure')).toHaveLength(1);

    const two = await start({
      hear: (event, driver) => {
        if (event.type === 'preview') void driver.close('a');
      },
    });
    two.driver.obey(begin('a', changes));
    two.driver.obey(begin('b', changes));
    await two.driver.still('b');
    expect(two.evals('a')).toEqual([]);
    expect(two.evals('b')).toHaveLength(1);
  });
});
