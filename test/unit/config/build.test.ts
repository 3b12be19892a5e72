import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { build } from '../../../src/config/build.ts';

it('the version of the playground is that of package.json', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(build).toBe(version);
});
