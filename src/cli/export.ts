/**
 * Makes files of a run, for other tools, another machine or the page; or a project of an experiment.
 *
 *     npm run export -- --run runs/x --out x.cocos
 *     npm run export -- --run runs/x --what model --step 50 --out model.zip
 *     npm run export -- --to pytorch my-project
 *     npm run export -- --to node my-project
 */
import { runCommand } from './common.ts';
import { exportCommand } from './exportCommand.ts';
import { exportProject } from './exportProject.ts';

await runCommand((argv) => (argv.includes('--to') ? exportProject(argv) : exportCommand(argv)));
