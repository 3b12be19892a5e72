import type { Clocks, RealSizes } from '../../../bench/realTurns.ts';

/** What a peer is asked for. */
export interface PeerRequest {
  /** With its package in node_modules, and models. */
  readonly folder: string;
  readonly sizes: RealSizes;
  readonly clocks: Clocks;
}
