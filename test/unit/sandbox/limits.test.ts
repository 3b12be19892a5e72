import { describe, expect, it } from 'vitest';
import { usefulWorkers } from '../../../src/sandbox/limits.ts';

describe('usefulWorkers', () => {
  it.each([
    ['one core', 1, 1, 0, 1],
    ['two, one of them the trainer’s', 2, 1, 0, 1],
    ['two, shared with it', 2, 0, 8, 2],
    ['four', 4, 1, 8, 2],
    ['eight', 8, 1, 8, 4],
    ['a telephone with eight', 8, 1, 4, 2],
    ['eight, and a browser that does not tell its memory', 8, 1, 0, 2],
    ['sixty-four', 64, 0, 256, 4],
  ])('%s', (_, cores, left, gigabytes, workers) => {
    expect(usefulWorkers(cores, left, gigabytes)).toBe(workers);
  });
});
