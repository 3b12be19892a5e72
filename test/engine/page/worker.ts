import type { BackendRequest } from '../../../src/engine/index.ts';
import { probe } from './probe.ts';

self.onmessage = (event: MessageEvent<BackendRequest>) => {
  probe(event.data).then(
    (result) => self.postMessage(result),
    (error: unknown) => self.postMessage(String(error)),
  );
};
