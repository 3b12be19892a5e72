/**
 * The boost corpus: novice programs and their partial corrections. A first answer carries each mistake with
 * the rate of its kind; the second repairs some of them and may add one. RL then has something to improve on.
 */
import { feedbackLine, type SupervisedExample } from './episode.ts';
import { makeTask, predictOutcomes } from './makeTasks.ts';
import { Stream } from './random.ts';
import {
  bugRate,
  bugSites,
  drawSpec,
  levelOf,
  mutateSpec,
  renderInstruction,
  renderProgram,
  renderRequest,
  splitOf,
  type Spec,
} from './spec.ts';

export interface SupervisedOptions {
  /** Multiplies the rate of every kind of mistake in the first answer. */
  readonly bugScale: number;
  /** Probability that the next answer repairs a mistake. */
  readonly repair: number;
  /** Probability that the next answer makes a mistake at a site that was right. */
  readonly break: number;
  /** Number of answers. Default 2. */
  readonly turns?: number;
  /** Also make the tests and say what they found; about 20 times slower. Default false. */
  readonly feedback?: boolean;
}

/** Compositions of this level and above are left to reinforcement learning on harder tasks. */
const tooHard = 4;

/**
 * Example `index` of a corpus for a model that knows Python already and is to learn how to answer and to correct: half of the examples
 * are a right answer and the same again, half a wrong one, only shown, and the right one. Every second of each is told what a test
 * found. Training compositions only; a function of its arguments.
 * @param fits whether a program is short enough to be an answer
 */
export function formatExample(
  seed: number,
  index: number,
  fits: (program: string) => boolean,
): SupervisedExample {
  const stream = new Stream(seed, index);
  for (;;) {
    const spec = drawSpec(stream);
    if (splitOf(spec) !== 'train' || levelOf(spec) >= tooHard) continue;
    const right = renderProgram(spec);
    const [instruction, entryPoint] = [renderRequest(spec, stream), spec.family.entryPoint(spec.choice)];
    const made = makeTask(spec, stream, `format-${seed}-${index}`);
    const wrong = wrongProgram(spec, stream);
    const corrects = index % 2 === 1;
    const first = corrects ? wrong : right;
    const outcomes = predictOutcomes(made, first);
    const passes = outcomes.every(({ passed }) => passed);
    if (![first, right].every(fits) || passes === corrects) continue;
    const feedback = [index % 4 < 2 ? '' : feedbackLine(outcomes)];
    return { ...{ instruction, entryPoint, feedback }, answers: [first, right], shown: corrects ? 1 : 0 };
  }
}

/** A novice's version where there is one, else a neighbour under the same name. */
function wrongProgram(spec: Spec, stream: Stream): string {
  const sites = bugSites(spec);
  if (sites.length > 0) return renderProgram(spec, new Set([stream.choice(sites)]));
  const head = (program: string) => program.slice(0, program.indexOf('\n'));
  const [right, other] = [renderProgram(spec), renderProgram(mutateSpec(spec, stream))];
  return head(right) + other.slice(head(other).length);
}

/** No mistake is certain. */
const maxRate = 0.95;

/**
 * Example `index` of the corpus given by `seed` and the options. Training compositions only.
 * The same arguments always give the same example, so a trainer needs no state but its step.
 */
export function supervisedExample(
  seed: number,
  index: number,
  options: SupervisedOptions,
): SupervisedExample {
  const { turns = 2, feedback = false } = options;
  const stream = new Stream(seed, index);
  let spec = drawSpec(stream);
  while (splitOf(spec) !== 'train') spec = drawSpec(stream);
  const instruction = renderInstruction(spec, stream);
  const sites = bugSites(spec);
  const answers: string[] = [];
  let bugs = new Set<string>();
  for (let turn = 0; turn < turns; turn++) {
    const before: ReadonlySet<string> = bugs;
    const rate = (site: string): number => {
      if (turn === 0) return Math.min(maxRate, bugRate(spec, site) * options.bugScale);
      return before.has(site) ? 1 - options.repair : options.break;
    };
    bugs = new Set(sites.filter((site) => stream.uniform() < rate(site)));
    answers.push(renderProgram(spec, bugs));
  }
  const made = feedback ? makeTask(spec, stream, `supervised-${seed}-${index}`) : null;
  const told = answers.slice(0, -1).map((code) => (made ? feedbackLine(predictOutcomes(made, code)) : ''));
  const entryPoint = spec.family.entryPoint(spec.choice);
  return { instruction, entryPoint, answers, feedback: told };
}
