/** Alarms and their remedies (rl/signatures.ts); numbers stand for values that are in the sentence already. */
export const alarms = {
  'Tests passed, turn {1} less turn 1': 'Bestandene Tests, Runde {1} weniger Runde 1',
  '{1}, turn {2}': '{1}, Runde {2}',
  'Temperature {1}': 'Temperatur {1}',
  '{1} samples per prompt': '{1} Versuche je Aufgabe',
  'Answers of up to {1} tokens': 'Antworten bis {1} Token',
  'threshold of the coupling': 'Schwelle der Kopplung',
  Collapse: 'Zusammenbruch',
  'The reward has fallen below half of its best value, and the first answers have moved far from the starting model. The model is forgetting how to write programs.':
    'Die Belohnung ist unter die Hälfte ihres besten Werts gefallen, und die ersten Antworten haben sich weit vom Startmodell entfernt. Das Modell vergisst, wie man Programme schreibt.',
  'half of its best so far': 'die Hälfte ihres bisher besten Werts',
  '2 nats': '2 nats',
  'A third of the learning rate': 'Ein Drittel der Lernrate',
  'Smaller steps move the model less far from where it can still write programs.':
    'Kleinere Schritte bringen das Modell weniger weit von dort weg, wo es noch Programme schreiben kann.',
  'Moving away from the starting model costs more.': 'Sich vom Startmodell zu entfernen kostet mehr.',
  'Turn 1 is paid to fail': 'Runde 1 wird fürs Scheitern bezahlt',
  'What a better first answer adds to the second one’s reward (the coupling c) is less than what it costs: what turn 1 earns is subtracted. So first answers are pushed down, and it begins to show.':
    'Was eine bessere erste Antwort der Belohnung der zweiten hinzufügt (die Kopplung c), ist weniger, als sie kostet: Was Runde 1 verdient, wird abgezogen. Also werden die ersten Antworten nach unten geschoben, und man beginnt es zu sehen.',
  'the threshold −w₁/w₂, for CoCoS 1 − γ, minus what chance explains':
    'die Schwelle −w₁/w₂, bei CoCoS 1 − γ, abzüglich dessen, was Zufall erklärt',
  'its best so far, minus what chance explains':
    'ihr bisher bester Wert, abzüglich dessen, was Zufall erklärt',
  'what it was when turn 1 was best, and what chance explains':
    'was es war, als Runde 1 am besten war, und was Zufall erklärt',
  'Only the last answer counts, so a first answer is never worth spoiling.':
    'Nur die letzte Antwort zählt, also lohnt es sich nie, eine erste zu verderben.',
  'Each answer is pushed by its own reward and those after it: failing first earns nothing.':
    'Jede Antwort wird von ihrer eigenen Belohnung und den folgenden geschoben: Zuerst zu scheitern bringt nichts ein.',
  'Reward hacking': 'Reward Hacking',
  'The first answers have become worse than they were, and the last ones have not become worse with them: the model fails first, so that its correction earns more.':
    'Die ersten Antworten sind schlechter geworden, als sie waren, und die letzten sind nicht mit ihnen schlechter geworden: Das Modell scheitert zuerst, damit seine Korrektur mehr verdient.',
  'No revision': 'Keine Korrektur',
  'Nearly every correction repeats the answer before it, although many of those answers are wrong. The second turn adds nothing.':
    'Fast jede Korrektur wiederholt die Antwort davor, obwohl viele dieser Antworten falsch sind. Die zweite Runde fügt nichts hinzu.',
  '97 % copies': '97 % Kopien',
  '80 % right at once': '80 % gleich richtig',
  'Improving on the first answer pays more.': 'Die erste Antwort zu verbessern lohnt sich mehr.',
  'Samples differ more from one another, so there is more to compare.':
    'Die Versuche unterscheiden sich stärker voneinander, also gibt es mehr zu vergleichen.',
  'Start from the repairer': 'Mit dem Reparierer beginnen',
  'It was trained on more corrections and keeps correcting itself.':
    'Er wurde an mehr Korrekturen trainiert und korrigiert sich weiter.',
  'No learning signal': 'Nichts zu lernen',
  'For most prompts all samples earn the same, so good cannot be told from bad: the tasks are too easy or too hard, or the samples are too much alike.':
    'Bei den meisten Aufgaben verdienen alle Versuche gleich viel, also lässt sich Gutes nicht von Schlechtem unterscheiden: Die Aufgaben sind zu leicht oder zu schwer, oder die Versuche sind sich zu ähnlich.',
  'Tasks of another difficulty may help too.': 'Auch Aufgaben anderer Schwierigkeit können helfen.',
  '80 % of the prompts': '80 % der Aufgaben',
  'Progressive reward': 'Stufenweise Belohnung',
  'Each test passed counts, so that two wrong answers need not earn the same.':
    'Jeder bestandene Test zählt, also müssen zwei falsche Antworten nicht gleich viel verdienen.',
  'The more tries at a task, the likelier that two differ.':
    'Je mehr Versuche an einer Aufgabe, desto eher unterscheiden sich zwei.',
  'Entropy collapse': 'Zusammenbruch der Entropie',
  'The model has become far more certain than it was: its samples are nearly all alike, and exploration has stopped. If the rewards are near their maximum, this is harmless.':
    'Das Modell ist sich viel sicherer geworden, als es war: Seine Versuche sind fast alle gleich, und es probiert nichts mehr aus. Sind die Belohnungen fast so hoch, wie sie sein können, so ist das harmlos.',
  'a tenth of what it was at first': 'ein Zehntel dessen, was sie anfangs war',
  'Truncated answers': 'Abgeschnittene Antworten',
  'Many answers hit the length limit before they end, and are graded as broken programs.':
    'Viele Antworten stoßen an die Längengrenze, ehe sie zu Ende sind, und werden als kaputte Programme bewertet.',
  '20 % of the answers': '20 % der Antworten',
  'They can end by themselves.': 'Sie können von selbst zu Ende kommen.',
  'Nearly everything times out': 'Fast alles überschreitet die Zeit',
  'Almost every answer runs out of time in its unit tests. Either the model writes infinite loops, or this machine is too busy to run Python.':
    'Fast jeder Antwort geht in ihren Tests die Zeit aus. Entweder schreibt das Modell endlose Schleifen, oder dieser Rechner ist zu beschäftigt, um Python auszuführen.',
  'If its programs look harmless, close whatever else keeps this machine busy.':
    'Sehen die Programme harmlos aus, alles andere schließen, was diesen Rechner beschäftigt.',
  '90 % of the answers': '90 % der Antworten',
};
