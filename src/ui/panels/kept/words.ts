/** Kept runs in words. */
import { backendTitles } from '../../../config/backends.ts';
import { besides, changesBetween } from '../../../config/experiment.ts';
import { nearestPreset, presetExperiment } from '../../../config/presets.ts';
import type { KeptRun, StorageUse } from '../../../keep/keptRuns.ts';
import { byteSize, percent, plural } from '../../format.ts';
import { titleOf } from '../../state/kept.svelte.ts';
import { say, told } from '../../say.svelte.ts';
import { whenWords } from '../../status.ts';

/**
 * "A healthy first run · WASM · 40 of 150 updates"; of a run that is called otherwise, what it is, and nothing where its name says it.
 */
export function keptFacts(run: KeptRun): string {
  const { experiment } = run;
  const own = titleOf({ ...run, name: '' });
  const preset = nearestPreset(experiment);
  const title = told(preset.title);
  const another = changesBetween(presetExperiment(preset), experiment).some(
    ({ field }) => !besides.includes(field),
  );
  const what =
    run.name !== ''
      ? [own]
      : own.startsWith(title)
        ? []
        : [another ? say('Changed from “{title}”', { title }) : title];
  const done =
    run.step >= run.steps
      ? plural(run.step, 'update')
      : say('{step} of {n} updates', { step: run.step, n: run.steps });
  return [...what, backendTitles[run.backend], done].join(' · ');
}

/** What the curve in miniature shows. */
export function curveWords({ curve, experiment: { turns } }: Pick<KeptRun, 'curve' | 'experiment'>): string {
  const [first] = curve;
  const last = curve.at(-1);
  if (!first || !last) return say('No accuracy was measured yet.');
  const begins = say('Accuracy of turn {turns} on held-out tasks: {share} {when}', {
    turns,
    share: percent(first[1]),
    when: whenWords(first[0]),
  });
  return first === last ? `${begins}.` : `${begins}, ${percent(last[1])} ${whenWords(last[0])}.`;
}

/** How much room there is. */
export const storageWords = ({ used, granted }: StorageUse): string =>
  say('The page uses {used} of the {granted} that the browser grants it.', {
    used: byteSize(used),
    granted: byteSize(granted),
  });

/** Whether the browser may clear what is kept, and what it said when it was asked. */
export function stayWords(persisted: boolean, refused: boolean): string {
  if (persisted) return say('The browser will not clear it by itself.');
  return refused
    ? say(
        'When space is short, the browser may clear all this by itself: the page asked it not to, and it has not agreed so far. Browsers agree sooner for sites that are visited often, or bookmarked.',
      )
    : say('When space is short, the browser may clear it by itself.');
}
