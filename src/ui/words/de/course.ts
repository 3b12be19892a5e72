/** Where a run stands, and the stories. */
export const course = {
  'it is getting worse, not better': 'es wird schlechter, nicht besser',
  'both answers got better': 'beide Antworten wurden besser',
  'so far it has learned to repair, not to be right at once':
    'bisher hat es gelernt zu reparieren, nicht gleich richtig zu liegen',
  'so far only the first answer got better': 'bisher wurde nur die erste Antwort besser',
  'nothing beyond chance so far': 'bisher nichts, was über Zufall hinausgeht',
  'both answers got worse: that is forgetting, not cheating':
    'beide Antworten wurden schlechter: Das ist Vergessen, nicht Schummeln',
  'it is paid to fail first': 'es wird dafür bezahlt, zuerst zu scheitern',
  'its first answers got better, so it does not cheat':
    'seine ersten Antworten wurden besser, es schummelt also nicht',
  'it has not given up more of its first answers yet; let it run on':
    'bisher hat es nicht mehr von seinen ersten Antworten aufgegeben; weiterlaufen lassen',
  'the first answer came back, at the cost of the second':
    'die erste Antwort kam zurück, auf Kosten der zweiten',
  'with credit of its own, the first answer came back': 'mit eigener Wertung kam die erste Antwort zurück',
  'the first answer has not come back yet; let it run on':
    'noch ist die erste Antwort nicht zurückgekommen; weiterlaufen lassen',
  'You are looking back: before training the outcome was not known yet.':
    'Rückblick: Vor dem Training stand das Ergebnis noch nicht fest.',
  'You are looking back: after update {step} the outcome was not known yet.':
    'Rückblick: Nach Schritt {step} stand das Ergebnis noch nicht fest.',
  'Not yet: the outcome comes after {updates} updates.':
    'Noch nicht: Das Ergebnis kommt nach {updates} Schritten.',
  'Not yet: at update {step} the held-out tasks could not be graded.':
    'Noch nicht: Bei Schritt {step} konnten die zurückgehaltenen Aufgaben nicht bewertet werden.',
  'turn 1 {first} and turn {T} {last}': 'Runde 1 {first} und Runde {T} {last}',
  'turn 1 {first} while turn {T} {last}': 'Runde 1 {first}, Runde {T} dagegen {last}',
  'After {step} updates {numbers}: {went}. One seed, {heldOut} tasks: the standard error of each figure is at most {points} points.':
    'Nach {step} Schritten: {numbers}; {went}. Ein Startwert, {heldOut} Aufgaben: Der Standardfehler jeder Zahl beträgt höchstens {points} Punkte.',
  'Not yet: update {step} of {updates}. So far {numbers}.':
    'Noch nicht: Schritt {step} von {updates}. Bisher: {numbers}.',
  'Looking back: before training.': 'Rückblick: vor dem Training.',
  'Looking back: after update {step}.': 'Rückblick: nach Schritt {step}.',
  'The run goes on: it is at {step}.': 'Das Training läuft weiter, bei {step}.',
  'The run stands at {step}.': 'Der Lauf steht bei {step}.',
  'A new run that begins here, with other values or the same':
    'Ein neuer Lauf, der hier beginnt, mit anderen Werten oder denselben',
  'Fork…': 'Abzweigen…',
  'Fork here…': 'Hier abzweigen…',
  'updates/min': 'Schritte/min',
  'Mean of the last {n} updates': 'Mittel der letzten {n} Schritte',
  'updates/min each': 'Schritte/min je Lauf',
  'Runs that are compared take turns, so each makes fewer':
    'Verglichene Läufe wechseln sich ab, daher macht jeder weniger',
  'turn {number} {from} → {to}\u00a0%': 'Runde {number} {from} → {to}\u00a0%',
  '{turns}, held-out': '{turns}, zurückgehalten',
  'after update {step}': 'nach Schritt {step}',
  '; not measured since': '; seither nicht gemessen',
  'Held-out tasks solved at the last turn: {said}.':
    'In der letzten Runde gelöste zurückgehaltene Aufgaben: {said}.',
  writing: 'dem Schreiben',
  'the rewards': 'den Belohnungen',
  comparing: 'dem Vergleichen',
  'the push': 'dem Schieben',
  '{done} of {total}': '{done} von {total}',
  ', about {time} left': ', noch etwa {time}',
  'Update {step} begins when the held-out tasks are measured: {measured}.':
    'Schritt {step} beginnt, wenn die zurückgehaltenen Aufgaben gemessen sind: {measured}.',
  'Loading: {stage}{count}': 'Lädt: {stage}{count}',
  'Training begins.': 'Das Training beginnt.',
  'Ready. Measuring held-out tasks, {measured}. Press Run to train.':
    'Bereit. Zurückgehaltene Aufgaben werden gemessen, {measured}. „Start“ drücken, um zu trainieren.',
  'Ready. Press Run to train.': 'Bereit. „Start“ drücken, um zu trainieren.',
  'Run {number} stays as it is.': 'Lauf {number} bleibt, wie er ist.',
  'Training: {stage}{count}': 'Training: {stage}{count}',
  'Update {step}: {stage}{count}': 'Schritt {step}: {stage}{count}',
  'Pausing after this update: {stage}{count}': 'Hält nach diesem Schritt an: {stage}{count}',
  'Update {step}, after {after}: press Next station to go on.':
    'Schritt {step}, nach {after}: Mit „Nächste Station“ geht es weiter.',
  'Paused after update {step}.': 'Angehalten nach Schritt {step}.',
  'Finished after {updates}: {went}. Raise Updates to go on.':
    'Fertig, {updates}: {went}. Zum Weitermachen „Schritte“ erhöhen.',
  'Finished after {updates}. Raise Updates to go on.':
    'Fertig, {updates}. Zum Weitermachen „Schritte“ erhöhen.',
  'Stopped by an error.': 'Durch einen Fehler angehalten.',
  'Loading.': 'Lädt.',
  'Training. {updates} done.': 'Training. {updates} fertig.',
  'Pausing after this update.': 'Hält nach diesem Schritt an.',
  'stayed near {before} (now {now})': 'blieb nahe {before} (jetzt {now})',
  'rose from {before} to {now}': 'stieg von {before} auf {now}',
  'fell from {before} to {now}': 'fiel von {before} auf {now}',
  Learns: 'Lernt',
  'γ = 0.75: being right at once earns 0.75, failing first and then repairing it earns 1.':
    'γ = 0,75: Gleich richtig liegen bringt 0,75 ein, erst scheitern und dann reparieren 1.',
  'Both lines rise. The second answer keeps ahead, because it repairs what is left.':
    'Beide Linien steigen. Die zweite Antwort bleibt vorn, weil sie repariert, was übrig ist.',
  Cheats: 'Schummelt',
  'γ = 0: only improvement pays. Starts from a checkpoint after 150 updates of γ = 0, for it takes that long to begin.':
    'γ = 0: Nur Verbesserung wird bezahlt. Beginnt an einem Zwischenstand nach 150 Schritten mit γ = 0, denn so lange dauert es, bis es anfängt.',
  'Turn 1 falls towards 0, turn 2 does not: a failure first is what makes the repair pay.':
    'Runde 1 fällt gegen 0, Runde 2 nicht: Erst ein Fehlschlag macht die Reparatur bezahlt.',
  'Own credit': 'Eigene Wertung',
  'The same checkpoint, but each turn is pushed by its own reward and, at γ = 0.5, by half of the next one’s.':
    'Derselbe Zwischenstand, aber jede Runde wird von ihrer eigenen Belohnung geschoben und, bei γ = 0,5, von der halben der nächsten.',
  'Turn 1 comes back: with credit of its own, failing first earns nothing.':
    'Runde 1 kommt zurück: Mit eigener Wertung bringt es nichts ein, zuerst zu scheitern.',
  'choosing a back end': 'ein Backend wird gewählt',
  'reading the model': 'das Modell wird gelesen',
  'making the tasks': 'die Aufgaben werden gemacht',
  'starting Python': 'Python startet',
  'writing answers': 'Antworten werden geschrieben',
  'running unit tests': 'Tests laufen',
  'scoring answers': 'Antworten werden bewertet',
  'updating the weights': 'die Gewichte werden geändert',
  'measuring the model on held-out tasks': 'das Modell wird an zurückgehaltenen Aufgaben gemessen',
  'seeing what it has learned, on held-out tasks':
    'was es gelernt hat, wird an zurückgehaltenen Aufgaben gemessen',
  'making updates again, from the last state that was kept':
    'Schritte werden noch einmal gemacht, vom letzten aufbewahrten Zustand aus',
  'getting ready': 'es geht gleich los',
  write: 'schreiben',
  'The model writes k answers to each task, then corrects each of them.':
    'Das Modell schreibt k Antworten auf jede Aufgabe und korrigiert dann jede davon.',
  test: 'testen',
  'Python runs every answer against the unit tests of its task.':
    'Python führt jede Antwort gegen die Tests ihrer Aufgabe aus.',
  score: 'vergleichen',
  'Rewards are compared within each task: which answers did better than the others?':
    'Belohnungen werden innerhalb jeder Aufgabe verglichen: Welche Antworten waren besser als die anderen?',
  'Better answers are made more likely, worse ones less likely.':
    'Bessere Antworten werden wahrscheinlicher gemacht, schlechtere unwahrscheinlicher.',
  evaluate: 'messen',
  'Now and then, the model is measured on tasks it never trains on.':
    'Ab und zu wird das Modell an Aufgaben gemessen, an denen es nie trainiert.',
  'An update has five stations: write, correct, reward, compare, push. This goes on to the next one and stands there, so that it can be looked at (Shift →).':
    'Ein Schritt hat fünf Stationen: schreiben, korrigieren, belohnen, vergleichen, schieben. Dies geht zur nächsten weiter und bleibt dort stehen, damit man sie ansehen kann (Umschalt →).',
  Space: 'Leertaste',
  'Shift →': 'Umschalt →',
  '← → Home End': '← → Pos1 Ende',
  Escape: 'Esc',
  'Run, or pause after the update under way': 'Starten, oder nach dem laufenden Schritt anhalten',
  'One update': 'Ein Schritt',
  'On to the next station of an update': 'Weiter zur nächsten Station eines Schritts',
  'On the timeline: one update back or on, to the beginning, to now. Training goes on meanwhile':
    'Auf der Zeitleiste: einen Schritt zurück oder vor, zum Anfang, zum Jetzt. Das Training läuft derweil weiter',
  'These keys': 'Diese Tasten',
  'Closes what is open': 'Schließt, was offen ist',
};
