/**
 * What a link asks the page to show, beside the experiment: `&lesson=paidToFail&panels=episode.learning&update=40&embed`. Declared
 * once, here; link.ts writes and reads it with everything else. A name of it is no field's name.
 */
import * as v from 'valibot';

/** The parts of the page that a link can choose, in the order in which they stand. */
export const panelNames = ['controls', 'timeline', 'experiment', 'episode', 'learning'] as const;
export type PanelName = (typeof panelNames)[number];

/** Largest number that a view can name: no run, batch or episode has more of anything. */
const most = 10_000;

const numbered = (min: number) =>
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^(?:0|[1-9]\d{0,4})$/, `must be a whole number from ${min} to ${most}`),
      v.transform(Number),
      v.minValue(min, `must be a whole number from ${min} to ${most}`),
      v.maxValue(most, `must be a whole number from ${min} to ${most}`),
    ),
  );

/** As it stands in a link, every value a text; what comes out is a `View`. */
export const viewSchema = v.object({
  /** Without the page's own frame, as part of another page; in a link it has no value. */
  embed: v.optional(
    v.pipe(
      v.literal('', 'has no value'),
      v.transform(() => true as const),
    ),
  ),
  /** Those that are shown; all unless given. */
  panels: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split('.')),
      v.array(v.picklist(panelNames, `must be some of ${panelNames.join(', ')}, with points between`)),
      v.check((names) => new Set(names).size === names.length, 'must name no panel twice'),
      v.readonly(),
    ),
  ),
  /** The lesson that is open, by its id (lessons/index.ts). */
  lesson: v.optional(v.pipe(v.string(), v.regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'must be the id of a lesson'))),
  /** Of the page and its lessons, as in <html lang>; what the reader chose unless given. */
  lang: v.optional(v.pipe(v.string(), v.regex(/^[a-z]{2}$/, 'must be two small letters, such as en or de'))),
  /** Look back at this update once it was made; 0: before the first. */
  update: numbered(0),
  /** At the prompt of its batch, the try at it, and the answer of that, each counted from 1. */
  task: numbered(1),
  try: numbered(1),
  turn: numbered(1),
});

export type View = v.InferOutput<typeof viewSchema>;
export type ViewName = keyof typeof viewSchema.entries;

export const viewNames = Object.keys(viewSchema.entries) as ViewName[];

/** The parts of a link that say it. @throws Error for a view that no link can say, naming what is wrong */
export function encodeView(view: View): string[] {
  const parts = viewNames.flatMap((name) => {
    const value = view[name];
    if (value === undefined) return [];
    if (value === true) return [name];
    return [`${name}=${typeof value === 'object' ? value.join('.') : value}`];
  });
  v.parse(
    viewSchema,
    Object.fromEntries(parts.map((part) => [part.split('=')[0], part.split('=')[1] ?? ''])),
  );
  return parts;
}
