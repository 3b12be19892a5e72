/** What a run can be asked: each question is answered with one event, and the run stays where it is. */
import { sentence } from './failure.ts';
import type { Around } from './layers.ts';
import type { RunCommand } from './messages.ts';
import type { BareEvent } from './teller.ts';
import { UnreachableError, type Side, type Timeline } from './timeline.ts';
import type { Loaded, Trainable } from './trainable.ts';

export type Question = Extract<RunCommand, { type: 'inspect' | 'layers' | 'files' | 'catch' }>;

interface Asked {
  readonly loaded: Loaded;
  readonly run: Trainable;
  readonly timeline: Timeline;
  /** How updates are made again. */
  readonly side: Side;
}

/** The answer, or why there is none: nobody is to wait for it. */
export async function answer(question: Question, asked: Asked): Promise<BareEvent> {
  try {
    return await found(question, asked);
  } catch (error) {
    if (!(error instanceof UnreachableError) || question.type === 'catch') throw error;
    return { type: 'unanswered', step: question.step, why: error.message };
  }
}

async function found(question: Question, asked: Asked): Promise<BareEvent> {
  switch (question.type) {
    case 'inspect':
      return inspected(question, asked);
    case 'layers':
      return { type: 'layers', step: question.step, layers: await layersAt(question.step, asked) };
    case 'files': {
      const { step } = question;
      return {
        type: 'files',
        step,
        files: asked.loaded.files(
          await asked.timeline.stateAt(step, asked.side),
          asked.timeline.experimentAt(step),
        ),
      };
    }
    case 'catch':
      return { type: 'caught', record: await asked.run.caught() };
  }
}

/**
 * An update in full, or why there is none: the run itself is whole in any case.
 * @param dropped fires when nobody wants it any more
 */
export async function answerRecord(
  step: number,
  { timeline, side }: Pick<Asked, 'timeline' | 'side'>,
  dropped: AbortSignal,
): Promise<BareEvent> {
  try {
    dropped.throwIfAborted();
    const signal = AbortSignal.any([side.signal, dropped]);
    return { type: 'record', record: await timeline.recordOf(step, { ...side, signal }) };
  } catch (error) {
    if (side.signal.aborted) throw error;
    const why =
      error instanceof UnreachableError
        ? error.message
        : `Update ${step} could not be made again. ${sentence(error)}`;
    return { type: 'unanswered', step, why: dropped.aborted ? '' : why };
  }
}

async function inspected(
  { step, group, trajectory }: Extract<Question, { type: 'inspect' }>,
  asked: Asked,
): Promise<BareEvent> {
  const { loaded, timeline, side } = asked;
  try {
    const record = await timeline.recordOf(step, side);
    const turns = await loaded.inspect(record, { group, trajectory }, await around(step, asked));
    return { type: 'inspected', step, group, trajectory, turns };
  } catch (error) {
    if (error instanceof RangeError) throw new UnreachableError(error.message); // there is no such try
    throw error;
  }
}

async function around(step: number, { timeline, side }: Asked): Promise<Around> {
  const after = await timeline.stateAt(step, side); // first: it may not have been made
  return { before: await timeline.stateAt(step - 1, side), after };
}

async function layersAt(step: number, asked: Asked) {
  const { loaded, timeline } = asked;
  return loaded.layers(await around(step, asked), timeline.experimentAt(step - 1));
}
