/** Entry of the page. */
import { browserTrainer } from '../worker/client.ts';
import { mountPlayground } from './mount.ts';

mountPlayground(browserTrainer());
