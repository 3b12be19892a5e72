/** Which hub a build or a command asks, and whom its pages may speak to because of that. Both are fixed when it is built. */
import { shown } from '../config/outside.ts';

export interface HubPlaces {
  /** Address of the hub, without a slash at the end. */
  readonly endpoint: string;
  /** All that a page must be allowed to connect to, for `connect-src`: the hub, and where it sends whoever wants a large file. */
  readonly connect: readonly string[];
}

const usual = 'https://huggingface.co';
/** Its large files lie on cdn-lfs.hf.co, cas-bridge.xethub.hf.co and others of this name, which change. */
const usualHosts = 'https://*.hf.co';

/**
 * @param env HF_ENDPOINT: another hub, such as a school's mirror (the same that Hugging Face's own tools read); HF_CONTENT_HOSTS: the
 *   origins that it sends to for large files, with spaces between them, if it has others than its own
 * @throws Error naming the variable
 */
export function hubPlaces(env: Readonly<Record<string, string | undefined>>): HubPlaces {
  const endpoint = (env['HF_ENDPOINT'] || usual).replace(/\/+$/, '');
  const origin = originOf('HF_ENDPOINT', endpoint);
  const hosts = env['HF_CONTENT_HOSTS'] ?? (endpoint === usual ? usualHosts : '');
  const others = hosts.split(/\s+/).filter((host) => host !== '');
  return { endpoint, connect: [origin, ...others.map((host) => originOf('HF_CONTENT_HOSTS', host))] };
}

function originOf(variable: string, text: string): string {
  // A name may begin with "*.", as in the policy that it becomes a part of.
  const [, origin, path = ''] = /^(https?:\/\/(?:\*\.)?[\w.-]+(?::\d+)?)(\/[\w./-]*)?$/.exec(text) ?? [];
  const local = /^http:\/\/(localhost|127\.0\.0\.1)(:|$)/;
  if (
    origin !== undefined &&
    (origin.startsWith('https:') || local.test(origin)) &&
    (path === '' || variable === 'HF_ENDPOINT')
  ) {
    return origin;
  }
  throw new Error(
    `${variable}: ${shown(text)} is no https address of a host. Write it as https://hub.example.org.`,
  );
}
