/**
 * ODEX (Wang et al. 2022, github.com/zorazrw/odex): open-domain one-liners. A program is prompt, solution and suffix; its
 * tests are pieces of the body of `check(candidate)`, each a test by itself.
 */
import * as v from 'valibot';
import { cutCheck, weakerTier } from './cut.ts';
import { entryPoint } from './humaneval.ts';
import { sourceOf } from './packages.ts';
import { children, definedName, parsePython } from './python.ts';
import { joined, programSource, pythonSource, readTasks, type CutTests, type ReadTasks } from './tasks.ts';

/** The benchmark's own evaluator makes four spaces of a tab. */
const tabless = v.transform((code: string) => code.replaceAll('\t', '    '));

const odexRecord = v.object({
  task_id: v.union([v.number(), v.string()]),
  intent: v.optional(v.string(), ''),
  prompt: v.pipe(programSource, tabless),
  canonical_solution: v.pipe(pythonSource, tabless),
  suffix: v.optional(v.pipe(pythonSource, tabless), ''),
  test_start: v.pipe(pythonSource, v.regex(/\bdef\s+check\s*\(/, 'it must define check(candidate)')),
  test: v.pipe(v.array(pythonSource), v.minLength(1, 'there must be at least one test')),
  entry_point: entryPoint,
});

/**
 * Reads an ODEX file. Several records may answer one question of Stack Overflow: they are told apart by a count.
 * What `test_start` has before check (imports, mostly) belongs to the program too: that is how the benchmark runs it.
 */
export function readOdex(text: string): ReadTasks {
  const seen = new Map<string, number>();
  return readTasks(text, 'odex', odexRecord, (record, notice) => {
    const { test_start: start, entry_point: name } = record;
    const id = `odex-${record.task_id}`;
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    const cuts = record.test.map((piece) => cutCheck(`${start}\n${piece}`, name));
    const weaker = cuts.filter((cut) => cut.weaker !== '').length;
    if (weaker > 0)
      notice(`${weaker} of its ${record.test.length} tests are more than plain asserts, ${weakerTier}`);
    const program = record.prompt + record.canonical_solution + record.suffix;
    return {
      id: count === 1 ? id : `${id}-${count}`,
      instruction: joined(record.intent, record.prompt.trim()),
      entryPoint: name,
      reference: joined(beforeCheck(start), program),
      setup: setupOf(cuts),
      tests: cuts.flatMap(({ tests }) => tests),
    };
  });
}

const setupOf = (cuts: readonly CutTests[]): string => joined(...new Set(cuts.map(({ setup }) => setup)));

function beforeCheck(source: string): string {
  const statements = children(parsePython(source));
  return sourceOf(
    statements.filter((node) => definedName(node, source) !== 'check'),
    source,
  );
}
