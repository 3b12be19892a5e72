/**
 * What the page has one of, handed down by Svelte context: what its buttons do, the theme, the language, and whether it
 * introduces itself. A run, its selection and
 * its experiment come to a component as properties, so that two runs can be drawn side by side.
 */
import { createContext } from 'svelte';
import type { AppState } from './app.svelte.ts';
import type { IntroState } from './intro.svelte.ts';
import type { LanguageState } from './language.svelte.ts';
import type { ThemeState } from './theme.svelte.ts';

export const [getApp, setApp] = createContext<AppState>();
export const [getTheme, setTheme] = createContext<Pick<ThemeState, 'current' | 'toggle'>>();
export const [getLanguage, setLanguage] = createContext<Pick<LanguageState, 'current' | 'choose' | 'more'>>();
export const [getIntro, setIntro] = createContext<Pick<IntroState, 'shown' | 'show'>>();
