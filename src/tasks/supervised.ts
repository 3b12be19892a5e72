/**
 * The boost corpus: novice programs and their partial corrections. A first answer carries each mistake with
 * the rate of its kind; the second repairs some of them and may add one. RL then has something to improve on.
 */
import { feedbackLine, type SupervisedExample } from './episode.ts';
import { makeTask, predictOutcomes } from './makeTasks.ts';
import { Stream } from './random.ts';
import { bugRate, bugSites, drawSpec, renderInstruction, renderProgram, splitOf } from './spec.ts';

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
