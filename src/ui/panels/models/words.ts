/** Models of others in words. */
import { bytesOf, type KeptModel, type Progress } from '../../../worker/models.ts';
import { byteSize, compact, durationWords, grouped, percent, significant } from '../../format.ts';
import { say } from '../../say.svelte.ts';

type Facts = KeptModel['facts'];

const families: Readonly<Record<Facts['family'], string>> = { llama: 'Llama', qwen2: 'Qwen2' };

/** 134515008 → "135 M parameters". */
export function parametersOf({ parameters }: Pick<Facts, 'parameters'>): string {
  if (parameters >= 1e9) return say('{n} billion parameters', { n: significant(parameters / 1e9, 3) });
  if (parameters >= 1e6) return say('{n} M parameters', { n: significant(parameters / 1e6, 3) });
  return say('{n} parameters', { n: compact(parameters) });
}

/** "Llama, 135 M parameters, BF16, 49,152 tokens, context 2,048". */
export function factsLine(facts: Facts): string {
  return [
    families[facts.family],
    parametersOf(facts),
    facts.dtypes.slice(0, 3).join('/'),
    say('vocabulary {n}', { n: grouped(facts.vocabulary) }),
    say('context {n}', { n: grouped(facts.context) }),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** Where it comes from. */
export function originOf({ origin }: Pick<KeptModel, 'origin'>): string {
  if (origin.kind === 'dropped') return say('from files of yours');
  if (origin.kind === 'adapter')
    return say('begins with an adapter of rank {rank} over {model}', {
      rank: origin.lora.loraRank ?? 0,
      model: origin.model,
    });
  return say('{model} at commit {commit}', { model: origin.model, commit: origin.commit.slice(0, 7) });
}

export const licenceOf = ({ licence }: Pick<KeptModel, 'licence'>): string =>
  licence === null ? say('licence not stated') : say('licence {licence}', { licence });

const doing = {
  fetching: 'Fetching',
  checking: 'Reading',
  copying: 'Copying',
} as const;

export const progressWords = ({ what, done, total }: Progress): string =>
  say('{what}: {done} of {total} ({share})', {
    what: say(doing[what]),
    done: byteSize(done),
    total: byteSize(total),
    share: percent(total > 0 ? done / total : 0),
  });

export const sizeOf = (model: Pick<KeptModel, 'files'>): string => byteSize(bytesOf(model));

/** "9.0 minutes an update, 14.4 hours for all 96". @param seconds an update */
export const runTime = (seconds: number, steps: number): string =>
  say('{time} an update, {all} for all {steps}', {
    time: durationWords(seconds),
    all: durationWords(seconds * steps),
    steps,
  });
