/**
 * How much of something is tried: `npm test` tries a sample that is spread over all of it, `npm run prove -- samples` all of it.
 */
import process from 'node:process';

/** Set by the proof, for every file that imports this one. */
export const wholeAmount = 'COCOS_WHOLE_AMOUNT';

/**
 * @param sample what `npm test` tries
 * @param whole what the proof tries
 */
export const amount = <S, W>(sample: S, whole: W): S | W => (process.env[wholeAmount] ? whole : sample);

/** Defines tests that only the proof runs: they take long, and the others of their file show most of what they do. */
export const inProof = (define: () => void): void => amount(() => {}, define)();
