/** Runs side by side. */
export const compare = {
  'runs that differ only in the seed': 'Läufe, die sich nur im Startwert unterscheiden',
  'the same tasks and random numbers': 'dieselben Aufgaben und Zufallszahlen',
  'Back to run {number}': 'Zurück zu Lauf {number}',
  Axes: 'Achsen',
  'Axes: changed': 'Achsen: geändert',
  'Mean of': 'Mittel von',
  'each run’s latest': 'je Lauf das Neueste',
  'one update': 'einem Schritt',
  '{n} updates': '{n} Schritten',
  Logarithmic: 'Logarithmisch',
  Lanes: 'Bahnen',
  'at the beginning': 'am Anfang',
  'at the checkpoint ({which})': 'am Zwischenstand ({which})',
  'where run {number} stood {when}': 'wo Lauf {number} {when} stand',
  'With these settings nothing can be run: {problem}':
    'Mit diesen Einstellungen lässt sich nichts starten: {problem}',
  'The model is the same for runs that are compared': 'Das Modell ist für verglichene Läufe dasselbe',
  'Runs that begin here have the weights of now': 'Läufe, die hier beginnen, haben die jetzigen Gewichte',
  'Two values at least, with commas or semicolons between them':
    'Mindestens zwei Werte, mit Strichpunkten dazwischen',
  'γ 0, 0.5, 0.75, 1': 'γ 0; 0,5; 0,75; 1',
  '{maxCompared} values at most': 'Höchstens {maxCompared} Werte',
  'All runs together need about {peak}, and about {limit} is available: close some first':
    'Alle Läufe zusammen brauchen etwa {peak}, und etwa {limit} sind da: zuerst einige schließen',
  'Up to {maxCompared} runs are trained in turns, update by update, on the same tasks and with the same random numbers. So what differs between them comes from what you change, or from the seed.':
    'Bis zu {maxCompared} Läufe werden abwechselnd trainiert, Schritt für Schritt, an denselben Aufgaben und mit denselben Zufallszahlen. Was sie unterscheidet, kommt also von dem, was geändert wird, oder vom Startwert.',
  'They begin': 'Sie beginnen',
  'From {what}, unless it is varied: {values}.': 'Aus {what}, soweit es nicht variiert wird: {values}.',
  'the settings': 'den Einstellungen',
  'One click': 'Ein Klick',
  'Seeds 1–4': 'Startwerte 1–4',
  'Values of a field': 'Werte einer Einstellung',
  Field: 'Einstellung',
  Values: 'Werte',
  'Runs that are open': 'Offene Läufe',
  '{name}, {step} updates': '{name}, {step} Schritte',
  'Side by side': 'Zusammen ansehen',
  'Choose two to {maxCompared}.': 'Zwei bis {maxCompared} wählen.',
  'For looking back each run keeps at most {ring}.':
    'Zum Zurückschauen hält jeder Lauf höchstens {ring} bereit.',
  'The same task': 'Dieselbe Aufgabe',
  'Other seeds, other tasks': 'Andere Startwerte, andere Aufgaben',
  'Before training there is no update to compare.': 'Vor dem Training gibt es keinen Schritt zu vergleichen.',
  'It has not come to update {step} yet.': 'Er ist noch nicht bei Schritt {step}.',
  'Its update {step} is out of memory; it is made again when the runs rest.':
    'Sein Schritt {step} ist nicht mehr im Speicher; er wird noch einmal gemacht, wenn die Läufe ruhen.',
  'Making update {step} again…': 'Schritt {step} wird noch einmal gemacht…',
  'Run {number}, update {step}': 'Lauf {number}, Schritt {step}',
  'not yet': 'noch nicht',
  'first at update {anything}': 'zuerst bei Schritt {anything}',
  'first at update {anything}; the answers not yet':
    'zuerst bei Schritt {anything}; die Antworten noch nicht',
  'first at update {anything}; the answers at {answers}':
    'zuerst bei Schritt {anything}; die Antworten bei {answers}',
  'The runs that are compared, at update {step}': 'Die verglichenen Läufe, bei Schritt {step}',
  'The first update in which anything that is measured differs from the run it is compared with':
    'Der erste Schritt, in dem irgendetwas Gemessenes vom Vergleichslauf abweicht',
  differs: 'unterscheidet sich',
  'Compared with': 'Verglichen mit',
  'Look at it alone': 'Allein ansehen',
  'Draw run {number}': 'Lauf {number} zeichnen',
  'Compare the others with run {number}': 'Die anderen mit Lauf {number} vergleichen',
  Open: 'Öffnen',
  'mean, and range': 'Mittel und Spanne',
  '{run} is {gain} points ahead of {baseline}, at turn {turn} after update {step}, on the same {count} held-out tasks (± {error}, the standard error):':
    '{run} liegt {gain} Punkte vor {baseline}, in Runde {turn} nach Schritt {step}, bei denselben {count} zurückgehaltenen Aufgaben (± {error}, der Standardfehler):',
  '{run} is {gain} points behind {baseline}, at turn {turn} after update {step}, on the same {count} held-out tasks (± {error}, the standard error):':
    '{run} liegt {gain} Punkte hinter {baseline}, in Runde {turn} nach Schritt {step}, bei denselben {count} zurückgehaltenen Aufgaben (± {error}, der Standardfehler):',
  '{run} is level with {baseline}, at turn {turn} after update {step}, on the same {count} held-out tasks (± {error} points, the standard error):':
    '{run} liegt gleichauf mit {baseline}, in Runde {turn} nach Schritt {step}, bei denselben {count} zurückgehaltenen Aufgaben (± {error} Punkte, der Standardfehler):',
  'more than twice that, so more than the choice of tasks could explain.':
    'mehr als doppelt so viel, also mehr, als die Auswahl der Aufgaben erklären könnte.',
  'less than twice that, so the choice of tasks alone could explain it.':
    'weniger als doppelt so viel, also könnte die Auswahl der Aufgaben allein es erklären.',
  'A different seed, that is, other random numbers, would change it too: compare seeds to see how much.':
    'Ein anderer Startwert, also andere Zufallszahlen, würde es auch ändern: Ein Vergleich von Startwerten zeigt, wie sehr.',
  'Each goes on to update {steps}, the “{updates}” of the settings.':
    'Jeder läuft bis Schritt {steps}, wie unter „{updates}“ eingestellt.',
};
