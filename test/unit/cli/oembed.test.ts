import { describe, expect, it } from 'vitest';
import { oembed } from '../../../src/cli/oembed.ts';

describe('oembed', () => {
  it.each(['https://me.example/playground', 'https://me.example/playground/'])('%s', (site) => {
    const { answer, address } = oembed(site);
    expect(address).toBe('https://me.example/playground/oembed.json');
    const { html, ...rest } = JSON.parse(answer) as Record<string, unknown>;
    // What the specification asks of type "rich".
    expect(rest).toMatchObject({ version: '1.0', type: 'rich', width: 960, height: 600 });
    expect(html).toMatch(/^<iframe src="https:\/\/me\.example\/playground\/#v=\d+&amp;embed" .*><\/iframe>$/);
  });

  it.each(['me.example', 'ftp://me.example/', 'https://me.example/?a=1', 'https://me.example/#v=1', ''])(
    '%j is refused',
    (site) => expect(() => oembed(site)).toThrow('SITE_ADDRESS must be where the site will lie'),
  );
});
