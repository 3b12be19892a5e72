/** The page's state, handed down by Svelte context so that components need no long prop chains. */
import { createContext } from 'svelte';
import type { AppState } from './app.svelte.ts';
import type { ThemeState } from './theme.svelte.ts';

export const [getApp, setApp] = createContext<AppState>();
export const [getTheme, setTheme] = createContext<ThemeState>();
