/** Puts what was measured where it is read: docs/growth.svg, and the generated sections of docs/benchmarks.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { growthPlot } from '../../bench/growthPlot.ts';
import { growthTable, wholeTable } from '../../bench/whole.ts';
import { projectRoot } from '../common.ts';
import type { Measured } from './request.ts';

/** @throws Error when docs/benchmarks.md lacks the marks of a section */
export async function writeDocs({ report, growth }: Measured): Promise<void> {
  const file = join(projectRoot, 'docs/benchmarks.md');
  let text = await readFile(file, 'utf8');
  if (report) text = withSection(text, 'measured', wholeTable(report));
  if (growth) {
    text = withSection(text, 'growth', growthTable(growth));
    await writeFile(join(projectRoot, 'docs/growth.svg'), growthPlot(growth));
  }
  await writeFile(file, text);
}

/** The text with everything between `<!-- name -->` and `<!-- /name -->` replaced. */
export function withSection(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(open);
  const to = text.indexOf(close);
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md needs a section ${open} … ${close}.`);
  return `${text.slice(0, from + open.length)}\n\n${content.trim()}\n\n${text.slice(to)}`;
}
