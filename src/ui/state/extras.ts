/** What the page may be given beside the trainer. */
import type { KeptRuns } from '../../keep/keptRuns.ts';
import type { KeepOffline } from '../../worker/offline.ts';
import type { SpeedTools } from '../../worker/speed.ts';
import type { RefusalsState } from './refusals.svelte.ts';

export interface Extras {
  readonly keepOffline?: KeepOffline | undefined;
  /** What measures speed; the real thing unless given. */
  readonly speed?: SpeedTools;
  /** Where the trainer says what the browser refuses. */
  readonly refusals?: RefusalsState;
  /** The runs that outlive the page; none unless given. */
  readonly kept?: KeptRuns;
}
