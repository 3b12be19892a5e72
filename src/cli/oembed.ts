/**
 * What a build tells sites that embed by oEmbed (https://oembed.com): docs/embedding.md. Their answer must hold a whole address, and a
 * build does not know where it will lie, so there is one only where the builder says it: SITE_ADDRESS.
 */

import { defaultExperiment } from '../config/experiment.ts';
import { encodeLink } from '../config/link.ts';

/** Of the frame where nobody says otherwise, CSS pixels. */
const size = { width: 960, height: 600 };
const title = 'CoCoS Playground';

export interface OEmbed {
  /** oembed.json: the same for every link, because a host of files sees no fragment. */
  readonly answer: string;
  /** Where the answer will lie, for the page's own <link>. */
  readonly address: string;
}

/**
 * @param siteAddress where the build will lie, with or without a slash at its end
 * @throws Error when it is no address of a web page
 */
export function oembed(siteAddress: string): OEmbed {
  const site = URL.parse(siteAddress.replace(/\/?$/, '/'));
  if (!site || !/^https?:$/.test(site.protocol) || site.search || site.hash)
    throw new Error(
      `SITE_ADDRESS must be where the site will lie, such as https://me.example/playground/, not "${siteAddress}".`,
    );
  const src = site.href + encodeLink(defaultExperiment, {}, { embed: true });
  const html = `<iframe src="${src.replaceAll('&', '&amp;')}" title="${title}" width="${size.width}" height="${size.height}" style="border: 0; max-width: 100%" allow="clipboard-write; cross-origin-isolated" loading="lazy"></iframe>`;
  const answer = {
    version: '1.0',
    type: 'rich',
    title,
    provider_name: title,
    provider_url: site.href,
    ...size,
    html,
  };
  return { answer: `${JSON.stringify(answer, null, 2)}\n`, address: new URL('oembed.json', site).href };
}
