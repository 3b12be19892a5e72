import { expect, it } from 'vitest';
import { hubPlaces } from '../../../src/hub/places.ts';

it('a page may speak to the hub that it was built for and to its content hosts, and to nobody else', () => {
  expect(hubPlaces({})).toEqual({
    endpoint: 'https://huggingface.co',
    connect: ['https://huggingface.co', 'https://*.hf.co'],
  });
  expect(hubPlaces({ HF_ENDPOINT: 'https://mirror.school.edu/hf/' })).toEqual({
    endpoint: 'https://mirror.school.edu/hf',
    connect: ['https://mirror.school.edu'],
  });
  expect(
    hubPlaces({ HF_ENDPOINT: 'http://localhost:8000', HF_CONTENT_HOSTS: ' https://a.b https://*.c.d:444 ' })
      .connect,
  ).toEqual(['http://localhost:8000', 'https://a.b', 'https://*.c.d:444']);
});

it.each([
  ['HF_ENDPOINT', 'http://mirror.school.edu'],
  ['HF_ENDPOINT', "https://a.b; script-src 'unsafe-inline'"],
  ['HF_ENDPOINT', '*'],
  ['HF_CONTENT_HOSTS', 'https://*'],
  ['HF_CONTENT_HOSTS', 'https://a.b/path'],
  ['HF_CONTENT_HOSTS', "'unsafe-eval'"],
])('%s=%s is refused', (variable, value) => {
  expect(() => hubPlaces({ [variable]: value })).toThrow(`${variable}: `);
});
