/** A receipt in a link. */
import type { Experiment } from '../config/fields.ts';
import { packJson, unpackJson } from '../config/packed.ts';
import { readReceipt, writtenReceipt, type Receipt } from './receipt.ts';

export const packReceipt = (receipt: Receipt): string => packJson(writtenReceipt(receipt));

/**
 * @param experiment that of the link
 * @throws Error, a clause: what is wrong with it; a DamagedError (config/packed.ts) where that is not for a person to mend
 */
export const unpackReceipt = (text: string, experiment: Experiment): Receipt =>
  readReceipt(unpackJson(text), experiment);
