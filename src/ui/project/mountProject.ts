/** Puts the page of a project into a page; what boots a container comes from outside, so that a test may give its own. */
import { mount } from 'svelte';
import '../base.css';
import '../tokens.css';
import Project from './Project.svelte';
import { ProjectState, type ProjectOptions } from './state.svelte.ts';

/** @throws Error when the page has no element with id "app" */
export function mountProject(options: ProjectOptions): void {
  const target = document.getElementById('app');
  if (!target) throw new Error('The page has no element with id "app" to put the project into.');
  const { hash } = location;
  mount(Project, { target, props: { project: new ProjectState(hash, options), fragment: hash } });
  addEventListener('hashchange', () => location.reload()); // another experiment
}
