/** What was written: the task, the answers, tokens, tests, layers, and what other rules would have given. */
export const episode = {
  'end of answer': 'Ende der Antwort',
  '{passed} of {total} tests': '{passed} von {total} Tests',
  'The model wrote nothing.': 'Das Modell hat nichts geschrieben.',
  'Colour tokens by': 'Token färben nach',
  'Known when this update is done.': 'Bekannt, wenn dieser Schritt fertig ist.',
  'Not scored yet: the push of each token comes with this update.':
    'Noch nicht bewertet: Wie stark jedes Token geschoben wird, ist bekannt, wenn dieser Schritt fertig ist.',
  'No gradient flows here: these answers are measured, not learned from, so they have the colours of syntax.':
    'Hier fließt kein Gradient: Diese Antworten werden gemessen, aus ihnen wird nicht gelernt; also haben sie die Farben der Syntax.',
  'No gradient flows through this episode: its advantage is zero.':
    'Durch diese Episode fließt kein Gradient: Ihr Vorteil ist null.',
  'The darker, the larger: {meaning}.': 'Je dunkler, desto mehr: {meaning}.',
  'Most:': 'Am meisten:',
  'Green line below: pushed up; red dots: pushed down.':
    'Grüne Linie darunter: nach oben geschoben; rote Punkte: nach unten geschoben.',
  'Tests judge a whole try, so all of it is pushed the same way, its mistakes too.':
    'Tests beurteilen einen ganzen Versuch; darum wird alles daran gleich geschoben, auch seine Fehler.',
  '{share} of the policy gradient falls on this turn':
    '{share} des Policy-Gradienten entfallen auf diese Runde',
  'Try {number} in full': 'Versuch {number} im Ganzen',
  'In full': 'Im Ganzen',
  'Where the gradient goes: layers and matrices': 'Wohin der Gradient geht: Schichten und Matrizen',
  'Where update {step} went cannot be known: {refused}':
    'Wohin Schritt {step} ging, lässt sich nicht sagen: {refused}',
  'Look at update {step}': 'Schritt {step} ansehen',
  'Looking at the states before and after update {step} …':
    'Die Zustände vor und nach Schritt {step} werden angesehen …',
  'Token {token} of turn {number}': 'Token {token} von Runde {number}',
  Probability: 'Wahrscheinlichkeit',
  'after this update': 'nach diesem Schritt',
  'what it is after this update cannot be known: {refused}':
    'was sie nach diesem Schritt ist, lässt sich nicht sagen: {refused}',
  'computing what it is after this update …': 'was sie nach diesem Schritt ist, wird berechnet …',
  'Starting model': 'Startmodell',
  'which the KL penalty keeps the model near': 'in dessen Nähe der KL-Abzug das Modell hält',
  'Entropy here': 'Entropie hier',
  '{entropy} nats': '{entropy} nats',
  'how undecided the model was here; 0: it was certain':
    'wie unentschieden das Modell hier war; 0: Es war sich sicher',
  Push: 'Schub',
  none: 'keiner',
  'up, {coefficient} × gradient of log π; {share} % of this try’s gradient':
    'hinauf, {coefficient} × Gradient von log π; {share} % des Gradienten dieses Versuchs',
  'down, {coefficient} × gradient of log π; {share} % of this try’s gradient':
    'hinab, {coefficient} × Gradient von log π; {share} % des Gradienten dieses Versuchs',
  'Every token of this try is pushed by this factor, whether it mattered or not: the tests judge the whole program. The less likely it was, the larger its share of the gradient.':
    'Mit diesem Faktor wird jedes Token dieses Versuchs geschoben, ob es darauf ankam oder nicht: Die Tests beurteilen das ganze Programm. Der Anteil am Gradienten ist umso größer, je unwahrscheinlicher es war.',
  'Every token of this turn is pushed by this factor, whether it mattered or not: the tests judge the whole program. The less likely it was, the larger its share of the gradient.':
    'Mit diesem Faktor wird jedes Token dieser Runde geschoben, ob es darauf ankam oder nicht: Die Tests beurteilen das ganze Programm. Der Anteil am Gradienten ist umso größer, je unwahrscheinlicher es war.',
  'Its probability fell all the same: other pushes of the update moved it more.':
    'Seine Wahrscheinlichkeit sank trotzdem: Alle Token des Schritts schieben an denselben Gewichten, und die anderen Schübe haben mehr bewegt.',
  'Its probability rose all the same: other pushes of the update moved it more.':
    'Seine Wahrscheinlichkeit stieg trotzdem: Alle Token des Schritts schieben an denselben Gewichten, und die anderen Schübe haben mehr bewegt.',
  'What else the model considered here': 'Was das Modell hier sonst erwog',
  token: 'Token',
  before: 'vorher',
  after: 'nachher',
  'Asks the starting model for its own first answers to the held-out tasks, and compares':
    'Fragt das Startmodell nach seinen eigenen ersten Antworten auf die zurückgehaltenen Aufgaben und vergleicht',
  'Looking for one…': 'Es wird gesucht …',
  'Look again': 'Noch einmal suchen',
  'Show a caught example': 'Ein ertapptes Beispiel zeigen',
  'Held-out tasks': 'Zurückgehaltene Aufgaben',
  'Training batch': 'Trainingsstapel',
  'after an update': 'nach einem Schritt',
  Explained: 'Erklärt',
  'one update, recorded earlier': 'ein Schritt, früher aufgezeichnet',
  'Your own model has learned since.': 'Das eigene Modell hat inzwischen gelernt.',
  'Your own model is here now: **Run** or **Step** makes an update of its own, like this one.':
    'Das eigene Modell ist jetzt da: **Start** oder **Schritt** macht einen eigenen Schritt wie diesen.',
  'Show the model’s own answers': 'Die Antworten des eigenen Modells zeigen',
  Episodes: 'Episoden',
  'Follow the latest update': 'Dem neuesten Schritt folgen',
  Follow: 'Folgen',
  Now: 'Jetzt',
  Moment: 'Zeitpunkt',
  Earlier: 'Früher',
  Later: 'Später',
  'before training': 'vor dem Training',
  'now: update': 'jetzt: Schritt',
  update: 'Schritt',
  'Nothing changes: all {pushes} stay as they are.':
    'Nichts ändert sich: Alle {pushes} bleiben, wie sie sind.',
  '{n} ends': '{n} endet',
  '{n} end': '{n} enden',
  '{n} begins': '{n} beginnt',
  '{n} begin': '{n} beginnen',
  'None of {n} pushes changes sign': 'Von {n} Schüben wechselt keiner das Vorzeichen',
  '{flips} of {n} pushes changes sign, {here} of them at this task':
    '{flips} von {n} Schüben wechselt das Vorzeichen, {here} davon an dieser Aufgabe',
  '{flips} of {n} pushes change sign, {here} of them at this task':
    '{flips} von {n} Schüben wechseln das Vorzeichen, {here} davon an dieser Aufgabe',
  '{flips}{rest}. A moves by up to {largest}.': '{flips}{rest}. A bewegt sich um bis zu {largest}.',
  'By these rules γ matters: between γ = 0, 1 and 2 a push of this update moves by up to {reach}.':
    'Nach diesen Regeln kommt es auf γ an: Zwischen γ = 0, 1 und 2 bewegt sich ein Schub dieses Schritts um bis zu {reach}.',
  'Its share cancels in every comparison.': 'Sein Anteil hebt sich in jedem Vergleich auf.',
  'By these rules γ changes nothing: at γ = 0, 1 and 2 every push of this update is the same. {why}':
    'Nach diesen Regeln ändert γ nichts: Bei γ = 0, 1 und 2 ist jeder Schub dieses Schritts derselbe. {why}',
  'Unit tests by turn': 'Tests, Runde für Runde',
  Test: 'Test',
  Expected: 'Erwartet',
  'Turn {number}': 'Runde {number}',
  'hidden from training': 'verdeckt',
  'Turn {number}, {expression}: {verdict}, {value}': 'Runde {number}, {expression}: {verdict}, {value}',
  Turn: 'Runde',
  Ran: 'Ausgeführt',
  Got: 'Erhalten',
  Reason: 'Grund',
  Exception: 'Ausnahme',
  '(line {line})': '(Zeile {line})',
  Tier: 'Art',
  'weaker: the whole test ran next to the program, which could have forged the result':
    'schwächer: Der ganze Test lief neben dem Programm, das das Ergebnis hätte fälschen können',
  Time: 'Zeit',
  '{ms} ms': '{ms} ms',
  'Choose a cell to see what ran, what was expected and what came back.':
    'Ein Feld wählen, um zu sehen, was ausgeführt, was erwartet wurde und was herauskam.',
  'A small language model was given one task, four times. Each time it **wrote** a program and was asked to **correct** it. Real unit tests decide what each answer earns, the four tries are **compared**, and the better ones are made **more likely**. That is one update of training; below is one, recorded earlier.':
    'Ein kleines Sprachmodell bekam eine Aufgabe, vier Mal. Jedes Mal **schrieb** es ein Programm und sollte es dann **korrigieren**. Echte Tests entscheiden, was jede Antwort verdient, die vier Versuche werden **verglichen**, und die besseren werden **wahrscheinlicher** gemacht. Das ist ein Schritt des Trainings; unten steht einer, der früher aufgezeichnet wurde.',
  'Your own model could not be loaded.': 'Das eigene Modell konnte nicht geladen werden.',
  'Your own model is on its way ({status}). Everything then happens here, on this machine.':
    'Das eigene Modell ist unterwegs ({status}). Danach geschieht alles hier, auf diesem Gerät.',
  'turns {numbers}': 'Runden {numbers}',
  ' and ': ' und ',
  'The answers of this update, scored by other rules. Nothing is sampled again, so this is what the first step of the update would have been given; where the model would have gone from there, only a run can tell. The objective cannot be varied here: it decides which answers are sampled.':
    'Die Antworten dieses Schritts, nach anderen Regeln bewertet. Nichts wird neu gezogen: Es ist das, was die erste Änderung dieses Schritts bekommen hätte; wohin das Modell von da aus gegangen wäre, zeigt nur ein Lauf. Das Ziel lässt sich hier nicht ändern: Es bestimmt, welche Antworten gezogen werden.',
  'Try:': 'Zum Beispiel:',
  'Other rules': 'Andere Regeln',
  'was {value}': 'war {value}',
  'These rules cannot be, so nothing is changed.':
    'Diese Regeln sind nicht möglich, also ist nichts geändert.',
  'These are the rules of the update: nothing is changed yet.':
    'Das sind die Regeln des Schritts: Noch ist nichts geändert.',
  'Pushes of the tries at this task, by the rules of the update and by the others':
    'Schübe der Versuche an dieser Aufgabe, nach den Regeln des Schritts und nach den anderen',
  try: 'Versuch',
  'now,': 'jetzt,',
  then: 'dann',
  now: 'jetzt',
  'c of a token, now → then': 'c eines Tokens, jetzt → dann',
  change: 'Änderung',
  'Back to the update’s rules': 'Zurück zu den Regeln des Schritts',
  'Go on training by these': 'Danach weiter trainieren',
  end: 'Ende',
  ', pushed up': ', nach oben geschoben',
  ', pushed down': ', nach unten geschoben',
  'not graded': 'nicht bewertet',
  'first attempt': 'erster Versuch',
  'correction: unchanged': 'Korrektur: unverändert',
  correction: 'Korrektur',
  'cut off at the length limit': 'an der Längengrenze abgeschnitten',
  Printed: 'Ausgabe',
  'Update {step} had nothing to learn from: its gradient is 0, and only weight decay changed the parameters.':
    'Aus Schritt {step} war nichts zu lernen: Sein Gradient ist 0, und nur der Gewichtszerfall hat die Parameter verändert.',
  'The gradient of update {step}, as the optimizer was given it:':
    'Der Gradient von Schritt {step}, wie ihn der Optimierer bekam:',
  'norm {norm}, clipped to {given}.': 'Norm {norm}, gekürzt auf {given}.',
  'norm {norm}.': 'Norm {norm}.',
  'It is the mean of its {n} inner epochs, the later ones counting more.':
    'Er ist das Mittel seiner {n} inneren Epochen, die späteren zählen mehr.',
  'A share is a part of its square, so shares add up to 100 %.':
    'Ein Anteil ist ein Teil seines Quadrats, die Anteile ergeben also zusammen 100 %.',
  Where: 'Wo',
  'share of the gradient': 'Anteil am Gradienten',
  'share of the change': 'Anteil an der Änderung',
  'changed by': 'geändert um',
  'Layer {layer}': 'Schicht {layer}',
  '{name}, {parameters} parameters': '{name}, {parameters} Parameter',
  'Change: what the update added to the parameters. AdamW divides each parameter’s gradient by how large it usually is, so the change is spread more evenly than the gradient. “Changed by” is its norm over that of the parameters.':
    'Änderung: was der Schritt zu den Parametern hinzugefügt hat. AdamW teilt den Gradienten jedes Parameters durch seine übliche Größe, darum ist die Änderung gleichmäßiger verteilt als der Gradient. „Geändert um“ ist ihre Norm durch die der Parameter.',
  'level {level}': 'Stufe {level}',
  Task: 'Aufgabe',
  'Previous task': 'Vorige Aufgabe',
  'Next task': 'Nächste Aufgabe',
  task: 'Aufgabe',
  'of {count}': 'von {count}',
  '\u00a0shown, of {measured} measured': '\u00a0gezeigt, {measured} gemessen',
  'Caught in the act': 'Auf frischer Tat ertappt',
  'Caught example': 'Ertapptes Beispiel',
  'Previous caught example': 'Voriges ertapptes Beispiel',
  'Next caught example': 'Nächstes ertapptes Beispiel',
  'Close the caught example': 'Das ertappte Beispiel schließen',
  'After update {step}, on': 'Nach Schritt {step} ist bei',
  '{count} of {judged}': '{count} der {judged}',
  ', the first answer is worse than the one the starting model gives by itself, and the last answer passes every test. One of them:':
    ' die erste Antwort schlechter als die, die das Startmodell von sich aus gibt, und die letzte besteht jeden Test. Eine davon:',
  'Before: the starting model’s own first answer': 'Vorher: die eigene erste Antwort des Startmodells',
  'Now: turn {number}': 'Jetzt: Runde {number}',
  'None at update {step}: on none of {judged} is the first answer worse than the starting model’s own and the last one right.':
    'Keines bei Schritt {step}: Bei keiner der {judged} ist die erste Antwort schlechter als die eigene des Startmodells und die letzte richtig.',
  'Task {number}, under way': 'Aufgabe {number}, läuft noch',
  'Task {number}, mean reward of the last turn {mean}':
    'Aufgabe {number}, mittlere Belohnung der letzten Runde {mean}',
  'Tasks of this batch': 'Aufgaben dieses Stapels',
  'Column: a task. Row: a try at it, turn 1 on the left; full colour: every test passed.':
    'Spalte: eine Aufgabe. Zeile: ein Versuch daran, Runde 1 links; volle Farbe: jeder Test bestanden.',
  'Most telling task': 'Aufschlussreichste Aufgabe',
  'held-out, after {step} updates': 'zurückgehalten, nach {step} Schritten',
  'seed {seed}': 'Startwert {seed}',
  'the model': 'das Modell',
  'recorded earlier, to look at while your own model is loading':
    'früher aufgezeichnet, zum Ansehen, während das eigene Modell lädt',
  'sampled answers {model} is learning from': 'gezogene Antworten, aus denen {model} lernt',
  'attempts by {model} at a task it also trains on':
    'eigene Versuche an einer Aufgabe, an der {model} auch trainiert',
  'attempts by {model} at a task it never trains on':
    'eigene Versuche an einer Aufgabe, an der {model} nie trainiert',
  'answers to tasks {model} also trains on, always taking the most likely token':
    'Antworten auf Aufgaben, an denen {model} auch trainiert, stets mit dem wahrscheinlichsten Token',
  'answers to tasks {model} never trains on, always taking the most likely token':
    'Antworten auf Aufgaben, an denen {model} nie trainiert, stets mit dem wahrscheinlichsten Token',
  Episode: 'Episode',
  '{other}, which others trained, is here as it was published; what is learned is an adapter over it.':
    '{other}, das andere trainiert haben, steht hier wie veröffentlicht; gelernt wird ein Adapter dazu.',
  'This small model learned from novices’ programs, bugs included.':
    'Dieses kleine Modell hat aus Programmen von Anfängern gelernt, mitsamt ihren Fehlern; die Aufgaben sind englisch, weil es nur solche gelesen hat.',
  'This run starts part of the way along another one, at a checkpoint.':
    'Dieser Lauf beginnt mitten in einem anderen, an einem Zwischenstand.',
  '{model} solves': '{model} löst',
  'The model': 'Das Modell',
  ', and ': ' und ',
  ', ': '; ',
  'of the problems that it trains on, at its first attempt':
    'der Aufgaben, an denen es trainiert, beim ersten Versuch',
  'of held-out tasks, which it never trains on, at its first attempt':
    'der zurückgehaltenen Aufgaben, an denen es nie trainiert, beim ersten Versuch',
  'after correcting itself': 'nach der eigenen Korrektur',
  'at turn {number}': 'in Runde {number}',
  'How many tasks it solves is being measured, on tasks that it also trains on.':
    'Wie viele Aufgaben es löst, wird gerade gemessen, an Aufgaben, an denen es auch trainiert.',
  'How many tasks it solves is being measured, on tasks that it never trains on.':
    'Wie viele Aufgaben es löst, wird gerade gemessen, an Aufgaben, an denen es nie trainiert.',
  'Below is one of them, and what it wrote. Press **Run** and watch it change.':
    'Unten steht eine davon, und was es geschrieben hat. **Start** drücken und zusehen, wie es sich ändert.',
  'See an update explained': 'Einen erklärten Schritt ansehen',
  picture: 'Bild',
  'What if? The same answers by other rules': 'Was wäre, wenn? Dieselben Antworten nach anderen Regeln',
  'Unit tests, turn by turn': 'Tests, Runde für Runde',
  'Reference solution': 'Musterlösung',
  'Update {step} cannot be shown in full: {why}': 'Schritt {step} kann nicht im Ganzen gezeigt werden: {why}',
  'Making update {step} again, from the last state before it that was kept…':
    'Schritt {step} wird noch einmal gemacht, vom letzten aufbewahrten Zustand davor aus …',
  'No episode was recorded.': 'Es wurde keine Episode aufgezeichnet.',
  'The model is about to try tasks it has never seen. Its answers will appear here in a few seconds.':
    'Das Modell versucht sich gleich an Aufgaben, die es nie gesehen hat. In ein paar Sekunden erscheinen hier seine Antworten.',
  'added: ': 'hinzugefügt: ',
  'removed: ': 'entfernt: ',
  Syntax: 'Syntax',
  'Policy gradient': 'Policy-Gradient',
  'how hard the update pushes the token, as a share of the episode’s policy gradient':
    'wie stark der Schritt das Token schiebt, als Anteil am Policy-Gradienten der Episode',
  'Log-prob': 'Log-Wahrsch.',
  'surprise: −log π of the token the model chose': 'Überraschung: −log π des Tokens, das das Modell wählte',
  Entropy: 'Entropie',
  'how undecided the model was before the token': 'wie unentschieden das Modell vor dem Token war',
  'Embedding, also the output head': 'Einbettung, auch die Ausgabe',
  'Last norm': 'Letzte Norm',
  'norm before attention': 'Norm vor der Attention',
  'attention: query': 'Attention: Query',
  'attention: key': 'Attention: Key',
  'attention: value': 'Attention: Value',
  'attention: output': 'Attention: Ausgabe',
  'norm before the MLP': 'Norm vor dem MLP',
  'MLP: gate': 'MLP: Gate',
  'MLP: up': 'MLP: Up',
  'MLP: down': 'MLP: Down',
  'changes sign': 'wechselt das Vorzeichen',
  ends: 'endet',
  begins: 'beginnt',
  'Binary reward': 'Binäre Belohnung',
  'Own credit for each turn': 'Jeder Runde ihre eigene Wertung',
  'REINFORCE: compare with the batch': 'REINFORCE: mit dem Stapel vergleichen',
  'REINFORCE and γ = 0': 'REINFORCE und γ = 0',
};
