/**
 * What people pass on to one another: a link or, where the receipt is too long for one, a file of the same content. The page and
 * `npm run verify` read both here.
 */
import * as v from 'valibot';
import {
  damagedLink,
  decodeLink,
  encodeLink,
  maxLinkLength,
  type DecodedLink,
  type MadeOn,
} from '../config/link.ts';
import type { Experiment } from '../config/fields.ts';
import { checkFormat } from '../config/formats.ts';
import { isObject, shownText } from '../config/outside.ts';
import { DamagedError, isPackable, packJson, unpackJson } from '../config/packed.ts';
import type { View } from '../config/view.ts';
import { packReceipt, unpackReceipt } from './pack.ts';
import { narrowed, readReceipt, widths, writtenReceipt, type Receipt } from './receipt.ts';

/** A link that is short enough for a chat or a slide; its digests are shortened to get there. */
const comfortable = 1900;

/** Most bytes of a file that are read: the longest receipt there can be has 700,000. */
export const maxFileBytes = 2 << 20;

const fileFormat = 1;

export interface Shared {
  readonly link: DecodedLink;
  readonly receipt: Receipt | null;
  /** The problems that the experiment names, as they are kept (tasks/problemSet.ts), not checked yet; null: not in it. */
  readonly problems: string | null;
}

/** What is passed on. */
export interface ToShare {
  readonly experiment: Experiment;
  readonly madeOn: MadeOn;
  readonly view?: View;
  readonly receipt?: Receipt | null;
  /** The problems that the experiment names. */
  readonly problems?: string | null;
}

/** The fragment of a link, with its '#'; null where it would be too long to be read, so that a file has to do. */
export function fragmentOf({
  experiment,
  madeOn,
  view = {},
  receipt = null,
  problems = null,
}: ToShare): string | null {
  if (problems !== null && !isPackable(problems)) return null;
  const carried = problems === null ? '' : packJson(problems);
  if (carried.length > maxLinkLength) return null;
  if (!receipt) return readable(encodeLink(experiment, madeOn, view, '', carried));
  let fragment = '';
  for (const width of widths.toReversed()) {
    fragment = encodeLink(experiment, madeOn, view, packReceipt(narrowed(receipt, width)), carried);
    if (fragment.length <= comfortable) return fragment;
  }
  return readable(fragment);
}

const readable = (fragment: string): string | null => (fragment.length <= maxLinkLength ? fragment : null);

/** The same as a file, with whole digests. @throws Error, a sentence, when its problems make it too long to be read */
export function fileOf({ experiment, madeOn, view = {}, receipt = null, problems = null }: ToShare): string {
  const text = `${JSON.stringify({
    kind: fileKind,
    format: fileFormat,
    link: encodeLink(experiment, madeOn, view),
    ...(receipt ? { result: writtenReceipt(receipt) } : {}),
    ...(problems === null ? {} : { problems }),
  })}\n`;
  if (problems === null || new TextEncoder().encode(text).length <= maxFileBytes) return text;
  throw new Error(
    `Your own problems are too many for this file, which has at most ${maxFileBytes >> 20} MB. Save the run in “Files”: that has them.`,
  );
}

const fileKind = 'cocos-playground';
const fileSchema = v.strictObject({
  kind: v.literal(fileKind),
  format: v.number(),
  link: v.string(),
  result: v.optional(v.unknown()),
  problems: v.optional(v.string()),
});

/**
 * Reads a whole link, what stands behind its '#', or the content of a file.
 * @throws Error with a sentence that says what is wrong
 */
export function readShared(text: string): Shared {
  return /^\s*\{/.test(text) ? readFile(text) : readLink(text.replace(/^[^#]*#/, ''));
}

/** @throws Error likewise */
export function readLink(fragment: string): Shared {
  const link = decodeLink(fragment);
  if (link.problem !== null) throw new Error(link.problem);
  const receipt = link.receipt
    ? unpacked('a result', () => unpackReceipt(link.receipt, link.experiment))
    : null;
  const problems = link.problems ? unpacked('problems', () => unpackText(link.problems)) : null;
  return { link, receipt, problems };
}

function unpackText(packed: string): string {
  const text = unpackJson(packed);
  if (typeof text !== 'string') throw new Error('they are no text');
  return text;
}

function unpacked<T>(what: string, unpack: () => T): T {
  try {
    return unpack();
  } catch (error) {
    if (error instanceof DamagedError) throw new Error(damagedLink, { cause: error });
    throw new Error(`The link has ${what} that cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

function readFile(text: string): Shared {
  if (text.length > maxFileBytes)
    throw new Error(`The file is too long: at most ${maxFileBytes >> 20} MB are read.`);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new Error('The file is not JSON: it is damaged, or of another kind.', { cause: error });
  }
  try {
    return readSharedFile(data);
  } catch (error) {
    throw new Error(`The file cannot be used: ${messageOf(error)}.`, { cause: error });
  }
}

/** Share made it, or somebody says so. */
export const saysShared = (data: unknown): boolean => isObject(data) && data['kind'] === fileKind;

/**
 * Reads the content of such a file, parsed.
 * @throws Error with a clause that says what is wrong; it may quote the file
 */
export function readSharedFile(data: unknown): Shared {
  if (!isObject(data) || !saysShared(data)) throw new Error('it is not a file that Share made');
  checkFormat(data['format'], fileFormat);
  const parsed = v.safeParse(fileSchema, data);
  if (!parsed.success)
    throw new Error(`${v.getDotPath(parsed.issues[0]) ?? ''}: ${parsed.issues[0].message}`);
  const { link: fragment, result, problems = null } = parsed.output;
  const link = decodeLink(fragment);
  if (link.problem !== null) throw new Error(link.problem);
  if (result === undefined) return { link, receipt: null, problems };
  if (!(link.madeOn.backend && link.madeOn.modelDigest))
    throw new Error('it does not say on which back end and with which model its result was made');
  return { link, receipt: readReceipt(result, link.experiment), problems };
}

/** Of a message that may quote what came from outside. */
const messageOf = (error: unknown): string =>
  shownText((error instanceof Error ? error.message : String(error)).replace(/\.$/, ''), 240);
