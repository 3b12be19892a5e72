/** The real page on a mock run, to work on the interface: `npx vite`, then open /test/ui/mock/?delay=60&failAfter=12&loseAfter=3&limit=1e8&kept=some */
import { mountPlayground } from '../../../src/ui/mount.ts';
import { MemoryRuns } from '../memoryRuns.ts';
import { sampleRuns } from '../keptSamples.ts';
import { fakeSpeed } from './fakeSpeed.ts';
import { defaultMemory } from './fakeModel.ts';
import { FakeWorker } from './fakeWorker.ts';

/** ?kept=some, none, or why nothing is kept. */
function keptRuns(said: string): MemoryRuns {
  const runs = said === 'some' ? sampleRuns() : new MemoryRuns();
  if (said !== 'some' && said !== 'none') runs.why = said;
  return runs;
}

const query = new URLSearchParams(window.location.search);
mountPlayground(
  {
    createWorker: () =>
      new FakeWorker({
        delay: Number(query.get('delay') ?? 60),
        failAfter: Number(query.get('failAfter') ?? 0),
        loseAfter: Number(query.get('loseAfter') ?? 0),
        memory: { ...defaultMemory, limit: Number(query.get('limit') ?? defaultMemory.limit) },
      }),
    createSandboxPort: async () => new MessageChannel().port1,
    assets: new URL('/', window.location.href).href,
  },
  { speed: fakeSpeed(10 * Number(query.get('delay') ?? 60)), kept: keptRuns(query.get('kept') ?? 'none') },
);
