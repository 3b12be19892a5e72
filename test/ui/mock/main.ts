/** The real page on a mock run, to work on the interface: `npx vite`, then open /test/ui/mock/?delay=60&failAfter=12&loseAfter=3&limit=1e8 */
import { mountPlayground } from '../../../src/ui/mount.ts';
import { fakeSpeed } from './fakeSpeed.ts';
import { defaultMemory } from './fakeModel.ts';
import { FakeWorker } from './fakeWorker.ts';

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
  { speed: fakeSpeed(10 * Number(query.get('delay') ?? 60)) },
);
