/** Entry of the page. */
import { browserTrainer } from '../worker/client.ts';
import { keepOffline } from '../worker/offline.ts';
import { mountPlayground } from './mount.ts';

mountPlayground(browserTrainer(), { keepOffline: import.meta.env.PROD ? keepOffline : undefined });
