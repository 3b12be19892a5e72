/**
 * Experiments in the address bar: `#v=1&gamma=0.5&objective=released-code`. The fragment holds the version of this
 * format and every field that differs from the default, in words a person can read and edit. The page adds what the link was
 * made on, `&made-on=wasm&model-digest=sha256-0123456789ab`, and what it is to show (`view.ts`), and, packed,
 * what came of it (`&z=…`, receipts/pack.ts), and the problems that it is about, where they are the user's own and few (`&p=…`).
 *
 * Such a link is made of letters, digits and `-.=&` only, and `_` in what is packed (packed.ts); texts too (`linkText.ts`). Whatever else stands in one was put there on the way, by a mail or chat
 * program, and is undone before the link is given up.
 */
import * as v from 'valibot';
import { backendNames, type BackendName } from './backends.ts';
import { defaultExperiment, describeError, diff, parseExperiment, valueFromText } from './experiment.ts';
import { field, isFieldName, type Experiment } from './fields.ts';
import { defaultsAt, experimentFormat, migrate, oldestFormat } from './formats.ts';
import { decodeText, encodeText } from './linkText.ts';
import { shownText } from './outside.ts';
import { encodeView, viewNames, viewSchema, type View } from './view.ts';

/** The newest version of a link that is read: the format of the fields it names. */
export const linkVersion = experimentFormat;

/** Longest fragment that is read, in characters. */
export const maxLinkLength = 32 * 1024;

/** What a link was made on, as far as it says: results are the same only on the same. */
export interface MadeOn {
  readonly backend?: BackendName | undefined;
  /** The digest of the experiment's model (model/digest.ts), or its first 12 digits or more. */
  readonly modelDigest?: string | undefined;
}

/** The formats since which links say what they were made on, and what they show or came to. */
const sinceMadeOn = 3;
const sinceView = 7;
const sinceProblems = 8;

export interface DecodedLink {
  /** The default experiment whenever there is a problem: a link is taken whole or not at all. */
  readonly experiment: Experiment;
  /** The format that it states; today's where there is none. */
  readonly version: number;
  readonly madeOn: MadeOn;
  readonly view: View;
  /** A receipt, still packed; '' for none. Whoever wants it unpacks it (receipts/pack.ts). */
  readonly receipt: string;
  /** The problems that the experiment names, likewise; '' where they are not in it. */
  readonly problems: string;
  /** What was wrong, in plain words that name the field, or null. */
  readonly problem: string | null;
  /** What an older link names that is gone since, without a change of the result. */
  readonly notes: readonly string[];
}

/** The fragment, with its '#', that `decodeLink` turns back into the same. Its version is the oldest that can say it. */
export function encodeLink(
  experiment: Experiment,
  madeOn: MadeOn = {},
  view: View = {},
  receipt = '',
  problems = '',
): string {
  const changes = diff(experiment);
  const pairs = Object.entries(changes).map(([name, value]) => `${name}=${inLink(name, value)}`);
  const on = encodeMadeOn(madeOn);
  const shows = [...encodeView(view), ...(receipt ? [`z=${receipt}`] : [])];
  const carries = problems ? [`p=${problems}`] : [];
  const version = Math.max(
    oldestFormat(changes),
    on.length > 0 ? sinceMadeOn : 1,
    shows.length > 0 ? sinceView : 1,
    carries.length > 0 ? sinceProblems : 1,
  );
  return `#${[`v=${version}`, ...pairs, ...on, ...carries, ...shows].join('&')}`;
}

const isText = (name: string): boolean => isFieldName(name) && field(name).kind === 'text';
const inLink = (name: string, value: string | number | boolean): string =>
  isText(name) ? encodeText(String(value)) : encodeURIComponent(value);

/** The parts of a link beside the experiment's fields, which have other names. */
const partsSchema = v.object({
  ...viewSchema.entries,
  'made-on': v.optional(v.picklist(backendNames, `must be one of ${backendNames.join(', ')}`)),
  // A word before the digits: "=3d" would be taken for quoted-printable.
  'model-digest': v.optional(
    v.pipe(v.string(), v.regex(/^sha256-[\da-f]{12}$/, 'must be sha256- and 12 hexadecimal digits')),
  ),
  z: v.optional(v.pipe(v.string(), v.regex(/^r[\w-]*z$/))),
  p: v.optional(v.pipe(v.string(), v.regex(/^r[\w-]*z$/))),
});

const encodeMadeOn = ({ backend, modelDigest }: MadeOn): string[] => [
  ...(backend ? [`made-on=${backend}`] : []),
  ...(modelDigest ? [`model-digest=sha256-${modelDigest.slice(0, 12)}`] : []),
];

/** Reads a fragment, with or without its '#'. Never throws. An empty fragment is the default experiment. */
export function decodeLink(fragment: string): DecodedLink {
  let body = fragment.replace(/^#/, '');
  if (body === '') return refuse(null);
  if (body.length > maxLinkLength) {
    return refuse(`The link is too long: ${body.length} characters, and at most ${maxLinkLength} are read.`);
  }
  let read = readLink(body);
  for (let round = 0; read.problem !== null && round < maxRounds; round++) {
    const before = body;
    body = undoOnce(body);
    if (body === before) break;
    read = readLink(body);
  }
  return read;
}

/** How often what was done to a link is undone: a text that was encoded more often is not meant to be read. */
const maxRounds = 6;

/** Said of a link whose result is damaged: nobody can mend that by hand. */
export const damagedLink = 'The link was cut short or changed on the way. Ask for it again.';

/**
 * Undoes one layer of what mail and chat programs do to a link. No value that a link can hold is changed by any of it: the
 * characters it removes or decodes never stand in one. A link that was cut short (…) is left alone: its last value is in doubt.
 */
function undoOnce(text: string): string {
  const plain = text
    // White space is put in where a long line is wrapped and is to be ignored (RFC 3986, appendix C); in forms it is a plus.
    .replace(/[\s+\p{Cf}]/gu, '')
    .replace(/&(?:amp|#0*38|#x0*26);/gi, '&')
    .replace(/&(?:equals|#0*61|#x0*3d);/gi, '=')
    .replace(/=3D/gi, '='); // quoted-printable; no value begins so
  const whole = withoutEnd(plain);
  try {
    return decodeURIComponent(whole);
  } catch {
    return whole;
  }
}

/** What stood behind a link in a text, one piece. */
const endPiece = /(?:&(?:amp|[gl]t|quot|apos|#x?[\da-f]{1,8})|[)\]}>"'’”»*_~`.,;:!?&])$/iu;
/** At least as long as any piece. Looked for in the whole text, it holds up the page for seconds with a link made for that. */
const longestPiece = 12;

/** Without such pieces, unless two points say that the link was cut short. */
function withoutEnd(text: string): string {
  let end = text.length;
  for (;;) {
    const piece = endPiece.exec(text.slice(Math.max(0, end - longestPiece), end));
    if (!piece) break;
    end -= piece[0].length;
  }
  return text.slice(end).includes('..') ? text : text.slice(0, end);
}

/** The default experiment: nothing is there, or something is wrong. */
const refuse = (problem: string | null): DecodedLink => ({
  experiment: defaultExperiment,
  version: linkVersion,
  madeOn: {},
  view: {},
  receipt: '',
  problems: '',
  problem,
  notes: [],
});

/** Parts that may stand without a value. */
const bare: readonly string[] = viewNames.filter((name) => v.is(viewSchema.entries[name], ''));

/** Reads a link as it was made, but for parts that are empty. */
function readLink(body: string): DecodedLink {
  const values = new Map<string, string>();
  for (const pair of body.split('&').filter((part) => part !== '')) {
    const cut = bare.includes(pair) ? pair.length : pair.indexOf('=');
    if (cut < 1) return refuse(`The link has a part that is not name=value: "${shorten(pair)}".`);
    const name = pair.slice(0, cut);
    if (values.has(name)) return refuse(`The link sets ${shorten(name)} twice.`);
    try {
      const value = decodeURIComponent(pair.slice(cut + 1));
      values.set(name, isText(name) ? decodeText(value) : value);
    } catch {
      return refuse(`The link's value of ${shorten(name)} is not readable.`);
    }
  }

  const version = values.get('v');
  if (version === undefined)
    return refuse('The link has no version (v=1), so it is not a link of this playground.');
  if (!/^[1-9]\d*$/.test(version))
    return refuse(`The link has no version that is a whole number: "${shorten(version)}".`);
  if (Number(version) > linkVersion) {
    return refuse(
      `The link was made by a newer playground (v=${shorten(version)}; this one reads up to v=${linkVersion}). Reload the page to get the newest.`,
    );
  }

  values.delete('v');
  const parts = v.safeParse(partsSchema, Object.fromEntries(values));
  if (!parts.success) {
    const name = v.getDotPath(parts.issues[0])?.split('.')[0] ?? '';
    if (name === 'z' || name === 'p') return refuse(damagedLink);
    return refuse(
      `A value in the link is not valid: ${name}: ${parts.issues[0].message}, not "${shorten(values.get(name) ?? '')}".`,
    );
  }
  for (const name of Object.keys(partsSchema.entries)) values.delete(name);
  const {
    'made-on': backend,
    'model-digest': modelDigest,
    z: receipt = '',
    p: problems = '',
    ...view
  } = parts.output;
  if (receipt && !(backend && modelDigest))
    return refuse(
      'The link has a result, but does not say on which back end and with which model it was made.',
    );
  const madeOn: MadeOn = { backend, modelDigest: modelDigest?.replace('sha256-', '') };

  const format = Number(version);
  const {
    values: today,
    notes,
    errors,
  } = migrate({ ...defaultsAt(format), ...Object.fromEntries(values) }, format);
  if (errors.length > 0) return refuse(`A value in the link is not valid: ${describeError(errors[0])}.`);
  const unknown = Object.keys(today).find((name) => !isFieldName(name));
  if (unknown !== undefined) return refuse(`The link sets an unknown field: ${shorten(unknown)}.`);
  const parsed = parseExperiment(
    Object.fromEntries(
      Object.entries(today).map(([name, value]) => [
        name,
        typeof value === 'string' && isFieldName(name) ? valueFromText(field(name), value) : value,
      ]),
    ),
  );
  if (!parsed.ok) return refuse(`A value in the link is not valid: ${describeError(parsed.errors[0])}.`);
  const { experiment } = parsed;
  if (problems && experiment.tasks !== 'own')
    return refuse('The link carries problems, but its tasks are generated.');
  return { experiment, version: format, madeOn, view, receipt, problems, problem: null, notes };
}

const shorten = (text: string): string => shownText(text, 40);
