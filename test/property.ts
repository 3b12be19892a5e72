/**
 * fast-check, as every property test imports it. `npm test` tries the same 40 cases each time, unless a test says how many, so that
 * a red run means that something was changed; `npm run prove -- samples` draws 100 new ones, and prints the seed of a failure.
 */
import fc from 'fast-check';
import process from 'node:process';
import { wholeAmount } from './amount.ts';

if (!process.env[wholeAmount]) fc.configureGlobal({ seed: 20_261_127, numRuns: 40 });

export default fc;
