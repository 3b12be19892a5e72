/**
 * Short problems in whole sentences, for models that others trained: functions of one or a few lines over numbers, strings and lists.
 * They are the compositions that no corpus of ours shows (`splitOf`), so that a model is not trained on one of them before; one problem
 * each, and no two that give the same results, so that whatever is held out of them is new by what it means and not only by its words.
 */
import { conditionals } from './families/conditionals.ts';
import { drawTasks, makeDrawn, type DrawnTask } from './makeTasks.ts';
import type { Problem } from './problemSet.ts';
import { compilePython } from './python/evaluate.ts';
import { repr } from './python/values.ts';
import { Stream } from './random.ts';
import { compositionOf, drawSpec, renderProgram, renderRequest, type Spec } from './spec.ts';

const seed = 17;
/** Programs that are written in at most 48 tokens by any of the tokenizers at hand, the fences around them included. */
const mostCharacters = 120;
const probes = 60;
/** Half of them to train on, half held out. */
const decisions = 384;

/** All of them, the easier first; always the same. */
export function* shortProblems(): Generator<Problem, void> {
  const isNew = newResults();
  for (const level of ['1', '2', '3'] as const) {
    const compositions = new Set<string>();
    for (const drawn of drawTasks({ count: 5000, seed, split: 'heldout', level, unique: true })) {
      const { spec } = drawn;
      const composition = compositionOf(spec);
      if (compositions.has(composition)) break; // all have been drawn
      compositions.add(composition);
      if (renderProgram(spec).length > mostCharacters || !isNew(spec)) continue;
      yield inSentences(drawn, `short-${level}`, compositions.size);
    }
  }
}

/**
 * Problems of one kind, one number or another by a condition, for a proof that a model learns: what it learns of one helps with all.
 * Of a condition and two values, each such composition once; which of them a corpus of ours shows does not matter to models of others.
 */
export function* decisionProblems(): Generator<Problem, void> {
  const compositions = new Set<string>();
  const isNew = newResults();
  for (let index = 0, count = 0; count < decisions; index++) {
    const stream = new Stream(seed, index);
    const spec = drawSpec(stream, conditionals);
    const composition = compositionOf(spec);
    if (compositions.has(composition) || !isNew(spec)) continue;
    compositions.add(composition);
    yield inSentences({ spec, stream, id: '' }, 'decision', ++count);
  }
}

/** As a problem set has it. */
function inSentences(drawn: DrawnTask, kind: string, number: number): Problem {
  const { spec, stream } = drawn;
  const { entryPoint, reference, setup, tests } = makeDrawn(drawn).task;
  const id = `${kind}-${String(number).padStart(3, '0')}`;
  return { id, instruction: renderRequest(spec, stream), entryPoint, reference, setup, tests };
}

/** Tells whether a program gives what none before it gave. */
function newResults(): (spec: Spec) => boolean {
  const results = new Set<string>();
  return (spec) => results.size < results.add(resultsOf(spec)).size;
}

/** What its program gives for many inputs of its kind: two problems with the same are the same in other words. */
function resultsOf(spec: Spec): string {
  const run = compilePython(renderProgram(spec));
  const { family } = spec;
  const given = Array.from({ length: probes }, (_, i) => {
    const stream = new Stream(seed, i);
    return family.input(stream, drawSpec(stream).constants); // not its own: they decide which inputs there are
  });
  return `${family.parameters}: ${given.map((input) => repr(run(...input))).join(' ')}`;
}
