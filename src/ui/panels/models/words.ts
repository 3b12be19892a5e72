/** Models of others in words. */
import { bytesOf, type KeptModel, type Progress } from '../../../worker/models.ts';
import { byteSize, compact, durationWords, percent, significant } from '../../format.ts';

type Facts = KeptModel['facts'];

const families: Readonly<Record<Facts['family'], string>> = { llama: 'Llama', qwen2: 'Qwen2' };

/** 134515008 → "135 M parameters". */
export function parametersOf({ parameters }: Pick<Facts, 'parameters'>): string {
  if (parameters >= 1e9) return `${significant(parameters / 1e9, 3)} billion parameters`;
  if (parameters >= 1e6) return `${significant(parameters / 1e6, 3)} M parameters`;
  return `${compact(parameters)} parameters`;
}

/** "Llama, 135 M parameters, BF16, 49,152 tokens, context 2,048". */
export function factsLine(facts: Facts): string {
  return [
    families[facts.family],
    parametersOf(facts),
    facts.dtypes.slice(0, 3).join('/'),
    `vocabulary ${facts.vocabulary.toLocaleString('en')}`,
    `context ${facts.context.toLocaleString('en')}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** Where it comes from. */
export function originOf({ origin }: Pick<KeptModel, 'origin'>): string {
  if (origin.kind === 'dropped') return 'from files of yours';
  if (origin.kind === 'adapter')
    return `begins with an adapter of rank ${origin.lora.loraRank} over ${origin.model}`;
  return `${origin.model} at commit ${origin.commit.slice(0, 7)}`;
}

export const licenceOf = ({ licence }: Pick<KeptModel, 'licence'>): string =>
  licence === null ? 'licence not stated' : `licence ${licence}`;

const doing: Readonly<Record<Progress['what'], string>> = {
  fetching: 'Fetching',
  checking: 'Reading',
  copying: 'Copying',
};

export const progressWords = ({ what, done, total }: Progress): string =>
  `${doing[what]}: ${byteSize(done)} of ${byteSize(total)} (${percent(total > 0 ? done / total : 0)})`;

export const sizeOf = (model: Pick<KeptModel, 'files'>): string => byteSize(bytesOf(model));

/** "9.0 minutes an update, 14.4 hours for all 96". @param seconds an update */
export const runTime = (seconds: number, steps: number): string =>
  `${durationWords(seconds)} an update, ${durationWords(seconds * steps)} for all ${steps}`;
