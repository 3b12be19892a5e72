/** All lessons, in the order in which they are best taken. */
import { firstUpdate } from './firstUpdate.ts';
import { hiddenTests } from './hiddenTests.ts';
import { klLeash } from './klLeash.ts';
import type { Lesson } from './lesson.ts';
import { paidToFail } from './paidToFail.ts';
import { realModel } from './realModel.ts';
import { releasedCode } from './releasedCode.ts';
import { sparseReward } from './sparseReward.ts';
import { threeTurns } from './threeTurns.ts';

export const lessonIds = [
  'firstUpdate',
  'paidToFail',
  'releasedCode',
  'sparseReward',
  'klLeash',
  'hiddenTests',
  'threeTurns',
  'realModel',
] as const;
export type LessonId = (typeof lessonIds)[number];

export const lessons: Readonly<Record<LessonId, Lesson>> = {
  firstUpdate,
  paidToFail,
  releasedCode,
  sparseReward,
  klLeash,
  hiddenTests,
  threeTurns,
  realModel,
};
