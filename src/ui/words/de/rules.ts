/** Why a field is refused, or has no effect (config/rules.ts). */
export const rules = {
  'column {1}: {2}': 'Spalte {1}: {2}',
  'nothing is there; a formula is made of {1}': 'da ist nichts; eine Formel besteht aus {1}',
  'unexpected "{1}"{2}': '„{1}“ ist hier nicht zu erwarten{2}',
  '; a power is written **': '; eine Potenz schreibt man **',
  '; a formula is made of {1}': '; eine Formel besteht aus {1}',
  'texts have no place in a formula': 'Texte gehören nicht in eine Formel',
  '{1} is too large a number': '{1} ist eine zu große Zahl',
  'a reward is written with its turn in brackets, as in r[{1}]':
    'eine Belohnung schreibt man mit ihrer Runde in Klammern, wie in r[{1}]',
  'unknown name "{1}"; a formula is made of {2}': 'unbekannter Name „{1}“; eine Formel besteht aus {2}',
  'only r has brackets': 'nur r hat eckige Klammern',
  'a turn is a whole number from 1 to {1}': 'eine Runde ist eine ganze Zahl von 1 bis {1}',
  'a comparison stands only before a ?, as in r[2] > r[1] ? 1 : 0':
    'ein Vergleich steht nur vor einem ?, wie in r[2] > r[1] ? 1 : 0',
  'with ** after it, a sign needs parentheses: -(a ** b) or (-a) ** b':
    'vor ** braucht ein Vorzeichen Klammern: -(a ** b) oder (-a) ** b',
  'the functions are {1}': 'die Funktionen sind {1}',
  'before a ? stands a comparison, as in r[2] > r[1] ? 1 : 0':
    'vor einem ? steht ein Vergleich, wie in r[2] > r[1] ? 1 : 0',
  'an operator is missing before this': 'davor fehlt ein Operator',
  'a formula is made of {1}': 'eine Formel besteht aus {1}',
  'numbers, r[1] … r[T], gamma, alpha, + - * / **, parentheses, min, max, abs, and a < b ? c : d':
    'Zahlen, r[1] … r[T], gamma, alpha, + - * / **, Klammern, min, max, abs und a < b ? c : d',
  'must be finite for every reward that an answer can get, and is {1} where {2}':
    'muss für jede Belohnung endlich sein, die eine Antwort bekommen kann, und ist {1} bei {2}',
  'must have a finite slope for every reward that an answer can get, and by r[{1}] it has none where {2}':
    'muss für jede Belohnung, die eine Antwort bekommen kann, eine endliche Steigung haben, und nach r[{1}] hat sie keine bei {2}',
  'no update has been made yet': 'noch ist kein Schritt gemacht',
  'it was computed on {1} first and on {2} later, and nobody can repeat that':
    'er wurde erst auf {1} und dann auf {2} berechnet, und das kann niemand wiederholen',
  'this browser gives a page without https no cryptography to make one with':
    'dieser Browser gibt einer Seite ohne https keine Kryptografie dafür',
  'its updates before {1} were made in another run, which is not open any more':
    'seine Schritte vor {1} wurden in einem anderen Lauf gemacht, der nicht mehr offen ist',
  'update {1} has no digests: an older playground made it, or a page without https':
    'Schritt {1} hat keine Prüfsummen: Ein älterer Playground hat ihn gemacht oder eine Seite ohne https',
  'The link was cut short or changed on the way. Ask for it again.':
    'Der Link wurde unterwegs gekürzt oder verändert. Noch einmal um ihn bitten.',
  'A value in the link is not valid: {1}.': 'Ein Wert im Link ist nicht gültig: {1}.',
  'The file is not JSON: it is damaged, or of another kind.':
    'Die Datei ist kein JSON: Sie ist beschädigt oder von anderer Art.',
  'The file cannot be used: {1}.': 'Die Datei ist nicht zu gebrauchen: {1}.',
  'The file is too long: at most {1} MB are read.': 'Die Datei ist zu lang: Höchstens {1} MB werden gelesen.',
  'must be {1}, or sha256- and 64 hexadecimal digits':
    'muss {1} sein, oder sha256- und 64 hexadezimale Ziffern',
  'must not be own as long as there are no problems: open a problem file or write some, then train on them':
    'darf nicht „Meine eigenen Aufgaben“ sein, solange es keine gibt: eine Datei mit Aufgaben öffnen oder welche schreiben und dann daran trainieren',
  'must not be released-code with a single turn: it trains only corrections, so turns must be at least 2':
    'darf bei einer einzigen Runde nicht „Veröffentlichter Code“ sein: Er trainiert nur Korrekturen, also braucht es mindestens 2 Runden',
  'must be accumulated when the objective is released-code, which has no other':
    'muss „Zusammengezählte Belohnung“ sein, wenn das Ziel „Veröffentlichter Code“ ist, der keine andere hat',
  'must not be score unless there are 2 turns: SCoRe’s gain is that from the first to the second':
    'darf nicht SCoRe sein, außer bei 2 Runden: Sein Gewinn ist der von der ersten zur zweiten',
  'must be model unless the starting model is boost: the checkpoint is of a run that began with that':
    'muss „Das Startmodell“ sein, außer das Startmodell ist Boost: Der Zwischenstand stammt von einem Lauf, der damit begann',
  'must name a model and its digest, as name@0123456789abcdef, when the starting model is another one: open its files, and it does':
    'muss ein Modell und seine Prüfsumme nennen, als name@0123456789abcdef, wenn das Startmodell ein anderes ist: seine Dateien öffnen, dann tut es das',
  'must be at least promptsPerUpdate, so that one update has enough different tasks':
    'muss mindestens „Aufgaben je Schritt“ sein, damit ein Schritt genug verschiedene Aufgaben hat',
  'The tasks are generated; this is for problems of your own.':
    'Die Aufgaben werden erzeugt; das hier gilt für eigene.',
  'Problems of your own have no level.': 'Eigene Aufgaben haben keine Stufe.',
  'No problem is held out.': 'Keine Aufgabe ist zurückgehalten.',
  'The starting model is one of the playground’s own.': 'Das Startmodell ist eines des Playgrounds.',
  'Every weight of the playground’s own models is trained, so all have 32 bits; only those of a base never change.':
    'Bei den Modellen des Playgrounds wird jedes Gewicht trainiert, also haben alle 32 Bit; nur die einer Basis ändern sich nie.',
  'Every weight of the playground’s own models is trained; only models of others get an adapter.':
    'Bei den Modellen des Playgrounds wird jedes Gewicht trainiert; nur Modelle von anderen bekommen einen Adapter.',
  'With one turn there is nothing to discount.': 'Bei einer Runde gibt es nichts zu diskontieren.',
  'The accumulated reward that was chosen has no γ in it.':
    'In der gewählten zusammengezählten Belohnung kommt γ nicht vor.',
  'All samples of a prompt share their first answer, so the baseline cancels its reward and γ with it.':
    'Alle Versuche an einer Aufgabe teilen sich die erste Antwort, also hebt der Vergleichswert ihre Belohnung auf, und γ mit ihr.',
  'With per-turn returns each turn has its own; nothing is accumulated over the episode.':
    'Bei Erträgen je Runde hat jede Runde ihren eigenen; über die Episode wird nichts zusammengezählt.',
  'The accumulated reward that was chosen has no α in it.':
    'In der gewählten zusammengezählten Belohnung kommt α nicht vor.',
  'R is not accumulated by a formula.': 'R wird nicht durch eine Formel zusammengezählt.',
  'With one turn both choices are the same.': 'Bei einer Runde ist beides dasselbe.',
  'With one turn there is no correction to give feedback for.':
    'Bei einer Runde gibt es keine Korrektur, zu der man etwas rückmelden könnte.',
  'With at most two turns there is only one earlier answer.':
    'Bei höchstens zwei Runden gibt es nur eine frühere Antwort.',
  'A binary reward is 0 or 1 on either scale.': 'Eine binäre Belohnung ist auf beiden Skalen 0 oder 1.',
  'With one inner epoch the model is still the one that wrote the samples, so nothing is ever clipped.':
    'Bei einer inneren Epoche ist das Modell noch das, das die Antworten schrieb, also wird nie etwas begrenzt.',
};
