/** The metric table (rl/metricTable.ts). */
export const metrics = {
  Accuracy: 'Genauigkeit',
  'Share of tasks whose answer at this turn passes every unit test; where only some of its tests are trained on, every one of the others.':
    'Anteil der Aufgaben, deren Antwort in dieser Runde jeden Test besteht; wo nur an einigen trainiert wird, alle übrigen.',
  share: 'Anteil',
  'Unit tests passed': 'Bestandene Tests',
  'Mean share of unit tests that the answer at this turn passes; where only some of the tests are trained on, of the others. Moves earlier than accuracy.':
    'Mittlerer Anteil der Tests, die die Antwort in dieser Runde besteht; wo nur an einigen trainiert wird, der übrigen. Bewegt sich früher als die Genauigkeit.',
  'Tests trained on, passed': 'Tests fürs Training, bestanden',
  'Hidden tests, passed': 'Verdeckte Tests, bestanden',
  'Mean share of the unit tests trained on that the answer at this turn passes. Read it beside the unit tests passed, which are the others: if only this one rises, the model has learned the tests and not the task. Only where some tests are hidden from training.':
    'Mittlerer Anteil der Tests, an denen trainiert wird, die die Antwort in dieser Runde besteht. Neben den bestandenen Tests zu lesen, den übrigen: Steigt nur dieser, so hat das Modell die Tests gelernt und nicht die Aufgabe. Nur, wo einige Tests vor dem Training verdeckt sind.',
  'Mean reward of the answer at this turn, as the experiment defines it (progressive or binary, share or number of tests).':
    'Mittlere Belohnung der Antwort in dieser Runde, wie das Experiment sie bestimmt (stufenweise oder binär, Anteil oder Zahl der Tests).',
  reward: 'Belohnung',
  'Δ accuracy': 'Δ Genauigkeit',
  'How much accuracy rises from the first answer to the last. Read it beside accuracy@t1: spoiling the first answer raises it too.':
    'Wie viel die Genauigkeit von der ersten Antwort zur letzten steigt. Neben der Genauigkeit von Runde 1 zu lesen: Auch eine verdorbene erste Antwort hebt sie.',
  'Δ wrong → right': 'Δ falsch → richtig',
  'Share of all tasks that are wrong at the first turn and right at the last: repaired.':
    'Anteil aller Aufgaben, die in der ersten Runde falsch und in der letzten richtig sind: repariert.',
  'Δ right → wrong': 'Δ richtig → falsch',
  'Share of all tasks that are right at the first turn and wrong at the last: broken.':
    'Anteil aller Aufgaben, die in der ersten Runde richtig und in der letzten falsch sind: kaputt gemacht.',
  'Δ accuracy into this turn': 'Δ Genauigkeit in diese Runde',
  'The rise in accuracy from the turn before to this one. Only with more than two turns.':
    'Der Anstieg der Genauigkeit von der Runde davor zu dieser. Nur bei mehr als zwei Runden.',
  'Δ wrong → right into this turn': 'Δ falsch → richtig in diese Runde',
  'Share of all tasks that were wrong one turn before and are right now. Only with more than two turns.':
    'Anteil aller Aufgaben, die eine Runde vorher falsch waren und jetzt richtig sind. Nur bei mehr als zwei Runden.',
  'Δ right → wrong into this turn': 'Δ richtig → falsch in diese Runde',
  'Share of all tasks that were right one turn before and are wrong now. Only with more than two turns.':
    'Anteil aller Aufgaben, die eine Runde vorher richtig waren und jetzt falsch sind. Nur bei mehr als zwei Runden.',
  'Unit tests fixed, of all': 'Reparierte Tests, von allen',
  'Share of all unit tests that fail at the first turn and pass at the last.':
    'Anteil aller Tests, die in der ersten Runde scheitern und in der letzten bestehen.',
  'Unit tests broken, of all': 'Kaputt gemachte Tests, von allen',
  'Share of all unit tests that pass at the first turn and fail at the last.':
    'Anteil aller Tests, die in der ersten Runde bestehen und in der letzten scheitern.',
  'Fix rate': 'Reparaturquote',
  'Of the unit tests that fail at the first turn, the share that pass at the last.':
    'Von den Tests, die in der ersten Runde scheitern, der Anteil, der in der letzten besteht.',
  'Break rate': 'Bruchquote',
  'Of the unit tests that pass at the first turn, the share that fail at the last. One minus the preservation rate.':
    'Von den Tests, die in der ersten Runde bestehen, der Anteil, der in der letzten scheitert. Eins minus die Erhaltungsquote.',
  'Edit distance': 'Größe der Änderung',
  'How much a correction changes the text of the answer before it. Near 0 the model only repeats itself.':
    'Wie sehr eine Korrektur den Text der Antwort davor ändert. Nahe 0 wiederholt das Modell sich nur.',
  Copies: 'Kopien',
  'Share of corrections that repeat the answer before them exactly.':
    'Anteil der Korrekturen, die die Antwort davor genau wiederholen.',
  Length: 'Länge',
  'Mean length of the answer at this turn, end-of-answer token included.':
    'Mittlere Länge der Antwort in dieser Runde, das Token für ihr Ende mitgezählt.',
  Truncated: 'Abgeschnitten',
  'Share of answers at this turn that hit the length limit before they ended.':
    'Anteil der Antworten in dieser Runde, die an die Längengrenze stießen, ehe sie zu Ende waren.',
  'Timed out': 'Zeit überschritten',
  'Share of answers at this turn that ran out of time on at least one unit test.':
    'Anteil der Antworten in dieser Runde, denen bei mindestens einem Test die Zeit ausging.',
  'Not gradable': 'Nicht bewertbar',
  'Share of episodes whose unit tests could not be run, through no fault of the model. They are left out of everything else.':
    'Anteil der Episoden, deren Tests nicht ausgeführt werden konnten, ohne dass das Modell etwas dafür könnte. Aus allem anderen sind sie herausgelassen.',
  'KL to the starting model': 'KL zum Startmodell',
  'How far the answers of this turn have moved from the frozen starting model: the Kullback–Leibler divergence, summed over the tokens of an answer, in nats (1 nat = 1.44 bits). It is estimated from samples, so a small value may come out negative.':
    'Wie weit sich die Antworten dieser Runde vom eingefrorenen Startmodell entfernt haben: die Kullback-Leibler-Divergenz, über die Token einer Antwort zusammengezählt, in nats (1 nat = 1,44 bit). Sie ist aus Stichproben geschätzt, ein kleiner Wert kann also negativ ausfallen.',
  'How undecided the model is at each token of this turn, in nats (1 nat = 1.44 bits). At 0 all samples are alike and there is nothing left to learn from.':
    'Wie unentschieden das Modell bei jedem Token dieser Runde ist, in nats (1 nat = 1,44 bit). Bei 0 sind alle Versuche gleich, und es gibt nichts mehr zu lernen.',
  'nats/token': 'nats/Token',
  'Policy gradient at this turn': 'Policy-Gradient in dieser Runde',
  'Length of the policy gradient at the model’s outputs for this turn: where the update pushes hardest.':
    'Länge des Policy-Gradienten an den Ausgaben des Modells für diese Runde: wo der Schritt am stärksten schiebt.',
  'loss/logit': 'Verlust/Logit',
  'Weight w = ∂R/∂r': 'Gewicht w = ∂R/∂r',
  'The gradient of the accumulated reward: how much R changes when the reward of this turn rises by one. Negative means that this turn is paid to fail. Recorded where it is the same for all rewards: not for the best answer, for some formulas, nor for per-turn returns.':
    'Der Gradient der zusammengezählten Belohnung: wie viel sich R ändert, wenn die Belohnung dieser Runde um eins steigt. Negativ heißt, dass diese Runde fürs Scheitern bezahlt wird. Aufgezeichnet, wo es für alle Belohnungen dasselbe ist: nicht für die beste Antwort, für manche Formeln und für Erträge je Runde.',
  'reward/reward': 'Belohnung/Belohnung',
  'Episode reward R': 'Belohnung R der Episode',
  'Mean reward of a whole episode, before the KL penalty. With per-turn returns, that of turn 1.':
    'Mittlere Belohnung einer ganzen Episode, vor dem KL-Abzug. Bei Erträgen je Runde die von Runde 1.',
  'Spread of R within a group': 'Streuung von R in einer Gruppe',
  'How much the samples of one prompt (a group) differ in reward, on average. Without differences there is nothing to learn from.':
    'Wie sehr sich die Versuche an einer Aufgabe (eine Gruppe) in der Belohnung unterscheiden, im Mittel. Ohne Unterschiede gibt es nichts zu lernen.',
  'Groups without signal': 'Gruppen, die nichts lehren',
  'Share of prompts whose samples (a group) all earn the same, so that only the KL penalty is left to push.':
    'Anteil der Aufgaben, deren Versuche (eine Gruppe) alle gleich viel verdienen, sodass nur der KL-Abzug noch schiebt.',
  'Coupling c': 'Kopplung c',
  'How much a better first answer raises the reward of the second. With two turns and the accumulated reward, a c that stays below its threshold −w₁/w₂ (for CoCoS: 1 − γ) means that the first answer is being sacrificed; in a single update it is mostly noise.':
    'Um wie viel eine bessere erste Antwort die Belohnung der zweiten hebt. Bei zwei Runden und zusammengezählter Belohnung heißt ein c, das unter seiner Schwelle −w₁/w₂ bleibt (bei CoCoS: 1 − γ), dass die erste Antwort geopfert wird; in einem einzelnen Schritt ist es vor allem Rauschen.',
  Loss: 'Verlust',
  'A number whose gradient is that which trains the model, each token’s coefficient c taken as a constant. Its value says little about progress; it serves to compare two runs exactly.':
    'Eine Zahl, deren Gradient das Modell trainiert, der Koeffizient jedes Tokens als konstant genommen. Ihr Wert sagt wenig über den Fortschritt; sie dient dazu, zwei Läufe genau zu vergleichen.',
  'Gradient norm': 'Norm des Gradienten',
  'Length of the gradient over all parameters, before it is clipped.':
    'Länge des Gradienten über alle Parameter, ehe er begrenzt wird.',
  'loss/weight': 'Verlust/Gewicht',
  'Gradient norm by layer': 'Norm des Gradienten je Schicht',
  'Length of the gradient over the parameters of one part of the model, before it is clipped: the embedding (which is the output layer too), the attention and the MLP of each layer with their norms’ gains, and the last norm’s gain. Recorded to four digits.':
    'Länge des Gradienten über die Parameter eines Teils des Modells, ehe er begrenzt wird: die Einbettung (die auch die Ausgabeschicht ist), die Attention und das MLP jeder Schicht mit den Skalen ihrer Normen, und die Skala der letzten Norm. Auf vier Stellen aufgezeichnet.',
  'Step size of this update: it rises during warm-up, then stays or falls along half a cosine.':
    'Schrittweite dieses Schritts: Sie steigt beim Aufwärmen, dann bleibt sie oder fällt entlang eines halben Kosinus.',
  'Gradient clipped': 'Gradient begrenzt',
  'Whether the gradient of this update was longer than the gradient clip and was shortened: 1 yes, 0 no.':
    'Ob der Gradient dieses Schritts länger war als die Gradientengrenze und gekürzt wurde: 1 ja, 0 nein.',
};
