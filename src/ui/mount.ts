/** Puts the playground into a page; the worker and the sandbox come from outside, so that a test may give its own. */
import { mount } from 'svelte';
import type { TrainerClientOptions } from '../worker/client.ts';
import App from './App.svelte';
import './base.css';
import './print.css';
import { readFirstEpisode } from './firstEpisode.ts';
import { AppState } from './state/app.svelte.ts';
import type { Extras } from './state/extras.ts';
import { IntroState } from './state/intro.svelte.ts';
import './tokens.css';

/**
 * @throws Error when the page has no element with id "app".
 */
export function mountPlayground(options: Omit<TrainerClientOptions, 'onEvent'>, extras: Extras = {}): void {
  const target = document.getElementById('app');
  if (!target) throw new Error('The page has no element with id "app" to put the playground into.');
  const app = new AppState(options, extras);
  const intro = new IntroState(app.refusals.add);
  mount(App, { target, props: { app, intro, assets: options.assets } });
  if (intro.shown) {
    void readFirstEpisode(options.assets).then((record) => app.runs.setRecorded(record));
  }
}
