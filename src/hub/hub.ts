/** A hub of models as Hugging Face runs one: what a repository has, and its files, in parts. */
import * as v from 'valibot';
import { shown, shownText } from '../config/outside.ts';
import { hubNameText, type HubName } from './name.ts';

export interface HubOptions {
  /** Its address, without a slash at the end. */
  readonly endpoint: string;
  /** Who asks; '': nobody in particular. It is sent to the hub and to nobody that the hub sends us to. */
  readonly token?: string;
  /** What to do about a model that its owner gives only to some, for the end of a sentence. */
  readonly whenGated: string;
  /** Before a connection that broke is tried again, ms; longer each time. Default 2000. */
  readonly pause?: number;
  readonly fetch?: typeof fetch;
}

/** Why the hub gave nothing, in a sentence with what to do. */
export class HubError extends Error {
  override readonly name = 'HubError';
  /** Another try may succeed, after so many ms. */
  readonly retryAfter: number | null;

  constructor(message: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.retryAfter = options.retryAfter ?? null;
  }
}

export interface HubFile {
  readonly name: string;
  /** Bytes; null: the hub does not say. */
  readonly size: number | null;
  /** Of a large file, 64 hexadecimal digits. */
  readonly sha256: string | null;
  /** Of a small one: what git calls it. */
  readonly git: string | null;
}

/** A repository at one commit. */
export interface HubListing {
  readonly model: HubName;
  readonly commit: string;
  readonly licence: string | null;
  readonly files: readonly HubFile[];
}

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const hex = (digits: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${digits}}$`)));
const licence = v.optional(v.nullable(v.union([v.string(), v.array(v.string())])));
const listingSchema = v.object({
  sha: hex(40),
  gated: v.optional(v.nullable(v.union([v.boolean(), v.string()]))),
  cardData: v.optional(v.nullable(v.object({ license: licence, license_name: licence }))),
  siblings: v.array(
    v.object({
      rfilename: v.string(),
      size: v.optional(v.nullable(size)),
      blobId: v.optional(v.nullable(hex(40))),
      lfs: v.optional(v.nullable(v.object({ sha256: hex(64), size }))),
    }),
  ),
});

const maxListingBytes = 8 << 20;
/** A host that sends nothing for so long is taken for gone, ms. */
const patience = 60_000;

export class Hub {
  readonly endpoint: string;
  readonly #options: HubOptions;
  readonly #pause: number;

  constructor(options: HubOptions) {
    this.#pause = options.pause ?? 2000;
    this.endpoint = options.endpoint.replace(/\/+$/, '');
    this.#options = options;
  }

  /** @throws HubError */
  async list(model: HubName, signal: AbortSignal): Promise<HubListing> {
    const { owner, name, revision } = model;
    const path = `/api/models/${owner}/${name}/revision/${encodeURIComponent(revision)}?blobs=true`;
    const response = await this.#ask(`${this.endpoint}${path}`, {}, signal);
    if (!response.ok) throw this.#refusal(model, response);
    let json: unknown;
    try {
      json = JSON.parse(await textOf(response, maxListingBytes));
    } catch (error) {
      throw this.#garbled(error);
    }
    const parsed = v.safeParse(listingSchema, json);
    if (!parsed.success) {
      const [issue] = parsed.issues;
      throw this.#garbled(new Error(`${v.getDotPath(issue) ?? 'the answer'}: ${issue.message}`));
    }
    const { sha, gated, cardData, siblings } = parsed.output;
    if (gated && !this.#options.token) throw this.#gated(model);
    const named = cardData?.license_name ?? cardData?.license ?? null;
    return {
      ...{ model, commit: sha },
      licence: Array.isArray(named) ? named.join(', ') : named,
      files: siblings.map(({ rfilename, size, blobId, lfs }) => ({
        name: rfilename,
        size: lfs?.size ?? size ?? null,
        sha256: lfs?.sha256 ?? null,
        git: lfs ? null : (blobId ?? null),
      })),
    };
  }

  /**
   * A file's bytes from `begin` on, in pieces; whoever has enough stops. Hosts that refuse ranges send it from its start, of which
   * what comes before is left out.
   * @throws HubError; one with `retryAfter` where the connection broke and the rest may still come
   */
  async *read(
    { model, commit }: Pick<HubListing, 'model' | 'commit'>,
    { name, size }: Pick<HubFile, 'name' | 'size'>,
    begin: number,
    signal: AbortSignal,
    end?: number,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const path = name.split('/').map(encodeURIComponent).join('/');
    const address = `${this.endpoint}/${model.owner}/${model.name}/resolve/${commit}/${path}`;
    const partial = begin > 0 || end !== undefined;
    const range: Record<string, string> = partial
      ? { Range: `bytes=${begin}-${end === undefined ? '' : end - 1}` }
      : {};
    const quiet = new AbortController();
    const both = AbortSignal.any([signal, quiet.signal]);
    const response = await this.#ask(address, range, both, signal);
    if (!response.ok) {
      void response.body?.cancel().catch(() => undefined);
      if (response.status === 404)
        throw new HubError(`${shownText(name)} is not at ${this.endpoint} any more.`);
      throw this.#refusal(model, response);
    }
    const from = response.status === 206 ? begin : 0;
    this.#checkLength(name, size, response, from);
    let skip = begin - from;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const reader = response.body?.getReader();
    try {
      for (;;) {
        clearTimeout(timer);
        timer = setTimeout(() => quiet.abort(), patience);
        const piece = await reader?.read();
        if (!piece || piece.done) return;
        const { value } = piece;
        if (skip < value.byteLength) yield value.subarray(skip);
        skip = Math.max(0, skip - value.byteLength);
      }
    } catch (error) {
      signal.throwIfAborted();
      throw this.broken(error);
    } finally {
      clearTimeout(timer);
      void reader?.cancel().catch(() => undefined);
    }
  }

  /** @throws HubError when the host says another length than the hub */
  #checkLength(name: string, size: number | null, response: Response, from: number): void {
    const [, begin, total] =
      /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '') ?? [];
    const lies = (what: string) => {
      void response.body?.cancel().catch(() => undefined);
      return new HubError(`${shownText(name)}: ${what}. Try again later, or choose another revision.`);
    };
    if (begin !== undefined && Number(begin) !== from)
      throw lies(`byte ${from} was asked for, and byte ${begin} came`);
    if (total !== undefined && size !== null && Number(total) !== size) {
      throw lies(`the hub lists ${size} bytes, and its host has ${total}`);
    }
  }

  async #ask(
    address: string,
    headers: Record<string, string>,
    signal: AbortSignal,
    own = signal,
  ): Promise<Response> {
    const { token, fetch: ask = fetch } = this.#options;
    const authorization: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
    try {
      return await ask(address, {
        headers: { ...headers, ...authorization },
        ...{ signal, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' },
      });
    } catch (error) {
      own.throwIfAborted();
      throw new HubError(
        `${this.endpoint} could not be reached (${wordsOf(error)}). Is there a network, and does it let this page through? Models can also be dropped as files.`,
        { retryAfter: this.#pause, cause: error },
      );
    }
  }

  #refusal(model: HubName, response: Response): HubError {
    const name = hubNameText(model);
    const code = response.headers.get('X-Error-Code');
    const gone = `There is no ${name} at ${this.endpoint}, or it is private. Check how it is written.`;
    if (code === 'RevisionNotFound') {
      return new HubError(`${model.owner}/${model.name} has no revision ${shown(model.revision)}.`);
    }
    switch (response.status) {
      case 404:
        return new HubError(gone);
      case 401: // Hugging Face answers so for what does not exist as well, lest names be guessed
        if (code === 'GatedRepo') return this.#gated(model);
        return this.#options.token
          ? new HubError(`${this.endpoint} does not accept the token for ${name}. Is it still valid?`)
          : new HubError(gone);
      case 403:
        return this.#gated(model);
      case 429:
      case 503: {
        const seconds = Number(response.headers.get('Retry-After') ?? NaN);
        const retryAfter = seconds >= 0 ? 1000 * seconds : this.#pause;
        return new HubError(
          `${this.endpoint} is asked too much at the moment (${response.status}). Try again in ${Math.max(1, Math.ceil(retryAfter / 60_000))} min.`,
          { retryAfter },
        );
      }
      default:
        return new HubError(`${this.endpoint} answers ${response.status} for ${name}. Try again later.`, {
          ...(response.status >= 500 ? { retryAfter: this.#pause } : {}),
        });
    }
  }

  /** The connection ended in the middle; the rest may still come. */
  broken(cause: unknown): HubError {
    const what = `The connection to ${this.endpoint} broke (${wordsOf(cause)}). What has come is kept; go on when there is a network.`;
    return new HubError(what, { retryAfter: this.#pause, cause });
  }

  #gated(model: HubName): HubError {
    return new HubError(
      `${hubNameText(model)} is gated: its owner gives it only to those who accept its terms. ${this.#options.whenGated}`,
    );
  }

  #garbled(cause: unknown): HubError {
    return new HubError(
      `${this.endpoint} answers what no hub answers (${wordsOf(cause)}). Is it one, or a page that wants you to log in?`,
      { cause },
    );
  }
}

async function textOf(response: Response, most: number): Promise<string> {
  const text = await response.text();
  if (text.length > most) throw new Error(`${text.length} characters`);
  return text;
}

const wordsOf = (error: unknown): string => {
  const { cause } = error instanceof Error ? error : {};
  const reason = cause instanceof Error && cause.message ? cause : error;
  return shownText((reason instanceof Error ? reason.message : String(reason)).replace(/\.$/, ''));
};
