/**
 * Makes what reinforcement learning starts from: supervised fine-tuning on the generated corpus (boostCommand.ts).
 *
 *     npm run boost -- --recipe boost --out public/models/boost
 *     npm run boost -- --recipe repairer --from public/models/boost --out public/models/repairer
 *     npm run boost -- --model model.gguf --out runs/boosted
 */
import { boost } from './boostCommand.ts';
import { runCommand } from './common.ts';

await runCommand(boost);
