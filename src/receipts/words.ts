/** What came of comparing a run with a receipt, in a sentence or two; the page and `npm run verify` say the same. */
import { backendTitles, type BackendName } from '../config/backends.ts';
import { isFar, type Claim, type Difference, type Gap, type Outcome, type Part } from './compare.ts';

const parts: Readonly<Record<Part, string>> = {
  settings: 'the settings',
  tasks: 'the tasks',
  ids: 'the token ids',
  verdicts: 'the verdicts',
  rewards: 'the rewards',
  weights: 'the weights',
  curves: 'the curves, which do not belong to its updates',
};

/** One line: what the check came to. */
export function headline(outcome: Outcome, { receipt, backend }: Claim, here: BackendName): string {
  const { updates } = receipt;
  switch (outcome.kind) {
    case 'open': {
      const { done, difference, rounding, gaps } = outcome;
      const so = `so far, ${done} of ${updates} updates`;
      if (rounding && gaps.length === 0)
        return `Not measured yet on ${what(backend, here)}, ${done} of ${updates} updates`;
      if (rounding) return `${isFar(gaps) ? 'Outside' : 'Within'} tolerance ${so} (${what(backend, here)})`;
      if (difference) return differs(difference);
      return done === 0 ? 'Not checked yet' : `The same to the last bit ${so}`;
    }
    case 'same':
      return 'Reproduced to the last bit';
    case 'close':
      return `Reproduced within tolerance (${what(backend, here)})`;
    case 'differs':
      return outcome.difference
        ? differs(outcome.difference)
        : 'Differs in an update that cannot be told: each looks the same, all together do not';
    case 'unknown':
      return 'Cannot be checked';
    default:
      return outcome satisfies never;
  }
}

const what = (backend: BackendName, here: BackendName) =>
  backend === here ? 'perhaps another GPU' : 'another back end';

const differs = ({ step, part }: Difference) => `Differs from update ${step} on, first in ${parts[part]}`;

/** What is to be known beside it, sentences; '' for nothing. */
export function explanation(outcome: Outcome, { receipt, backend }: Claim, here: BackendName): string {
  switch (outcome.kind) {
    case 'same':
      return `All ${receipt.updates} updates have the same tasks, token ids, verdicts, rewards and weights as in the result that came with the link.`;
    case 'unknown':
      return 'What was computed here has no digests: a page without https gets no cryptography from the browser.';
    case 'close':
      return `${outcome.difference ? `${why(outcome.difference, backend, here)} ` : ''}${result(outcome.gaps)}`;
    case 'differs':
    case 'open': {
      const { difference, gaps } = outcome;
      return [difference ? why(difference, backend, here) : '', result(gaps)].filter(Boolean).join(' ');
    }
    default:
      return outcome satisfies never;
  }
}

/** Why the first difference may be there. */
function why({ step, part, machine }: Difference, backend: BackendName, here: BackendName): string {
  const before =
    step > 2
      ? `Updates 1 to ${step - 1} are the same to the last bit.`
      : step === 2
        ? 'Update 1 is the same to the last bit.'
        : '';
  const { timeouts, infra } = machine;
  const said =
    part === 'verdicts' && infra.here !== infra.there
      ? `It is a verdict of the machine, not of the program: ${answers(infra.here)} could not be judged here, ${infra.there} there.`
      : part === 'verdicts' && timeouts.here !== timeouts.there
        ? `It is a timeout, which depends on how fast a machine is: ${answers(timeouts.here)} timed out here, ${timeouts.there} there.`
        : part === 'verdicts' && timeouts.here + infra.here > 0
          ? `It may be a timeout, which depends on how fast a machine is: ${answers(timeouts.here + infra.here)} of this update timed out or could not be judged, here and there.`
          : part === 'settings'
            ? 'A field was changed in one of the two runs and not in the other.'
            : backend !== here
              ? `It was made on ${backendTitles[backend]} and checked on ${backendTitles[here]}, which round differently.`
              : here === 'webgpu'
                ? 'GPUs round differently.'
                : '';
  return [before, said].filter(Boolean).join(' ');
}

const answers = (n: number) => `${n} ${n === 1 ? 'answer' : 'answers'}`;

const percent = (share: number) => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '–');

/** A sentence each, in the order of the turns. */
const result = (gaps: readonly Gap[]): string =>
  gaps
    .map(
      ({ turn, here, there, tolerance }) =>
        `Held-out tasks solved at turn ${turn}: ${percent(here)} here, ${percent(there)} there (chance: ±${percent(tolerance)}).`,
    )
    .join(' ');
