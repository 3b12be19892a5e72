/** What the page says when a link was made on something other than it computes with. */
import { backendTitles } from '../config/backends.ts';
import type { MadeOn } from '../config/link.ts';
import { say } from './say.svelte.ts';

/**
 * @param link what the link was made on, as far as it says
 * @param here what this page computes with, as far as it is known
 * @returns a plain sentence each; none where either says nothing
 */
export function differences(link: MadeOn, here: MadeOn): string[] {
  const said: string[] = [];
  if (link.modelDigest && here.modelDigest && !here.modelDigest.startsWith(link.modelDigest))
    said.push(
      say(
        'The link was made with another version of this model, so the results will not be the same as there.',
      ),
    );
  if (link.backend && here.backend && link.backend !== here.backend)
    said.push(
      say(
        'The link was made on {there}, and this page computes on {here}: the last digits may differ, and so, after some updates, the results.',
        { there: backendTitles[link.backend], here: backendTitles[here.backend] },
      ),
    );
  return said;
}
