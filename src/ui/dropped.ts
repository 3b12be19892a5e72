/** What was dropped on the page, by which view opens it. */

/** Where a file is known by its name: its ending, perhaps with gzip's behind it. */
const modelName = /\.(gguf|zip)$/i;
const problemName = /\.(jsonl|ndjson)(\.gz)?$|\.(json|txt)\.gz$/i;

/** A folder, packed or not, or a GGUF file. It is known at once: a folder can only be asked for while it is being dropped. */
export const isModel = ({ files, items }: DataTransfer): boolean =>
  [...files].some(({ name }) => modelName.test(name)) ||
  [...items].some((item) => item.webkitGetAsEntry?.()?.isDirectory);

/** Problem files, all of them: JSON Lines, or JSON that is a list; an experiment or what Share saved is an object. */
export async function areProblems(files: readonly File[]): Promise<boolean> {
  const each = await Promise.all(files.map(isProblemFile));
  return each.length > 0 && each.every(Boolean);
}

async function isProblemFile(file: File): Promise<boolean> {
  if (problemName.test(file.name)) return true;
  if (!/\.(json|txt)$/i.test(file.name)) return false;
  const begins = await file
    .slice(0, 4096)
    .text()
    .catch(() => ''); // a file that cannot be read: Files says so
  return /^\uFEFF?\s*\[/.test(begins) || (/\.txt$/i.test(file.name) && /^\uFEFF?\s*\{/.test(begins));
}
