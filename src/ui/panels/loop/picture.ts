/** What the picture of one group shows, as plain data: the scale of its bars, what each turn changed, and all of it in words. */
import type { Experiment } from '../../../config/experiment.ts';
import type { Comparison, Explanation, Term } from '../../../rl/algorithms/algorithm.ts';
import { subscript } from '../../../rl/symbols.ts';
import { algorithmOf } from '../../../rl/algorithms/index.ts';
import { flippedTest, type Flipped } from '../../../rl/flippedTest.ts';
import type { GroupRecord, TurnRecord, UpdateRecord } from '../../../rl/records.ts';
import { negligible } from '../../../rl/whatIf.ts';
import { testStatuses, type TestStatus } from '../../controls/marks.ts';
import { fixed, signed, significant } from '../../format.ts';
import type { LiveUpdate } from '../../state/live.ts';
import { say } from '../../say.svelte.ts';
import type { Plain } from '../../words/catalogues.ts';

/** What is looked at below a lane: one step down from the number that was chosen. */
export type Level =
  | { readonly of: 'push' | 'sum'; readonly comparison: number }
  | { readonly of: 'turn'; readonly turn: number }
  | { readonly of: 'test'; readonly turn: number; readonly test: number };

/** An answer as far as it is there: perhaps still being written, perhaps not graded yet. */
export interface SeenTurn extends Pick<TurnRecord, 'text' | 'truncated' | 'reward'> {
  readonly verdict: TurnRecord['verdict'] | null;
}

/** One try: as many turns as there are so far. */
export interface SeenLane {
  /** The function that the task asks for. */
  readonly asked?: string;
  readonly turns: readonly SeenTurn[];
  /** null where nothing is compared: not yet, or never. */
  readonly explanation: Explanation | null;
  /** How much of it is to be seen while the update is under way; absent: all. */
  readonly upTo?: 'reward' | 'compare';
}

/** All that the picture of one group draws. */
export interface View {
  readonly lanes: readonly SeenLane[];
  /** T. */
  readonly turns: number;
  /** How many of the first turns all tries have in common. */
  readonly shared: number;
  /** Something is learned from it: it has stations 3 to 5. */
  readonly learned: boolean;
  /** 'recorded': shipped with the page. 'live': of a model that runs here. */
  readonly source: 'recorded' | 'live';
}

/** What of a lane can be looked at in another: the same, as far as that has it. */
export function levelIn({ turns, explanation }: SeenLane, level: Level | null): Level | null {
  if (!level) return null;
  if ('comparison' in level) return explanation?.comparisons[level.comparison] ? level : null;
  const turn = turns[level.turn - 1];
  if (!turn?.verdict) return null;
  return level.of === 'turn' || turn.verdict.tests[level.test] ? level : { of: 'turn', turn: level.turn };
}

/** A group as recorded; `batch`: the whole update it belongs to, null for a held-out episode, which is measured only. */
export function viewOf(
  group: GroupRecord,
  batch: { readonly groups: UpdateRecord['groups']; readonly index: number } | null,
  experiment: Experiment,
  source: View['source'],
): View {
  const algorithm = algorithmOf(experiment);
  const turns = group.trajectories[0]?.turns.length ?? 0;
  return {
    lanes: group.trajectories.map(({ turns }, trajectory) => ({
      asked: group.task.entryPoint,
      turns,
      explanation: batch
        ? algorithm.explain(batch.groups, { group: batch.index, trajectory }, experiment)
        : null,
    })),
    turns,
    shared: batch ? Math.min(algorithm.sharedTurns, turns) : 0,
    learned: batch !== null,
    source,
  };
}

/** The watched group of an update under way, as far as it has come. The push is there when the update is. */
export function viewOfLive({ tasks, group, answers, explanations, experiment, reached }: LiveUpdate): View {
  const { sharedTurns } = algorithmOf(experiment);
  const { turns } = experiment;
  return {
    lanes: answers.map((some, trajectory) => ({
      ...(tasks[group] ? { asked: tasks[group].entryPoint } : {}),
      turns: some.map(({ text, graded }) => graded ?? { text, truncated: false, reward: NaN, verdict: null }),
      explanation: explanations?.[trajectory] ?? null,
      upTo: reached?.station === 'compare' ? 'compare' : 'reward',
    })),
    turns,
    shared: Math.min(sharedTurns, turns),
    learned: true,
    source: 'live',
  };
}

const judged = ({ verdict }: SeenTurn) => verdict !== null && verdict.status !== 'infra';
const solved = ({ verdict }: SeenTurn) =>
  verdict !== null && verdict.total > 0 && verdict.passed === verdict.total;

/** What became of an answer at the next turn, in a word or two; '' while that is open. */
export function changeOf(before: SeenTurn, after: SeenTurn) {
  if (before.verdict === null || after.verdict === null) return '';
  if (!judged(before) || !judged(after)) return 'not judged';
  if (before.text === after.text) return 'unchanged';
  if (solved(after) && !solved(before)) return 'repaired';
  if (solved(before) && !solved(after)) return 'broke it';
  const gain = after.verdict.passed - before.verdict.passed;
  return gain > 0 ? 'better' : gain < 0 ? 'worse' : 'changed';
}

export const contribution = ({ factor, value }: Term): number => factor * value;

/** Whether all tries of the task that were judged earned the same, before any KL is taken off. @param at which of the comparisons */
export function earnedTheSame(lanes: readonly SeenLane[], at: number): boolean {
  const sums = lanes.flatMap(({ explanation }) => {
    const one = explanation?.comparisons[at];
    if (!one || !Number.isFinite(one.compared)) return [];
    return [one.terms.reduce((sum, term) => (term.kind === 'kl' ? sum : sum + contribution(term)), 0)];
  });
  return sums.length > 1 && Math.max(...sums) - Math.min(...sums) < 1e-9;
}

/** A bar from one running sum to the next. */
export interface Bar {
  /** 0 for the rest, and for the KL of all turns together. */
  readonly turn: number;
  readonly kind: Term['kind'];
  readonly from: number;
  readonly to: number;
}

/** The terms of a comparison as bars laid end to end, so that the last one ends at the compared number. KL terms share one bar. */
export function barsOf({ terms }: Comparison): Bar[] {
  const bars: Bar[] = [];
  let sum = 0;
  for (const term of terms.filter(({ kind }) => kind !== 'kl')) {
    const from = sum;
    sum += contribution(term);
    bars.push({ turn: term.turn, kind: term.kind, from, to: sum });
  }
  const kl = terms.filter(({ kind }) => kind === 'kl');
  if (kl.length > 0) {
    const to = kl.reduce((total, term) => total + contribution(term), sum);
    bars.push({ turn: 0, kind: 'kl', from: sum, to });
  }
  return bars;
}

export interface Scale {
  readonly min: number;
  readonly max: number;
  /** Position of a value, percent of the width. */
  at(value: number): number;
}

/** Verdicts on tests that a legend has to explain, in their usual order. */
export function statusesIn(lanes: readonly SeenLane[]): TestStatus[] {
  const tests = lanes.flatMap(({ turns }) => turns.flatMap(({ verdict }) => verdict?.tests ?? []));
  const there = new Set(tests.map(({ status }) => status));
  return testStatuses.filter((status) => there.has(status));
}

/** Room for a bar's number at either end, percent of the width. */
const room = { left: 29, right: 21 };

/** The least that fills a lane, in rewards: what rounds to 0.00 draws as nothing, however small all else is. */
const leastSpan = 1;

/** One scale for every bar and baseline of a group, 0 included. */
export function scaleOf(explanations: readonly (Explanation | null)[]): Scale {
  const values = explanations
    .flatMap((explanation) => explanation?.comparisons ?? [])
    .flatMap((one) => [one.compared, one.baseline, ...barsOf(one).flatMap(({ from, to }) => [from, to])])
    .filter(Number.isFinite);
  const lowest = Math.min(0, ...values);
  const highest = Math.max(0, ...values);
  const missing = Math.max(0, leastSpan - (highest - lowest));
  const min = lowest - missing / 2;
  const max = highest + missing / 2;
  const span = max - min;
  return { min, max, at: (value) => room.left + ((100 - room.left - room.right) * (value - min)) / span };
}

/** What a push does. An advantage that rounds to 0 is too small to speak of. */
export function pushWord(advantage: number) {
  if (Number.isNaN(advantage)) return 'not judged';
  if (advantage === 0) return 'left as it is';
  if (Math.abs(advantage) < negligible) return 'hardly moved';
  return advantage > 0 ? 'more likely' : 'less likely';
}

const averages = { others: 'the others’', group: 'the group’s', batch: 'the update’s' } as const;

/** "right, but below" + "the others’" + "average R′"; the middle is read out, not drawn. */
export type Surprise = readonly [how: string, whose: string, average: string];

/**
 * What looks wrong about a push, and why it is not: an answer that is right pushed down, one that passes no test pushed up. The last
 * of the answers counts that are pushed. null where nothing does.
 */
export function pushSurprise({ turns }: SeenLane, one: Comparison): Surprise | null {
  const answers = one.turns.flatMap((turn) => turns[turn - 1] ?? []);
  const last = answers.at(-1);
  if (!last || !judged(last) || one.count === 0) return null;
  const word = pushWord(one.advantage);
  const average = [say(averages[one.comparedWith]), say('average {name}', { name: one.name })] as const;
  if (solved(last) && word === 'less likely') {
    return [say(answers.every(solved) ? 'right, but below' : 'ends right, but below'), ...average];
  }
  return last.verdict?.passed === 0 && word === 'more likely' ? [say('wrong, but above'), ...average] : null;
}

/** In a heading: "4 Compare the other tries". */
export const whom = {
  others: 'the other tries',
  group: 'this task’s tries',
  batch: 'the whole update',
} as const;

const whoWords = {
  others: 'the {n} other tries',
  group: 'all {n} tries at this task',
  batch: 'all {n} tries of the update',
} as const;

/** Who is in the baseline: "the 3 other tries". */
export function whoIsIn({ comparedWith, count }: Comparison): string {
  if (count === 0) return say('nobody');
  return comparedWith === 'others' && count === 1
    ? say('the other try')
    : say(whoWords[comparedWith], { n: count });
}

/** How a try did, turn after turn: "wrong, then repaired". */
function courseOf({ turns }: SeenLane): string {
  const [first, ...rest] = turns;
  if (!first) return say('not written yet');
  const start: Plain =
    first.verdict === null
      ? 'being written or tested'
      : !judged(first)
        ? 'not judged'
        : solved(first)
          ? 'right'
          : 'wrong';
  const then = rest.map((turn, t): Plain => changeOf(turns[t] ?? first, turn) || 'being corrected');
  return [start, ...then].map((word) => say(word)).join(say(', then '));
}

function comparedWords(one: Comparison, upTo: SeenLane['upTo']): string {
  const { name } = one;
  if (Number.isNaN(one.advantage)) return say('{name} not judged', { name });
  const compared = fixed(one.compared);
  if (upTo === 'reward') return `${name} ${compared}`;
  if (one.count === 0) return say('{name} {compared}, nobody to compare with', { name, compared });
  const gap = one.compared - one.baseline;
  const where = say(
    gap >= 0
      ? '{name} {compared}, {gap} above the mean of {who}'
      : '{name} {compared}, {gap} below the mean of {who}',
    { name, compared, gap: fixed(Math.abs(gap)), who: whoIsIn(one) },
  );
  return upTo ? where : `${where}, ${say(pushWord(one.advantage))}`;
}

/** A whole lane in a sentence, for those who do not see it. @param number of the try, from 1 */
export function readingOf(number: number, lane: SeenLane): string {
  const { explanation, upTo } = lane;
  const compared = explanation?.comparisons ?? [];
  const parts = [courseOf(lane), ...compared.map((one) => comparedWords(one, upTo))];
  if (!upTo && explanation && explanation.klPushes.length > 0)
    parts.push(say('a second push from the KL penalty in the loss'));
  return say('Try {number}: {parts}.', { number, parts: parts.join('; ') });
}

/** "1 of 6 tests" */
export const testsWords = ({ verdict }: SeenTurn): string =>
  verdict === null || verdict.status === 'infra'
    ? say('not run')
    : say(verdict.total === 1 ? '{passed} of {total} test' : '{passed} of {total} tests', {
        passed: verdict.passed,
        total: verdict.total,
      });

const bracketed = (text: string) => (text.startsWith('−') ? `(${text})` : text);

/** "A = 0.83 − (−0.28) = +1.11" with its scale where it has one. */
export function advantageFormula(one: Comparison): string {
  if (Number.isNaN(one.advantage)) return say('A: not judged, because its tests could not be run');
  if (one.count === 0) return say('A = 0: there was nobody to compare with');
  const gap = `${fixed(one.compared, 3)} − ${bracketed(fixed(one.baseline, 3))}`;
  return one.scale === 1
    ? `A = ${one.name} − b = ${gap} = ${signed(one.advantage, 3)}`
    : `A = (${one.name} − b) · s = (${gap}) · ${fixed(one.scale, 3)} = ${signed(one.advantage, 3)}`;
}

/** "R′ = 1·0.83 + (−0.25)·0.17 + (−0.01)·0.3 = 0.78"; of the rest, its value. */
export function sumFormula(one: Comparison): string {
  if (Number.isNaN(one.compared))
    return say('{name}: not judged, because a test could not be run', { name: one.name });
  const terms = one.terms.map(({ kind, factor, value }) =>
    kind === 'rest'
      ? bracketed(fixed(value, 3))
      : `${bracketed(significant(factor))} × ${bracketed(fixed(value, 3))}`,
  );
  return `${one.name} = ${terms.join(' + ')} = ${fixed(one.compared, 3)}`;
}

/** "w₁ = γ − 1 = −0.25": what a turn's reward is multiplied with in the accumulated reward R. */
export function weightFormula(
  { turn, factor }: Term,
  { turns, accumulate }: Pick<Experiment, 'turns' | 'accumulate'>,
): string {
  const ofCocos = ['γ − 1 = ', '−γ(1 − γ) = ', '−γ²(1 − γ) = '][turns - turn - 1] ?? '';
  const formula = accumulate === 'cocos' ? ofCocos : '';
  return `w${subscript(turn)} = ${formula}${significant(factor)}`;
}

/** What that does to an answer that is right. @param name of the sum */
export function weightMeans(
  { turn, factor }: Pick<Term, 'turn' | 'factor'>,
  name: string,
  { reward, rewardScale }: Pick<Experiment, 'reward' | 'rewardScale'>,
): string {
  if (factor === 0) return say('what turn {turn} earns is left out of {name}', { turn, name });
  const values = { turn, name, by: significant(Math.abs(factor)) };
  if (reward === 'progressive' && rewardScale === 'count')
    return say(
      factor < 0
        ? 'each test passed at turn {turn} lowers {name} by {by}'
        : 'each test passed at turn {turn} raises {name} by {by}',
      values,
    );
  return say(
    factor < 0
      ? 'an answer of turn {turn} that passes every test lowers {name} by {by}'
      : 'an answer of turn {turn} that passes every test raises {name} by {by}',
    values,
  );
}

/**
 * What each unit test of a turn is worth to its try; null where that cannot be said, nothing is learned from it, or its reward goes to
 * another. @param turn from 1
 */
export function flippedTests(lane: SeenLane, turn: number, e: Experiment): (Flipped | null)[] {
  const tests = lane.turns[turn - 1]?.verdict?.tests ?? [];
  const turns = lane.turns.flatMap(({ verdict }) => (verdict === null ? [] : [{ verdict }]));
  const whole = lane.explanation !== null && turns.length === e.turns && e.control === 'none';
  return tests.map((_, test) => (whole ? flippedTest(turns, { turn, test }, e) : null));
}

/** "if it passed: R +0.17" */
export function flipWords({ passes, sums }: Flipped): string {
  const changes = sums.map(({ name, from, to }) => `${name} ${signed(to - from)}`).join(', ');
  return say(passes ? 'if it passed: {changes}' : 'if it failed: {changes}', { changes });
}
