/** The recorded update that is shown while the model is loading; `npm run first-episode` makes it. */
import * as v from 'valibot';
import { readExperimentFile } from '../config/formats.ts';
import { updateRecordSchema, type UpdateRecord } from '../rl/records.ts';

/**
 * @param assets absolute address of the folder it lies in
 * @returns null when it cannot be had: the page then waits for the first real answer
 */
export async function readFirstEpisode(assets: string): Promise<UpdateRecord | null> {
  try {
    const response = await fetch(new URL('first-episode.json', assets));
    return parseFirstEpisode(await response.json());
  } catch {
    return null;
  }
}

/**
 * Its experiment is of the format in which it was recorded, as in any other file.
 * @throws Error when it is no update record
 */
export function parseFirstEpisode(data: unknown): UpdateRecord {
  const { experiment, ...rest } = v.parse(v.looseObject({ experiment: v.unknown() }), data);
  return v.parse(updateRecordSchema, { ...rest, experiment: readExperimentFile(experiment).experiment });
}
