import { expect, it } from 'vitest';
import { differences } from '../../../src/ui/madeOn.ts';

const digest = '0123456789abcdef'.repeat(4);
const here = { backend: 'wasm', modelDigest: digest } as const;

it.each([
  [{}, here],
  [here, {}],
  [here, here],
  [{ backend: 'wasm', modelDigest: digest.slice(0, 12) }, here],
  [{ modelDigest: digest }, { backend: 'wasm' }],
] as const)('a link made on %j is the same on %j', (link, page) => {
  expect(differences(link, page)).toEqual([]);
});

it('names what is another: the model first, for it changes more', () => {
  expect(differences({ backend: 'cpu', modelDigest: 'ffffffffffff' }, here)).toEqual([
    expect.stringMatching(/another version of this model.*not be the same/),
    expect.stringMatching(/made on CPU.*computes on WASM.*digits/),
  ]);
});
