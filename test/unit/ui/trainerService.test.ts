/** The trainer's end of the protocol: one driver at a time, and what the page is told when a run cannot go on. */
import { describe, expect, it, vi } from 'vitest';
import { defaultExperiment, withChanges } from '../../../src/config/experiment.ts';
import { SandboxLostError } from '../../../src/sandbox/client.ts';
import { UnrecoverableError } from '../../../src/train/failure.ts';
import type { Loaded } from '../../../src/train/trainable.ts';
import type { Command, TrainerEvent } from '../../../src/worker/protocol.ts';
import { TrainerService, type TrainerServiceOptions } from '../../../src/worker/trainerService.ts';
import { loadFake } from '../../ui/mock/fakeModel.ts';

const experiment = withChanges(defaultExperiment, { promptsPerUpdate: 2, k: 2, steps: 3, evalTasks: 4 });
const load = (runId: string): Command => ({
  ...{ type: 'load', runId, experiment, backend: 'auto', assets: 'https://example.org/' },
});

function setUp(loading: TrainerServiceOptions['load']) {
  const events: TrainerEvent[] = [];
  const service = new TrainerService({ load: loading, emit: (event) => events.push(event) });
  const reaches = (runId: string, phase: string) =>
    vi.waitFor(() => {
      const last = events.findLast((event) => event.type === 'status' && event.runId === runId);
      expect(last).toMatchObject({ phase });
    });
  return { service, events, reaches };
}

describe('TrainerService', () => {
  it('ends what there is at a load, and loads when that is gone', async () => {
    const happened: string[] = [];
    const { service, events, reaches } = setUp(async (command, _port, show, signal) => {
      happened.push(`load ${command.runId}`);
      signal.throwIfAborted();
      const loaded = await loadFake(command.experiment.model, { delay: 0 }, show);
      return Object.assign(loaded, { dispose: () => happened.push(`gone ${command.runId}`) });
    });
    service.obey(load('first'));
    await reaches('first', 'ready');
    service.obey({ type: 'run', runId: 'first' });
    await vi.waitFor(() => expect(events.some(({ type }) => type === 'update')).toBe(true));
    service.obey(load('second'));
    service.obey(load('third')); // at once: the second is not wanted any more
    const told = events.length;
    service.obey({ type: 'step', runId: 'first' }); // late, and dropped
    await reaches('third', 'ready');
    expect(happened.filter((line) => !line.endsWith('second'))).toEqual([
      'load first',
      'gone first',
      'load third',
    ]);
    expect(new Set(events.slice(told).map(({ runId }) => runId))).toEqual(new Set(['third']));
    await service.dispose();
    expect(happened.at(-1)).toBe('gone third');
  });

  const refusing =
    (error: Error): Loaded['begin'] =>
    () =>
      Promise.reject(error);
  it.each<[string, TrainerServiceOptions['load'], Partial<TrainerEvent>]>([
    [
      'nothing could be loaded',
      () => Promise.reject(new UnrecoverableError('No model.', 'Reload the page.', new Error('404'))),
      { what: 'No model.', remedy: 'Reload the page.', detail: '404' },
    ],
    [
      'the experiment does not fit',
      async ({ experiment }, _port, show) =>
        Object.assign(await loadFake(experiment.model, { delay: 0 }, show), {
          begin: refusing(new Error('maxNewTokens: too long')),
        }),
      {
        what: 'The experiment does not fit the model.',
        remedy: 'Change the field it names, then Reset.',
        detail: 'maxNewTokens: too long',
      },
    ],
    [
      'another model is loaded',
      (_command, _port, show) => loadFake('other', { delay: 0 }, show),
      { detail: expect.stringMatching(/^model: the model "other" is loaded/) },
    ],
    [
      'Python is lost',
      async ({ experiment }, _port, show) =>
        Object.assign(await loadFake(experiment.model, { delay: 0 }, show), {
          begin: refusing(new SandboxLostError()),
        }),
      { remedy: 'Press Reset: Python is then restarted.' },
    ],
    [
      'an update fails',
      ({ experiment }, _port, show) => loadFake(experiment.model, { delay: 0, failAfter: 1 }, show),
      { what: expect.stringMatching(/not finite/), remedy: expect.stringMatching(/learning rate/) },
    ],
  ])('says what happened and what to do when %s', async (_, loading, words) => {
    const { service, events, reaches } = setUp(loading);
    service.obey(load('a'));
    service.obey({ type: 'run', runId: 'a' });
    await reaches('a', 'failed');
    expect(events.filter(({ type }) => type === 'failure')).toMatchObject([words]);
    await service.dispose();
  });
});
