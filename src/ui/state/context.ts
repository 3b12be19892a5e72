/**
 * What the page has one of, handed down by Svelte context: what its buttons do, and the theme. A run, its selection and
 * its experiment come to a component as properties, so that two runs can be drawn side by side.
 */
import { createContext } from 'svelte';
import type { AppState } from './app.svelte.ts';
import type { ThemeState } from './theme.svelte.ts';

export const [getApp, setApp] = createContext<AppState>();
export const [getTheme, setTheme] = createContext<Pick<ThemeState, 'current' | 'toggle'>>();
