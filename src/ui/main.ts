/** Entry of the page. */
import { browserTrainer } from '../worker/client.ts';
import { keepOffline } from '../worker/offline.ts';
import { BrowserRuns } from '../worker/keptRuns.ts';
import { mountPlayground } from './mount.ts';
import { RefusalsState } from './state/refusals.svelte.ts';

const refusals = new RefusalsState();
mountPlayground(browserTrainer(refusals.add), {
  keepOffline: import.meta.env.PROD ? keepOffline : undefined,
  refusals,
  kept: new BrowserRuns(),
});
