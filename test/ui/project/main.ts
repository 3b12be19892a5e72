/** The page of a project with a fake container, to look at: `npx vite`, then /test/ui/project/. */
import { mountProject } from '../../../src/ui/project/mountProject.ts';
import { WebContainer } from './fakeBoot.ts';

mountProject({ boot: () => WebContainer.boot(), barrier: () => null });
