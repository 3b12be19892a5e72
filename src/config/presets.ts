/** Named experiments worth a look: each is a difference from the default, with its story. */
import { otherModelName, otherModelSettings } from './modelFields.ts';
import { defaultExperiment, diff, withChanges, type Experiment } from './experiment.ts';

export interface Preset {
  readonly id: string;
  readonly title: string;
  /** One or two sentences: what to watch, on charts and panels that exist. */
  readonly story: string;
  /** What differs from the default experiment. */
  readonly changes: Partial<Experiment>;
}

export const presets: readonly Preset[] = [
  {
    id: 'default',
    title: 'A healthy first run (γ = 0.75)',
    story:
      'Both answers improve: the first gets better at the task, the second repairs what is left. A good place to start.',
    changes: {},
  },
  {
    id: 'paper',
    title: 'The paper’s discount (γ = 0.5)',
    story:
      'Correction is rewarded more, so the gap between the turns widens. Keep it running and the first answer starts to suffer.',
    changes: { gamma: 0.5 },
  },
  {
    id: 'cheating',
    title: 'Watch it cheat (γ = 0)',
    story:
      'Only improvement pays. This run starts from a checkpoint after 150 updates of γ = 0: watch turn 1 fall further, towards 0, while turn 2 stays or rises. The model fails first, in order to have something to repair.',
    changes: { initialPolicy: 'cheating', gamma: 0 },
  },
  {
    id: 'own-credit',
    title: 'Own credit cures it (per-turn returns)',
    story:
      'The same checkpoint after 150 updates of γ = 0, but now each turn is pushed by its own reward and those after it. Watch turn 1 come back.',
    changes: { initialPolicy: 'cheating', gamma: 0.5, returns: 'per-turn' },
  },
  {
    id: 'cheat',
    title: 'γ = 0 from the start',
    story:
      'How a model begins to cheat, for the patient: for about 50 updates both turns gain a little, then turn 1 falls away from turn 2. After some 250 updates it solves nothing at all.',
    changes: { gamma: 0, steps: 250 },
  },
  {
    id: 'released-code',
    title: 'Released code: γ does nothing',
    story:
      'The authors’ code shares one first answer among all samples of a prompt, so its reward cancels. Change γ: the advantages A stay the same.',
    changes: { objective: 'released-code' },
  },
  {
    id: 'released-settings',
    title: 'Released code’s own settings',
    story:
      'Two samples per prompt at temperature 0.9, the number of tests as reward and a cosine schedule, as the authors’ training script has it. With only two samples, both often earn the same and nothing is learned from them: in the training batch, their advantages A are close to 0.',
    changes: {
      objective: 'released-code',
      gamma: 0.5,
      rewardScale: 'count',
      k: 2,
      temperature: 0.9,
      lrSchedulerType: 'cosine',
      warmupSteps: 0,
      adamBeta2: 0.999,
    },
  },
  {
    id: 'repairer',
    title: 'Start from a repairer',
    story:
      'The same novice, but trained on more corrections beforehand. It keeps correcting itself, and the gap between its turns stays large.',
    changes: { model: 'repairer' },
  },
  {
    id: 'binary',
    title: 'Binary reward (all tests or nothing)',
    story:
      'An answer earns 1 only if every test passes. More often than with the progressive reward, all samples of a task earn the same and teach nothing: in the training batch, their advantages A are close to 0.',
    changes: { reward: 'binary' },
  },
  {
    id: 'per-turn',
    title: 'Separate credit for each turn',
    story:
      'Each turn is pushed by its own reward and those after it, so the first answer is no longer sacrificed. The gap between the turns closes.',
    changes: { gamma: 0.5, returns: 'per-turn' },
  },
  {
    id: 'micro',
    title: 'Micro (for tests)',
    story: 'Twenty tiny updates in a few seconds: too small to learn from, enough to see every part move.',
    changes: {
      trainTasks: 32,
      promptsPerUpdate: 2,
      k: 2,
      maxNewTokens: 24,
      warmupSteps: 2,
      steps: 20,
      evalEvery: 5,
      evalTasks: 4,
    },
  },
];

/** The preset of this id, or undefined. */
export function findPreset(id: string): Preset | undefined {
  return presets.find((preset) => preset.id === id);
}

/** What a run over a model that others trained begins with, under the model's name. @param otherModel as an experiment names it */
export function otherModelPreset(otherModel: string): Preset {
  const title = otherModelName(otherModel);
  return {
    id: otherModel,
    title,
    story: `An adapter (LoRA) learns over ${title}, which others trained and which stays as it is. Models of others are large for a page, so batches are small and runs short.`,
    changes: { ...otherModelSettings, model: 'other', otherModel },
  };
}

/** What suits such a model on problems/short.jsonl, whose prompts have at most 120 tokens and whose solutions 48: training sees each once. */
export const shortProblemSettings = {
  ...otherModelSettings,
  heldOut: 40,
  trainTasks: 192,
  evalTasks: 128,
  promptsPerUpdate: 2,
  k: 4,
  turns: 2,
  gamma: 1,
  maxNewTokens: 48,
  learningRate: 3e-4,
  steps: 96,
  evalEvery: 48,
} as const satisfies Partial<Experiment>;

/**
 * The same on problems/decisions.jsonl: what `npm run learn` proves with, fixed before its runs. Problems of one kind, half of them
 * held out; answers that are drawn near the likeliest ones, because those are what is measured; no KL penalty, so that a group of
 * equal rewards costs no gradient; and a step that is small for its eight tries, in which groups that differ more count for more.
 */
export const decisionSettings = {
  ...shortProblemSettings,
  heldOut: 50,
  evalTasks: 192,
  temperature: 0.5,
  beta: 0,
  learningRate: 1e-4,
  maxGradNorm: 10,
  steps: 48,
  evalEvery: 48,
} as const satisfies Partial<Experiment>;

/** The name of the short problems in an experiment (tasks/problemSet.ts). */
export const shortProblemsName = 'sha256-3824b1f5b029f3c13b544cf3963ded107dc48d41acfd3d1063a5c6b289d0dd9c';

/** Such a run on those problems. @param problems their name; another set of them has one of its own */
export function shortProblemsPreset(otherModel: string, problems: string = shortProblemsName): Preset {
  const { id, title, story, changes } = otherModelPreset(otherModel);
  return {
    id: `${id} short-problems`,
    title: `${title} on short problems`,
    story: `${story} It learns short problems, asked in whole sentences: each is seen once.`,
    changes: { ...changes, ...shortProblemSettings, tasks: 'own', problems },
  };
}

/** An experiment for which the user brings a model: what to do until there is one. */
export interface BroughtPreset extends Pick<Preset, 'title' | 'story'> {
  readonly id: 'short-problems' | 'own-model';
}

export const broughtPresets: readonly BroughtPreset[] = [
  {
    id: 'short-problems',
    title: 'SmolLM2 on short problems',
    story:
      'A language model of 135 million parameters learns 324 short problems, asked in whole sentences. It is not part of this page: get SmolLM2-135M-Instruct below, or another small model for conversations, then press “Train on it” in its row. As published, it explains more than it writes, and most of its first answers are cut off at 48 tokens: npm run boost, at the command line, teaches it the format first; drop the folder that it writes here, too.',
  },
  {
    id: 'own-model',
    title: 'Your own model, your own problems',
    story:
      'Get a model below, by its name on the hub or from files of yours, and press “Train on it” in its row. Then open a file in “Problem sets”, or write problems there, and press “Train on it” there too: the form keeps the model.',
  },
];

/** The complete experiment of a preset. */
export function presetExperiment(preset: Preset): Experiment {
  return withChanges(defaultExperiment, preset.changes);
}

/** The preset that an experiment differs least from; of several the first. Over a model that others trained, one of that model's own. */
export function nearestPreset(experiment: Experiment): Preset {
  const { model, otherModel, problems } = experiment;
  if (model === 'other')
    return problems === shortProblemsName ? shortProblemsPreset(otherModel) : otherModelPreset(otherModel);
  const far = presets.map((preset) => Object.keys(diff(experiment, presetExperiment(preset))).length);
  return presets[far.indexOf(Math.min(...far))];
}
