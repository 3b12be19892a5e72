/** The workflow that deploys to GitHub Pages: it cannot run here, but what it names must exist. */
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { readText } from '../../source.ts';

const path = '.github/workflows/pages.yml';
const text = readText(path);

describe(path, () => {
  it('is YAML', async () => {
    await expect(format('jobs: [', { parser: 'yaml' })).rejects.toThrow(); // the parser does refuse
    await expect(format(text, { parser: 'yaml' })).resolves.toContain('jobs:');
  });

  it('runs npm scripts that exist, and uploads the folder that the build makes', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
    expect(named).toEqual(['build']);
    expect(scripts['build']).toBe('vite build'); // into dist, unless told otherwise
    expect(readText('vite.config.ts')).not.toContain('outDir:');
    expect(/path: (\S+)/.exec(text)?.[1]).toBe('dist');
  });

  it('names each action with a major version', () => {
    const actions = [...text.matchAll(/uses: (\S+)/g)].map((match) => match[1] ?? '');
    expect(actions.filter((action) => !/^actions\/[a-z-]+@v\d+$/.test(action))).toEqual([]);
    expect(actions.map((action) => action.replace(/@.*/, ''))).toEqual(
      ['checkout', 'setup-node', 'configure-pages', 'upload-pages-artifact', 'deploy-pages'].map(
        (name) => `actions/${name}`,
      ),
    );
  });
});
