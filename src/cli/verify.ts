/**
 * Trains again what a link or file says was trained, and says whether the same came out.
 *
 *     npm run verify -- 'https://…#v=7&…&z=…'
 */
import { runCommand } from './common.ts';
import { verify } from './verifyCommand.ts';

await runCommand(verify);
