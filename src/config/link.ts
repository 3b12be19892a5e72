/**
 * Experiments in the address bar: `#v=1&gamma=0.5&objective=released-code`. The fragment holds the version of this
 * format and every field that differs from the default, in words a person can read and edit.
 */
import { defaultExperiment, describeError, diff, parseExperiment, valueFromText } from './experiment.ts';
import { field, isFieldName, type Experiment } from './fields.ts';

/** Raised whenever an older link would mean something else, e.g. when a default changes. */
export const linkVersion = 1;

/** Longest fragment that is read, in characters. */
export const maxLinkLength = 32 * 1024;

export interface DecodedLink {
  /** The default experiment whenever there is a problem: a link is taken whole or not at all. */
  readonly experiment: Experiment;
  /** What was wrong, in plain words that name the field, or null. */
  readonly problem: string | null;
}

/** The fragment, with its '#', that `decodeLink` turns back into the same experiment. */
export function encodeLink(experiment: Experiment): string {
  const pairs = Object.entries(diff(experiment)).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  return `#${[`v=${linkVersion}`, ...pairs].join('&')}`;
}

/** Reads a fragment, with or without its '#'. Never throws. An empty fragment is the default experiment. */
export function decodeLink(fragment: string): DecodedLink {
  const body = fragment.startsWith('#') ? fragment.slice(1) : fragment;
  if (body === '') return { experiment: defaultExperiment, problem: null };
  const refuse = (problem: string): DecodedLink => ({ experiment: defaultExperiment, problem });
  if (body.length > maxLinkLength) {
    return refuse(`The link is too long: ${body.length} characters, and at most ${maxLinkLength} are read.`);
  }

  const values = new Map<string, string>();
  for (const pair of body.split('&')) {
    const cut = pair.indexOf('=');
    if (cut < 1) return refuse(`The link has a part that is not name=value: "${shorten(pair)}".`);
    const name = pair.slice(0, cut);
    if (values.has(name)) return refuse(`The link sets ${shorten(name)} twice.`);
    try {
      values.set(name, decodeURIComponent(pair.slice(cut + 1)));
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
  const changes: [string, unknown][] = [];
  for (const [name, text] of values) {
    if (!isFieldName(name)) return refuse(`The link sets an unknown field: ${shorten(name)}.`);
    changes.push([name, valueFromText(field(name), text)]);
  }
  const parsed = parseExperiment({ ...defaultExperiment, ...Object.fromEntries(changes) });
  if (!parsed.ok) return refuse(`The link does not fit: ${describeError(parsed.errors[0])}.`);
  return { experiment: parsed.experiment, problem: null };
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
