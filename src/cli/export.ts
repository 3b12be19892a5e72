/**
 * Makes files of a run, for other tools, another machine or the page.
 *
 *     npm run export -- --run runs/x --out x.cocos
 *     npm run export -- --run runs/x --what model --step 50 --out model.zip
 */
import { runCommand } from './common.ts';
import { exportCommand } from './exportCommand.ts';

await runCommand(exportCommand);
