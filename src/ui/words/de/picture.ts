/** The picture of one update, and why a try was pushed as it was. */
export const picture = {
  '1 Write': '1 Schreiben',
  '2 Correct': '2 Korrigieren',
  'turns 2–{turns}': 'Runden 2–{turns}',
  '4 Compare': '4 Vergleichen',
  '3 Reward': '3 Belohnen',
  '5 Push': '5 Schieben',
  'the same answer as try 1': 'dieselbe Antwort wie Versuch 1',
  'defines {otherName}, not {asked}': 'definiert {otherName}, nicht {asked}',
  without: 'ohne',
  '… and {n} lines more': '… und {n} weitere Zeilen',
  'test {test}': 'Test {test}',
  'a test': 'ein Test',
  'not judged: {test} could not be run': 'nicht beurteilt: {test} ließ sich nicht ausführen',
  rest: 'Rest',
  'mean of {who}': 'Mittel {who}',
  'bars: what each turn adds to the reward, and the KL penalty':
    'Balken: was jede Runde zur Belohnung beiträgt, und der KL-Abzug',
  'Terms of {name}': 'Summanden von {name}',
  term: 'Summand',
  weight: 'Gewicht',
  value: 'Wert',
  adds: 'trägt bei',
  '{value} nats': '{value} nats',
  'Each turn is compared by itself, with the same turn of the others; later rewards count less, by γ each turn.':
    'Jede Runde wird für sich verglichen, mit derselben Runde der anderen; spätere Belohnungen zählen weniger, je Runde um γ.',
  'What an earlier turn already passed is subtracted, so that improving is what pays.':
    'Was eine frühere Runde schon besteht, wird abgezogen: Bezahlt wird die Verbesserung.',
  'A weight here is the slope ∂R/∂r at these very rewards: how much R would change with that reward. What the weighted rewards leave over is the rest, so that the terms come to what training compares.':
    'Ein Gewicht ist hier die Steigung ∂R/∂r bei genau diesen Belohnungen: wie stark sich R mit dieser Belohnung ändern würde. Was die gewichteten Belohnungen offen lassen, ist der Rest, sodass die Summanden ergeben, was das Training vergleicht.',
  'KL: how much more likely the model finds its own answer than the starting model does, in nats. It is estimated from this one answer: where the starting model finds the answer more likely, it is negative, and then it adds to the reward. Its mean over all answers is never negative.':
    'KL: wie viel wahrscheinlicher das Modell seine eigene Antwort findet als das Startmodell, in nats. Der Wert ist aus dieser einen Antwort geschätzt: Findet das Startmodell sie wahrscheinlicher, so ist er negativ und erhöht die Belohnung. Sein Mittel über alle Antworten ist nie negativ.',
  '; b = {baseline}, the mean of {who}': '; b = {baseline}, das Mittel {who}',
  'not judged: {why}': 'nicht beurteilt: {why}',
  'the tries of this update that were judged (of {tries}), times the tokens that this one wrote and that are trained':
    'die beurteilten Versuche dieses Schritts (von {tries}), mal die Token, die dieser geschrieben hat und die trainiert werden',
  'the number of tries in this update ({tries}), so that its step is a mean over them':
    'die Zahl der Versuche in diesem Schritt ({tries}), damit seine Änderung ein Mittel über sie ist',
  ', less {missing} that could not be judged': ', abzüglich {missing}, die nicht beurteilt werden konnten',
  'This try was not judged, because {why}. It takes part in no mean and pushes nothing. That is no fault of the program.':
    'Dieser Versuch wurde nicht beurteilt, denn {why}. Er geht in kein Mittel ein und schiebt nichts. Das Programm kann nichts dafür.',
  'No other try could be judged, so there is nothing to compare with:':
    'Kein anderer Versuch konnte beurteilt werden, es gibt also nichts zu vergleichen:',
  The: 'Der',
  '= {baseline} is the mean of {who}': '= {baseline} ist das Mittel {who}',
  '; those at this task got': '; die an dieser Aufgabe bekamen',
  'try {number}': 'Versuch {number}',
  'is 1 over the spread (standard deviation) of this task’s tries, so that every task counts alike.':
    'ist 1 durch die Streuung (Standardabweichung) der Versuche an dieser Aufgabe, damit jede Aufgabe gleich viel zählt.',
  'All tries earned the same: nothing is learned from this task.':
    'Alle Versuche verdienten gleich viel: Aus dieser Aufgabe wird nichts gelernt.',
  'What is left of': 'Was von',
  'comes from the KL penalty alone, which draws tries towards the starting model.':
    'bleibt, kommt allein vom KL-Abzug, der die Versuche zum Startmodell hinzieht.',
  'It did exactly as well as the baseline, so its tokens are left as they are.':
    'Er war genau so gut wie der Vergleichswert, also bleiben seine Token, wie sie sind.',
  'It did better than the baseline, so every token the model wrote in {turns} is made more likely: the gradient of log\u00a0π of each is multiplied by':
    'Er war besser als der Vergleichswert, also wird jedes Token, das das Modell in {turns} schrieb, wahrscheinlicher gemacht: Der Gradient von log π eines jeden wird multipliziert mit',
  'It did worse than the baseline, so every token the model wrote in {turns} is made less likely: the gradient of log\u00a0π of each is multiplied by':
    'Er war schlechter als der Vergleichswert, also wird jedes Token, das das Modell in {turns} schrieb, unwahrscheinlicher gemacht: Der Gradient von log π eines jeden wird multipliziert mit',
  '{divisor} is {divided}. log\u00a0π is the logarithm of the probability that the model gave the token; its gradient is the direction in which the model’s parameters would have to move to make that token more likely.':
    '{divisor} ist {divided}. log π ist der Logarithmus der Wahrscheinlichkeit, die das Modell dem Token gab; sein Gradient ist die Richtung, in die sich die Parameter des Modells bewegen müssten, damit das Token wahrscheinlicher wird.',
  'Turn {solved} was right and is pushed down with the rest: one push is given to all that the try wrote.':
    'Runde {solved} war richtig und wird mit dem Übrigen nach unten geschoben: Alles, was der Versuch schrieb, bekommt ein und denselben Schub.',
  'Turns {solved} were right and are pushed down with the rest: one push is given to all that the try wrote.':
    'Die Runden {solved} waren richtig und werden mit dem Übrigen nach unten geschoben: Alles, was der Versuch schrieb, bekommt ein und denselben Schub.',
  'Turn {wrong} was wrong and is made more likely with the rest: the whole try is pushed, because as a whole it came out better than its baseline.':
    'Runde {wrong} war falsch und wird mit dem Übrigen wahrscheinlicher gemacht: Geschoben wird der ganze Versuch, weil er als Ganzes besser ausfiel als sein Vergleichswert.',
  'Turns {wrong} were wrong and are made more likely with the rest: the whole try is pushed, because as a whole it came out better than its baseline.':
    'Die Runden {wrong} waren falsch und werden mit dem Übrigen wahrscheinlicher gemacht: Geschoben wird der ganze Versuch, weil er als Ganzes besser ausfiel als sein Vergleichswert.',
  'What turn {turn} got right lowers {name} by {by}: {term}.':
    'Was Runde {turn} richtig hatte, senkt {name} um {by}: {term}.',
  'A second push on turn {turn}, from the KL penalty in the loss (β = {beta}): from {min} to {max} for each token, towards the starting model.':
    'Ein zweiter Schub auf Runde {turn}, vom KL-Abzug im Verlust (β = {beta}): von {min} bis {max} für jedes Token, zum Startmodell hin.',
  'What if other rules scored it?': 'Was wäre nach anderen Regeln?',
  'Push of turn {number}, A =': 'Schub von Runde {number}, A =',
  'Push of this try, A =': 'Schub dieses Versuchs, A =',
  'and a KL push': 'und ein KL-Schub',
  'what some try of this task earned, for rewards are shuffled; here {passed} of {total} tests passed':
    'was irgendein Versuch an dieser Aufgabe verdiente, denn die Belohnungen sind gemischt; hier wurden {passed} von {total} Tests bestanden',
  'every test must pass; {passed} of {total} did':
    'jeder Test muss bestanden sein; {passed} von {total} waren es',
  'the number of tests passed': 'die Zahl der bestandenen Tests',
  '{passed} of {total} tests passed': '{passed} von {total} Tests bestanden',
  ': not judged, because {why}': ': nicht beurteilt, denn {why}',
  '; the answer was cut off at the length limit': '; die Antwort wurde an der Längengrenze abgeschnitten',
  'only judges; ': 'urteilt nur; ',
  ', expected': ', erwartet',
  'push A{suffix}': 'Schub A{suffix}',
  'Why, try {number}': 'Warum, Versuch {number}',
  'Try {number}': 'Versuch {number}',
  'average {name}': 'Mittel von {name}',
  'right, but below': 'richtig, aber unter dem',
  'ends right, but below': 'am Ende richtig, aber unter dem',
  'wrong, but above': 'falsch, aber über dem',
  nobody: 'von niemandem',
  'the other try': 'des anderen Versuchs',
  'not written yet': 'noch nicht geschrieben',
  ', then ': ', dann ',
  '{name} not judged': '{name} nicht beurteilt',
  '{name} {compared}, nobody to compare with': '{name} {compared}, niemand zum Vergleichen',
  '{name} {compared}, {gap} above the mean of {who}': '{name} {compared}, {gap} über dem Mittel {who}',
  '{name} {compared}, {gap} below the mean of {who}': '{name} {compared}, {gap} unter dem Mittel {who}',
  'a second push from the KL penalty in the loss': 'ein zweiter Schub vom KL-Abzug im Verlust',
  'Try {number}: {parts}.': 'Versuch {number}: {parts}.',
  'not run': 'nicht ausgeführt',
  '{passed} of {total} test': '{passed} von {total} Test',
  'A: not judged, because its tests could not be run':
    'A: nicht beurteilt, weil die Tests nicht ausgeführt werden konnten',
  'A = 0: there was nobody to compare with': 'A = 0: Es gab niemanden zum Vergleichen',
  '{name}: not judged, because a test could not be run':
    '{name}: nicht beurteilt, weil ein Test nicht ausgeführt werden konnte',
  'what turn {turn} earns is left out of {name}': 'was Runde {turn} verdient, geht in {name} nicht ein',
  'each test passed at turn {turn} lowers {name} by {by}':
    'jeder in Runde {turn} bestandene Test senkt {name} um {by}',
  'each test passed at turn {turn} raises {name} by {by}':
    'jeder in Runde {turn} bestandene Test hebt {name} um {by}',
  'an answer of turn {turn} that passes every test lowers {name} by {by}':
    'eine Antwort von Runde {turn}, die jeden Test besteht, senkt {name} um {by}',
  'an answer of turn {turn} that passes every test raises {name} by {by}':
    'eine Antwort von Runde {turn}, die jeden Test besteht, hebt {name} um {by}',
  'if it passed: {changes}': 'wäre er bestanden: {changes}',
  'if it failed: {changes}': 'wäre er gescheitert: {changes}',
  'in line {raised}': 'in Zeile {raised}',
  'weaker: the whole test ran next to the program, which could forge it':
    'schwächer: Der ganze Test lief neben dem Programm, das ihn fälschen könnte',
  '{name} by as much': '{name} um ebenso viel',
  'Had it passed': 'Wäre er bestanden',
  'Had it failed': 'Wäre er gescheitert',
  Took: 'Dauer',
  'raised here:': 'hier ausgelöst:',
  'A greedy answer to a held-out task: it is measured, never learned from, so nothing is compared or pushed.':
    'Eine greedy erzeugte Antwort auf eine zurückgehaltene Aufgabe: Sie wird gemessen, nie daraus gelernt, also wird nichts verglichen und nichts geschoben.',
  '{tests} passed': '{tests} bestanden',
  ', cut off at the length limit': ', an der Längengrenze abgeschnitten',
  'Test {number}: {verdict}': 'Test {number}: {verdict}',
  'one first answer for all tries': 'eine erste Antwort für alle Versuche',
  'nothing written': 'nichts geschrieben',
  'Reward of turn {number}, {tests}:': 'Belohnung von Runde {number}, {tests}:',
  passed: 'bestanden',
  'wrong value': 'falscher Wert',
  exception: 'Ausnahme',
  timeout: 'Zeit überschritten',
  unchanged: 'unverändert',
  repaired: 'repariert',
  'broke it': 'kaputt gemacht',
  changed: 'geändert',
  better: 'besser',
  worse: 'schlechter',
  'not judged': 'nicht beurteilt',
  'left as it is': 'bleibt, wie er ist',
  'hardly moved': 'kaum bewegt',
  'more likely': 'wahr\u00adscheinlicher',
  'less likely': 'unwahr\u00adscheinlicher',
  'the others’': 'von den anderen erreichten',
  'the group’s': 'in dieser Gruppe erreichten',
  'the update’s': 'in diesem Schritt erreichten',
  'the other tries': 'mit den anderen',
  'this task’s tries': 'mit dieser Gruppe',
  'the whole update': 'mit dem ganzen Schritt',
  'the {n} other tries': 'der {n} anderen Versuche',
  'all {n} tries at this task': 'aller {n} Versuche an dieser Aufgabe',
  'all {n} tries of the update': 'aller {n} Versuche des Schritts',
  'being written or tested': 'wird geschrieben oder getestet',
  right: 'richtig',
  wrong: 'falsch',
  'being corrected': 'wird korrigiert',
  'reward of turn {turn}': 'Belohnung von Runde {turn}',
  'KL of turn {turn}': 'KL von Runde {turn}',
  'a test could not be run': 'ein Test konnte nicht ausgeführt werden',
  'test {1} could not be run: {2}': 'Test {1} konnte nicht ausgeführt werden: {2}',
  'test {1} could not be run': 'Test {1} konnte nicht ausgeführt werden',
};
