/**
 * How a link wants the page to be shown: `&embed`, with `&panels=episode.learning` in it. They say nothing of the experiment, and
 * stand beside it in the fragment; `#embed` alone embeds the default experiment.
 */

/** The regions of the page, in the order in which they stand. */
export const panelNames = ['experiment', 'episode', 'learning'] as const;
export type PanelName = (typeof panelNames)[number];

export interface LinkView {
  /** Without the header, and only these panels: the page is a part of another one. */
  readonly embed: boolean;
  /** At least one. */
  readonly panels: readonly PanelName[];
}

/** A page of its own. */
export const wholePage: LinkView = { embed: false, panels: panelNames };
/** What is worth its room on somebody else's page, unless the link says otherwise. */
const embedded: readonly PanelName[] = ['episode', 'learning'];

export interface TakenView {
  readonly view: LinkView;
  /** The fragment without what was taken: the link to the same experiment in the whole page. */
  readonly rest: string;
  /** What was wrong, in plain words that name the part, or null; then the view is the whole page. */
  readonly problem: string | null;
}

/** Takes the view out of a fragment, with or without its '#'. Never throws. */
export function takeView(fragment: string): TakenView {
  const parts = fragment.replace(/^#/, '').split('&');
  const isOurs = (part: string): boolean => /^(embed|panels)(=|$)/.test(part);
  const others = parts.filter((part) => !isOurs(part)).join('&');
  const rest = others && `#${others}`;
  const refuse = (problem: string): TakenView => ({ view: wholePage, rest, problem });

  const values = new Map<string, string>();
  for (const part of parts.filter(isOurs)) {
    const [name = '', value = ''] = part.split('=', 2);
    if (values.has(name)) return refuse(`The link says ${name} twice.`);
    values.set(name, value);
  }
  if (values.get('embed')) return refuse('The link gives embed a value; it is a word by itself.');
  const embed = values.has('embed');
  const listed = values.get('panels');
  if (listed === undefined)
    return { view: { embed, panels: embed ? embedded : panelNames }, rest, problem: null };
  const names = listed.split('.');
  const panels = panelNames.filter((name) => names.includes(name));
  if (panels.length < names.length)
    return refuse(
      `A value in the link is not valid: panels: must be some of ${panelNames.join(', ')}, each once and a point between two, not "${listed.slice(0, 40)}".`,
    );
  return { view: { embed, panels }, rest, problem: null };
}
