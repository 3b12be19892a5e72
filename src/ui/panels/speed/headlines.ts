/** What a measurement says in a few sentences. */
import type { SpeedResult } from '../../../worker/speed.ts';
import { percent, plural } from '../../format.ts';
import { say } from '../../say.svelte.ts';
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
  const against = (
    what: 'train' | 'generate',
    words: 'as fast as {title} in training' | 'as fast as {title} in generation',
    meaning: string,
  ): void => {
    for (const id of ids(report)) {
      const times = ratios[`${what}_vs_${id}`];
      if (times === undefined) continue;
      told.push({ figure: ratio(times), words: say(words, { title: titleOf(report, id) }), meaning });
    }
  };
  const { ratioSize, sequences, tokens, ratioBatch, prompt, newTokens } = setting;
  against(
    'train',
    'as fast as {title} in training',
    say(
      'One step: loss, gradient and Adam on {sequences} sequences of {tokens} tokens, {parameters}. Both do the same work: their losses were compared first. The ratio is the median of the rounds’ ratios.',
      {
        ...{ sequences, tokens },
        parameters: parameters(ratioSize),
      },
    ),
  );
  const share = ratios['train_share_of_matmul_peak'];
  if (share !== undefined && matmul) {
    told.push({
      figure: percent(share),
      words: say('of this device’s own matrix-product speed in training'),
      meaning: say(
        'The fastest matrix product measured here did {speed} GFLOP/s. 100 % would be a step that consists of nothing else. Median of the rounds’ ratios, as above.',
        {
          speed: number(matmul.gflops),
        },
      ),
    });
  }
  against(
    'generate',
    'as fast as {title} in generation',
    say(
      '{ratioBatch} answers of {newTokens} tokens at once, each after a prompt of {prompt}, {parameters}.',
      {
        ...{ ratioBatch, newTokens, prompt },
        parameters: parameters(ratioSize),
      },
    ),
  );
  if (update_ms) {
    told.push({
      figure: time(update_ms.total),
      words: say('for a whole update of the default experiment'),
      meaning: say('{answers} written, graded and learned from. Waiting for verdicts takes {share} of it.', {
        answers: plural(Math.round(update_ms.answers), 'answer'),
        share: percent(update_ms.grade / update_ms.total),
      }),
    });
  }
  const typical = grading?.mixes['typical']?.programs_per_s;
  if (typical) {
    const [workers, speed] = Object.entries(typical).at(-1) ?? ['', { median: NaN }];
    told.push({
      figure: number(speed.median),
      words: say('programs graded per second'),
      meaning: say('By {workers}: right and nearly right programs, six unit tests each.', {
        workers: plural(Number(workers), 'Python worker'),
      }),
    });
  }
  const [own, ...others] = ids(report);
  const counted = report.operations[own ?? '']?.per_token;
  if (counted !== undefined) {
    const peers = others.flatMap((id) => {
      const count = report.operations[id]?.per_token;
      return count === undefined
        ? []
        : [say('{title} starts {n}', { title: titleOf(report, id), n: number(count) })];
    });
    told.push({
      figure: number(counted),
      words: say(counted === 1 ? 'operation started per token' : 'operations started per token'),
      meaning: [
        ...(peers.length > 0 ? [say('For each token, {peers}.', { peers: peers.join(', ') })] : []),
        say(
          'Each costs a little, however small the model. The count is the same on every machine with this back end.',
        ),
      ].join(' '),
    });
  }
  return told;
}
