/** Entry of project.html. */
import { mountProject } from './mountProject.ts';

/** As the page itself is isolated (worker/isolation.ts). */
const coep = 'credentialless';

mountProject({
  async boot() {
    const { WebContainer } = await import('@webcontainer/api');
    return WebContainer.boot({ coep, workdirName: 'cocos-experiment' });
  },
});
