/** What a measurement says in a few sentences. */
import type { SpeedResult } from '../../../worker/speed.ts';
import { percent, pluralInEnglish as plural } from '../../format.ts';
import { ids, number, parameters, ratio, time, titleOf } from './words.ts';

/** One figure that says it all, and what it means. */
export interface Headline {
  readonly figure: string;
  /** Goes on where the figure ends. */
  readonly words: string;
  readonly meaning: string;
}

/** The ratios in words, the most telling first. */
export function headlines({ report, setting }: SpeedResult): Headline[] {
  const { ratios, matmul, grading, update_ms } = report;
  const told: Headline[] = [];
  const against = (what: 'train' | 'generate', words: string, meaning: string): void => {
    for (const id of ids(report)) {
      const times = ratios[`${what}_vs_${id}`];
      if (times === undefined) continue;
      told.push({ figure: ratio(times), words: `as fast as ${titleOf(report, id)} ${words}`, meaning });
    }
  };
  const { ratioSize, sequences, tokens, ratioBatch, prompt, newTokens } = setting;
  against(
    'train',
    'in training',
    `One step: loss, gradient and Adam on ${sequences} sequences of ${tokens} tokens, ${parameters(ratioSize)}. ` +
      'Both do the same work: their losses were compared first. The ratio is the median of the rounds’ ratios.',
  );
  const share = ratios['train_share_of_matmul_peak'];
  if (share !== undefined && matmul) {
    told.push({
      figure: percent(share),
      words: 'of this device’s own matrix-product speed in training',
      meaning:
        `The fastest matrix product measured here did ${number(matmul.gflops)} GFLOP/s. ` +
        '100 % would be a step that consists of nothing else.',
    });
  }
  against(
    'generate',
    'in generation',
    `${ratioBatch} answers of ${newTokens} tokens at once, each after a prompt of ${prompt}, ${parameters(ratioSize)}.`,
  );
  if (update_ms) {
    told.push({
      figure: time(update_ms.total),
      words: 'for a whole update of the default experiment',
      meaning:
        `${plural(Math.round(update_ms.answers), 'answer')} written, graded and learned from. ` +
        `Waiting for verdicts takes ${percent(update_ms.grade / update_ms.total)} of it.`,
    });
  }
  const typical = grading?.mixes['typical']?.programs_per_s;
  if (typical) {
    const [workers, speed] = Object.entries(typical).at(-1) ?? ['', { median: NaN }];
    told.push({
      figure: number(speed.median),
      words: 'programs graded per second',
      meaning: `By ${plural(Number(workers), 'Python worker')}: right and nearly right programs, six unit tests each.`,
    });
  }
  const [own, ...others] = ids(report);
  const counted = report.operations[own ?? '']?.per_token;
  if (counted !== undefined) {
    const peers = others.flatMap((id) => {
      const count = report.operations[id]?.per_token;
      return count === undefined ? [] : [`${titleOf(report, id)} starts ${number(count)}`];
    });
    told.push({
      figure: number(counted),
      words: `${counted === 1 ? 'operation' : 'operations'} started per token`,
      meaning:
        (peers.length > 0 ? `For each token, ${peers.join(', ')}. ` : '') +
        'Each costs a little, however small the model. The count is the same on every machine with this back end.',
    });
  }
  return told;
}
