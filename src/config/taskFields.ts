/** Fields of what is learned from: tasks, their tests, and the model that a run starts with. Part of the table in fields.ts. */
import { linear, type Field } from './types.ts';

/** The value of `problems` where there are none. */
export const noProblems = 'none';
/** The name of problems: the SHA-256 of how they are written (tasks/problemSet.ts). */
export const isProblemsName = (name: string): boolean => /^sha256-[0-9a-f]{64}$/.test(name);

export const taskFields = {
  tasks: {
    kind: 'choice',
    default: 'generated',
    choices: [
      {
        value: 'generated',
        label: 'Generated',
        help: 'Short functions from a fixed grammar, which the starting models were made for: as many as you like.',
      },
      {
        value: 'own',
        label: 'My own problems',
        help: 'The problems of a file, or those you wrote: see Problem sets.',
      },
    ],
    label: 'Tasks',
    help: 'Where the tasks come from that the model is trained and evaluated on.',
    source: 'our decision',
    group: 'task',
    when: 'restart',
    since: 8,
  },
  problems: {
    kind: 'text',
    default: noProblems,
    maxLength: 71,
    label: 'Problems',
    help: 'Which problems of your own, by the SHA-256 of their texts, tests and solutions. A link carries few problems itself; for many it only says which file is needed.',
    source: 'our decision',
    group: 'task',
    when: 'restart',
    since: 8,
  },
  heldOut: {
    kind: 'int',
    default: 20,
    ...linear({ min: 0, max: 90, step: 5, unit: '%' }),
    label: 'Held out',
    help: 'How many of your own problems training never sees, so that accuracy is measured on them. At 0 it is measured on the problems that are trained on, and says nothing about others.',
    source: 'our decision',
    group: 'task',
    when: 'restart',
    since: 8,
  },
  splitSeed: {
    kind: 'int',
    default: 1,
    ...linear({ min: 0, max: 4294967295, step: 1 }),
    label: 'Split',
    help: 'Which of your own problems are held out: each number is another draw. It is not the seed of the run, so that runs with other seeds are measured on the same problems.',
    source: 'our decision',
    group: 'task',
    when: 'restart',
    since: 8,
  },
  level: {
    kind: 'choice',
    default: 'all',
    choices: [
      { value: 'all', label: 'All levels', help: 'Tasks of every difficulty, mixed.' },
      { value: '1', label: 'Level 1', help: 'One operation, at most one place where novices go wrong.' },
      { value: '2', label: 'Level 2', help: 'Two operations, at most one such place.' },
      { value: '3', label: 'Level 3', help: 'Three or more operations, at most one such place.' },
      { value: '4', label: 'Level 4', help: 'At least two such places.' },
    ],
    label: 'Difficulty',
    help: 'Which tasks the model is trained and evaluated on. On harder tasks the first answers pass fewer tests, so the reward is sparser.',
    source: 'our decision',
    group: 'task',
    when: 'restart',
  },
  trainTasks: {
    kind: 'int',
    default: 1000,
    ...linear({ min: 16, max: 5000, step: 8, unit: 'tasks' }),
    label: 'Training tasks',
    help: 'How many different tasks training draws from; of your own problems, at most so many. The held-out tasks are never among them.',
    source: 'our decision',
    group: 'task',
    when: 'restart',
  },
  trainTests: {
    kind: 'choice',
    default: 'all',
    choices: [
      { value: 'all', label: 'All', help: 'Every unit test is rewarded, and judged.' },
      { value: '1', label: '1', help: 'Only the first test is rewarded; the others judge.' },
      { value: '2', label: '2', help: 'The first two tests are rewarded; the others judge.' },
      { value: '3', label: '3', help: 'The first three tests are rewarded; the others judge.' },
      { value: '4', label: '4', help: 'The first four tests are rewarded; the others judge.' },
      { value: '5', label: '5', help: 'The first five tests are rewarded; the last one judges.' },
    ],
    label: 'Tests trained on',
    help: 'How many of each task’s unit tests the reward is earned on, and the feedback taken from. Accuracy is then measured on the others only, in training and on held-out tasks: what the model learned for the tests it is paid for may not hold for those it never sees.',
    source: 'our decision: how a reward that is only part of the truth is learned',
    group: 'task',
    when: 'restart',
    since: 6,
  },
  model: {
    kind: 'choice',
    default: 'boost',
    choices: [
      {
        value: 'boost',
        label: 'Boost',
        help: 'Writes like a novice, with systematic bugs, and mostly repeats itself when asked for a correction.',
      },
      {
        value: 'repairer',
        label: 'Repairer',
        help: 'The same novice, trained on more corrections: it already repairs about half of its own bugs.',
      },
      {
        value: 'three-turns',
        label: 'Three turns',
        help: 'The same novice, trained on examples of three answers: it knows what a third one is.',
      },
      {
        value: 'beginner',
        label: 'Beginner',
        help: 'The same novice, but with a bug nearly everywhere one can be: on hard tasks almost nothing passes every test.',
      },
      {
        value: 'other',
        label: 'Another model',
        help: 'One that others trained, opened from files: what Other model says.',
      },
    ],
    label: 'Starting model',
    help: 'The model that the run starts from, made by supervised training. A frozen copy of it is the reference of the KL penalty.',
    source: 'paper, boost model; our training data',
    group: 'task',
    when: 'restart',
  },
  initialPolicy: {
    kind: 'choice',
    default: 'model',
    choices: [
      { value: 'model', label: 'The starting model', help: 'The run starts at its beginning.' },
      {
        value: 'cheating',
        label: 'After 150 updates of γ = 0',
        help: 'A checkpoint of a run with γ = 0 and seed 11, which began with Boost and is about to give up its first answers.',
      },
    ],
    label: 'Training starts',
    help: 'Where the weights that are trained start. From a checkpoint the run starts part of the way along another one. The reference of the KL penalty is the starting model all the same, and the optimiser starts afresh.',
    source: 'our decision: what takes minutes to happen can be seen in one',
    group: 'task',
    when: 'restart',
    since: 4,
  },
} as const satisfies Readonly<Record<string, Field>>;
