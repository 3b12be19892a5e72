/** Opens a project in StackBlitz's own page, in a new tab. */
import type { Files } from '../../exports/nodeProject.ts';
import { say } from '../say.svelte.ts';
import { asTexts, projectName } from '../nodeProject.ts';

/** Sends the files there. @returns what came of it, in a sentence */
export async function openInStackBlitz(files: Files): Promise<string> {
  try {
    const { default: sdk } = await import('@stackblitz/sdk');
    const project = {
      title: projectName,
      description: 'A CoCoS experiment',
      template: 'node' as const,
      files: asTexts(files),
    };
    sdk.openProject(project, { newWindow: true, openFile: 'reward.ts' });
    return say('Sent to a new tab; if none opened, the browser blocked it.');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return say('It was not sent: {why} The zip has the same files.', { why });
  }
}
