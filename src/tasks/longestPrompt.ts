/** How long the prompts of tasks can be, without making the tasks. */
import { longestInstruction, type Spec } from './spec.ts';
import type { ModelReader } from './types.ts';

/** As many of the longest texts are counted in tokens; counting takes time. */
const counted = 48;

/**
 * Tokens of the longest prompt that tasks of these specs may have, each in its longest phrasing. A token or two more than the
 * longest that is drawn; a few less would be possible, since texts are compared by their characters and phrasings on their own.
 */
export function longestPrompt(reader: ModelReader, specs: readonly Spec[]): number {
  const lengths = new Map<string, number>();
  const length = (phrasing: string): number => {
    const known = lengths.get(phrasing) ?? reader.textTokens(phrasing);
    lengths.set(phrasing, known);
    return known;
  };
  const asked = new Map(
    specs.map((spec) => [longestInstruction(spec, length), spec.family.entryPoint(spec.choice)] as const),
  );
  const longest = [...asked].sort(([a], [b]) => b.length - a.length).slice(0, counted);
  return Math.max(
    ...longest.map(([instruction, entryPoint]) => reader.promptTokens({ instruction, entryPoint })),
  );
}
