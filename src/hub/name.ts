/** What a model is called on a hub. */
import { shown } from '../config/outside.ts';

export interface HubName {
  readonly owner: string;
  readonly name: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
  /** The one of several GGUF files; null: the hub's choice. */
  readonly file: string | null;
}

const part = '[A-Za-z0-9][\\w.-]{0,95}';
const form = new RegExp(
  `^(${part})/(${part})(?:@([\\w][\\w./-]{0,127}))?(?::([\\w][\\w. /-]{0,199}\\.gguf))?$`,
);
const address =
  /^https?:\/\/[^/]+\/([^/?#]+)\/([^/?#]+)(?:\/(?:tree|blob|resolve)\/([^/?#]+))?(?:\/([^?#]+\.gguf))?\/?(?:[?#].*)?$/;

/**
 * @param text "owner/name", with "@revision" and ":file.gguf" behind it or not; or the address of its page
 * @throws Error saying what it must look like
 */
export function parseHubName(text: string): HubName {
  const trimmed = text.trim();
  const [, ...ofAddress] = address.exec(trimmed) ?? [];
  const [of, called, at, picked] = ofAddress;
  const written =
    of === undefined
      ? trimmed
      : `${of}/${called}${at === undefined ? '' : `@${at}`}${picked === undefined ? '' : `:${picked}`}`;
  const [, owner, name, revision = 'main', file = null] = form.exec(written) ?? [];
  if (owner === undefined || name === undefined || /\.\.|\.git$/.test(written)) {
    throw new Error(
      `${shown(trimmed)} is no name of a model. It is OWNER/NAME, as in HuggingFaceTB/SmolLM2-135M-Instruct; ` +
        'a revision follows after @, one of several GGUF files after a colon.',
    );
  }
  return { owner, name, revision, file };
}

/** As `parseHubName` reads it, without a revision that is the usual one. */
export function hubNameText({ owner, name, revision, file }: HubName): string {
  return `${owner}/${name}${revision === 'main' ? '' : `@${revision}`}${file === null ? '' : `:${file}`}`;
}
