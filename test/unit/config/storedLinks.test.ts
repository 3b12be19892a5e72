/**
 * Links of every format, as people have them in mails and on slides, with what each has to mean for ever: its whole experiment, the
 * fields that it leaves out with the defaults of its time. Fields that are added later are not in it. Never change what is stored.
 */
import { describe, expect, it } from 'vitest';
import { decodeLink } from '../../../src/config/link.ts';
import { readShared } from '../../../src/receipts/shared.ts';
import stored from './storedLinks.json' with { type: 'json' };

describe('a link that was stored', () => {
  it.each(stored.links)('$link', ({ link, experiment, madeOn, view, notes }) => {
    const read = decodeLink(link);
    expect(read.problem).toBeNull();
    expect(read.experiment).toMatchObject(experiment);
    expect(read).toMatchObject({ madeOn, view, notes });
  });

  it('with a result has the same result', () => {
    const { link, ...result } = stored.withResult;
    expect(readShared(link).receipt).toMatchObject(result);
  });
});
