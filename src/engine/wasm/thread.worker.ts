/** Entry of a helping thread in browsers. */
import { serveThread, type ThreadSetup } from './thread.ts';

addEventListener('message', ({ data }: MessageEvent<ThreadSetup>) => serveThread(data), { once: true });
