/** What runs are called, where nobody gave them a name: by what differs, the telling first. */
import { besides, changesBetween, type Experiment, type FieldName } from '../../config/experiment.ts';
import { fieldNames } from '../../config/fields.ts';
import { nearestPreset, presetExperiment, presets, type Preset } from '../../config/presets.ts';
import type { ChangeRecord } from '../../rl/records.ts';
import { change } from '../charts/catalogue.ts';
import { say, told } from '../say.svelte.ts';

/** Said in two words of a run on problems of the user's own. */
const aboutTasks: readonly FieldName[] = ['tasks', 'problems', 'heldOut', 'splitSeed'];
/** What an experiment is about, and a name begins with. */
const telling: readonly FieldName[] = ['reward', 'gamma', 'estimator', 'objective', 'accumulate', 'returns'];
/** How much of it there is. */
const counts: readonly FieldName[] = ['trainTasks', 'promptsPerUpdate', ...besides];
/** Long to say, and behind what tells a run from others. */
const last: FieldName = 'initialPolicy';

/** 0: what it is about, 1: another setting, 2: a count, 3: where it starts. */
const rank = (name: FieldName): number =>
  telling.includes(name) ? 0 : counts.includes(name) ? 2 : name === last ? 3 : 1;

/** Fields in the order in which a name has them: a tab shows no more than its beginning. */
export const byWeight = (a: FieldName, b: FieldName): number =>
  rank(a) - rank(b) ||
  telling.indexOf(a) - telling.indexOf(b) ||
  fieldNames.indexOf(a) - fieldNames.indexOf(b);

/** Several things with values in them: what parts them is no decimal comma. */
export const listed = (all: readonly string[]): string => all.join(say(', '));

/** "γ 0, k 8"; '' where nothing differs. With `from`, "γ 0.75 → 0". */
export const changeWords = (
  changes: readonly Pick<ChangeRecord['changes'][number], 'field' | 'to'>[],
): string => listed(changes.toSorted((a, b) => byWeight(a.field, b.field)).map(change));

/**
 * How it differs from its preset; the preset's own title where it does not, and before mere counts, where it is not the first. A model
 * that others trained comes first.
 */
export function nameOf(experiment: Experiment, preset: Preset): string {
  const base = presetExperiment(preset);
  const own = experiment.tasks === 'own' && base.problems !== experiment.problems;
  const changes = changesBetween(base, experiment)
    .filter(({ field }) => !own || !aboutTasks.includes(field))
    .map(({ field, to }) => ({ field, to }));
  const title = told(preset.title);
  const words = [
    ...(own ? [say('own problems')] : []),
    ...(changes.length > 0 ? [changeWords(changes)] : []),
  ];
  if (experiment.model === 'other') return listed([told(nearestPreset(experiment).title), ...words]);
  const counted = !own && preset !== presets[0] && changes.every(({ field }) => counts.includes(field));
  return words.length === 0 ? title : listed(counted ? [title, ...words] : words);
}

/** The name of a run, with what was changed on the way. What bends no curve is not told. */
export function nameAfter(name: string, changes: Parameters<typeof changeWords>[0]): string {
  const telling = changes.filter(({ field }) => !besides.includes(field));
  const words = changeWords(telling.map(({ field, to }) => ({ field, to })));
  return words ? say('{name}, then {changes}', { name, changes: words }) : name;
}

/** What one of several experiments is called: its values of the fields in which they differ. */
export const nameAmong = (experiment: Experiment, fields: readonly FieldName[]): string =>
  changeWords(fields.map((field) => ({ field, to: experiment[field] }))) || say('the same');
