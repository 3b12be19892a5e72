/** The recorded update that is shown while the model is loading; `npm run first-episode` makes it. */
import * as v from 'valibot';
import { updateRecordSchema, type UpdateRecord } from '../rl/records.ts';

/**
 * @param assets absolute address of the folder it lies in
 * @returns null when it cannot be had: the page then waits for the first real answer
 */
export async function readFirstEpisode(assets: string): Promise<UpdateRecord | null> {
  try {
    const response = await fetch(new URL('first-episode.json', assets));
    const parsed = v.safeParse(updateRecordSchema, await response.json());
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
