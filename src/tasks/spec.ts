/** A spec is a task before it has tests: a family, one option per slot, and the constants. */
import { families } from './families/index.ts';
import { bugRates, fill, type Choice, type Constants, type Family, type Phrase } from './families/family.ts';
import { hashText, type Stream } from './random.ts';

export interface Spec {
  readonly family: Family;
  readonly choice: Choice;
  readonly constants: Constants;
}

export type Split = 'train' | 'heldout';

/** Share of the compositions that training never sees, in percent. */
export const heldoutPercent = 15;

const leadWords = ['Write', 'Define'];

/** Draws a spec with the families' own frequencies; both splits. */
export function drawSpec(stream: Stream, family: Family = stream.weighted(families)): Spec {
  const constants: Constants = {
    k: stream.integer(2, 6),
    m: stream.integer(2, 9),
    j: stream.integer(1, 4),
    d: stream.choice([0, -1]),
    ch: stream.choice([...'aeost']),
    sp: stream.choice([' ', '-', ',', '']),
  };
  for (;;) {
    const choice: Record<string, string> = {};
    for (const [slot, options] of Object.entries(family.slots)) {
      const repeats = family.repeats?.[slot] ?? {};
      const table = Object.keys(options).map((name) => ({ name, weight: repeats[name] ?? 1 }));
      choice[slot] = stream.weighted(table).name;
    }
    if (family.valid(choice)) return { family, choice, constants };
  }
}

/** The composition: the spec without its constants and phrasing. It is the unit of the train/held-out split. */
export function compositionOf({ family, choice }: Spec): string {
  return `${family.name}:${Object.keys(family.slots)
    .map((slot) => choice[slot])
    .join('/')}`;
}

/** By a hash of the composition, so adding an option moves no other composition to the other side. */
export function splitOf(spec: Spec): Split {
  return hashText(compositionOf(spec)) % 100 < heldoutPercent ? 'heldout' : 'train';
}

/** The slots where a novice could go wrong, in the family's order. */
export function bugSites({ family, choice }: Spec): string[] {
  return Object.keys(family.slots).filter((slot) => family.slots[slot]![choice[slot]!]!.novice !== undefined);
}

/** Probability of the corpus' mistake at a site, before any scaling. */
export function bugRate({ family, choice }: Spec, site: string): number {
  return bugRates[family.slots[site]![choice[site]!]!.novice!.kind];
}

/** Difficulty: 4 where a novice can make at least two mistakes, else the number of operations composed, up to 3. */
export function levelOf(spec: Spec): 1 | 2 | 3 | 4 {
  if (bugSites(spec).length >= 2) return 4;
  const depth = spec.family.depth(spec.choice);
  return depth <= 1 ? 1 : depth === 2 ? 2 : 3;
}

/** Constants as templates see them; `{j1}` is j + 1. */
function values({ constants }: Spec): Record<string, string | number> {
  return { ...constants, j1: constants.j + 1 };
}

/**
 * The program of a spec.
 * @param bugs sites (see `bugSites`) where the novice's version is written; none gives the reference.
 */
export function renderProgram(spec: Spec, bugs: ReadonlySet<string> = new Set()): string {
  const { family, choice } = spec;
  const constants = values(spec);
  const body = family.body(choice, (slot) => {
    const option = family.slots[slot]![choice[slot]!]!;
    const code = bugs.has(slot) && option.novice ? option.novice.code : option.code;
    return fill(code, constants);
  });
  const indented = body.replace(/^/gm, '    ');
  return `def ${family.entryPoint(choice)}(${family.parameters}):\n${indented}`;
}

/** What the model reads: `Write total(xs): the sum of the even numbers in xs.`, the phrasing drawn from the stream. */
export function renderInstruction(spec: Spec, stream: Stream): string {
  return phrase(spec, (phrasings) => stream.choice(phrasings));
}

/** The same for a model that knows whole sentences: `Write a Python function total(xs) that returns the sum of the even numbers in xs.` */
export function renderRequest(spec: Spec, stream: Stream): string {
  const { english, signature } = said(spec, (phrasings) => stream.choice(phrasings));
  return `Write a Python function ${signature} that returns ${english}.`;
}

/** The instruction with those phrasings that are longest by `length`. */
export function longestInstruction(spec: Spec, length: (text: string) => number): string {
  return phrase(spec, (phrasings) => phrasings.reduce((a, b) => (length(b) > length(a) ? b : a)));
}

function phrase(spec: Spec, pick: Phrase): string {
  const { english, signature } = said(spec, pick);
  return `${pick(leadWords)} ${signature}: ${english}.`;
}

/** What the function gives, and its head. */
function said(spec: Spec, pick: Phrase): { readonly english: string; readonly signature: string } {
  const { family, choice } = spec;
  const english = fill(family.english(choice, pick), values(spec));
  return { english, signature: `${family.entryPoint(choice)}(${family.parameters})` };
}

/** A neighbour: the same spec with one slot or one constant redrawn, and a different program. */
export function mutateSpec(spec: Spec, stream: Stream): Spec {
  const reference = renderProgram(spec);
  for (let attempt = 0; attempt < 50; attempt++) {
    const other = drawSpec(stream, spec.family);
    const slot = stream.choice(Object.keys(spec.family.slots));
    const mutant: Spec =
      stream.uniform() < 0.3
        ? { ...spec, constants: other.constants }
        : { ...spec, choice: { ...spec.choice, [slot]: other.choice[slot]! } };
    if (spec.family.valid(mutant.choice) && renderProgram(mutant) !== reference) return mutant;
  }
  return drawSpec(stream, spec.family);
}
