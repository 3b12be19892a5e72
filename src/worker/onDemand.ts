/** Which files of the built page are kept for use offline only once they have been used. The build asks (vite.config.ts). */

/** What not every visitor wants: the model of one story or lesson, the measurement of speed, a back end that is not this machine's. */
const entries = [/^models\/(cheating|three-turns|beginner)\//, /^assets\/(speed\.worker|webgpu|cpu)-/];
const wanted = (path: string): boolean => entries.some((entry) => entry.test(path));

/**
 * @param files every path of the site
 * @param scripts the text of each script, by path; a script leads to those whose names stand in it
 * @returns the files to keep on demand: those above, and the scripts that only they lead to
 */
export function keptOnDemand(files: readonly string[], scripts: ReadonlyMap<string, string>): string[] {
  const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const reached = new Set<string>();
  const visit = (text: string): void => {
    for (const path of scripts.keys()) {
      if (reached.has(path) || wanted(path) || !text.includes(nameOf(path))) continue;
      reached.add(path);
      visit(scripts.get(path) ?? '');
    }
  };
  visit(scripts.get('index.html') ?? '');
  return files.filter((path) => wanted(path) || (/^assets\/.*\.js$/.test(path) && !reached.has(path)));
}
