/** What the runs of a lesson are called, in the language of the page, also when it is another one than when the run began. */
import type { Language } from '../../lessons/languages.ts';
import { lessonIds, lessons } from '../../lessons/index.ts';
import type { Lesson, Side } from '../../lessons/lesson.ts';
import { texts } from '../../lessons/texts.ts';
import type { Words } from '../../lessons/words.ts';
import { spoken } from '../say.svelte.ts';

/** Of the languages that were spoken since. */
let known = $state.raw<Readonly<Partial<Record<Language, Words>>>>({});
let asked: readonly Language[] = [];

function fetchWords(language: Language): void {
  if (asked.includes(language)) return;
  asked = [...asked, language];
  texts[language]().then(
    (words) => (known = { ...known, [language]: words }),
    // Without the words the run is called as before, until its name is read again.
    () => (asked = asked.filter((other) => other !== language)),
  );
}

/** @param first the words until those of the page's language are here. @returns what says the name when it is read */
export function lessonName(lesson: Lesson, side: Side, first: Words): () => string {
  const id = lessonIds.find((one) => lessons[one] === lesson);
  return () => {
    const language = spoken();
    fetchWords(language);
    const { lessons: said, controls } = known[language] ?? first;
    const title = id ? said[id].title : '';
    return side === 'run' ? title : `${title} · ${controls.counter}`;
  };
}
