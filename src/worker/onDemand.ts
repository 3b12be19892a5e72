/** Which files of the built page are kept for use offline only once they are asked for. The build asks (vite.config.ts). */

/** The back ends that are no use to most machines: WASM is what nearly all have. */
export const extraBackends = ['webgpu', 'cpu'] as const;
export type ExtraBackend = (typeof extraBackends)[number];

/** What waits, by the extra back ends that a machine computes with, as `machineKey` names them. */
export type OnDemand = Readonly<Record<string, readonly string[]>>;
export const machineKey = (has: readonly ExtraBackend[]): string =>
  extraBackends.filter((name) => has.includes(name)).join(' ');

/**
 * The models of some stories and lessons, the lessons, other languages, runs side by side, the measurement of speed, the reader of problem sets and its results, problems of one's own and
 * their editor, models that others trained, files and drawings for other programs, and an experiment as a Node project.
 */
const seldom = [
  /^(models\/(cheating|three-turns|beginner)|problems)\//,
  /^assets\/(speed|problems|ownProblems|models)\.worker-/,
  /^assets\/(Lessons|inGerman|inGermanLater|Compare|CompareDialog|Editor|codemirror|Models|models\.svelte|Files|drawing|heat|pythonProject|Speed|SpeedReport|Results|otherModel)-/,
  /^(node-project\.zip|project\.html)$/,
];

/**
 * Kept as soon as one of the others is asked for: who looks after models fetches one, and trains over it, perhaps where there is no
 * network by then.
 */
const together = [/^assets\/(Models|models\.svelte|otherModel)-/];

/** The words that the page begins with, by language (ui/words/catalogues.ts). */
const firstWords: ReadonlyMap<string, RegExp> = new Map([['de', /^assets\/inGerman-/]]);

/** Whether a file that waits is wanted from the beginning, by whoever prefers these languages (BCP 47): the page may open in one of them. */
export const isSpoken = (path: string, languages: readonly string[]): boolean =>
  languages.some((tag) => firstWords.get(tag.toLowerCase().split('-')[0] ?? '')?.test(path));

/** What is kept along with a file that was asked for. @param files every path of the site */
export function keptWith(path: string, files: Iterable<string>): string[] {
  const doors = together.filter((door) => door.test(path));
  return [...files].filter((file) => file !== path && doors.some((door) => door.test(file)));
}

/** The scripts that the page leads to, but not by way of these. A script leads to those whose names stand in it. */
function reached(scripts: ReadonlyMap<string, string>, shut: readonly RegExp[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (text: string): void => {
    for (const [path, next] of scripts) {
      if (found.has(path) || shut.some((door) => door.test(path))) continue;
      if (!text.includes(path.slice(path.lastIndexOf('/') + 1))) continue;
      found.add(path);
      visit(next);
    }
  };
  visit(scripts.get('index.html') ?? '');
  return found;
}

/**
 * @param files every path of the site
 * @param scripts the text of index.html and of each script, by path
 */
export function onDemand(files: readonly string[], scripts: ReadonlyMap<string, string>): OnDemand {
  const machines: readonly ExtraBackend[][] = [[], ['webgpu'], ['cpu'], ['webgpu', 'cpu']];
  const waiting = (has: readonly ExtraBackend[]): string[] => {
    const lacks = extraBackends.filter((name) => !has.includes(name));
    const wanted = reached(scripts, [...seldom, ...lacks.map((name) => new RegExp(`^assets/${name}-`))]);
    const waits = (path: string) =>
      /^assets\/.*\.js$/.test(path) ? !wanted.has(path) : seldom.some((door) => door.test(path));
    return files.filter(waits);
  };
  return Object.fromEntries(machines.map((has) => [machineKey(has), waiting(has)]));
}
