/** The languages of the page and its lessons, by the name that each gives itself. */
export const languages = { en: { name: 'English' }, de: { name: 'Deutsch' } } as const;
export type Language = keyof typeof languages;

export const isLanguage = (name: string): name is Language => Object.hasOwn(languages, name);
