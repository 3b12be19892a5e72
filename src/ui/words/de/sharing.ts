/** Links, files, forks and notices. */
export const sharing = {
  'Not checked yet': 'Noch nicht geprüft',
  'The same to the last bit {1}': 'Bis aufs letzte Bit gleich, {1}',
  'so far, {1} of {2} updates': 'bisher {1} von {2} Schritten',
  'Reproduced to the last bit': 'Bis aufs letzte Bit reproduziert',
  'Reproduced within tolerance ({1})': 'Im Rahmen der Toleranz reproduziert ({1})',
  '{1} tolerance {2} ({3})': '{1} der Toleranz, {2} ({3})',
  Outside: 'Außerhalb',
  Within: 'Innerhalb',
  'Differs from update {1} on, first in {2}': 'Weicht ab Schritt {1} ab, zuerst bei {2}',
  'Cannot be checked': 'Lässt sich nicht prüfen',
  'another back end': 'ein anderes Backend',
  'perhaps another GPU': 'vielleicht eine andere GPU',
  'update {step}': 'Schritt {step}',
  'Updates must be more than {step}, where this run begins':
    '„Schritte“ muss größer sein als {step}, wo dieser Lauf beginnt',
  'All runs together need about {peak}, and about {limit} is available: close one first':
    'Alle Läufe zusammen brauchen etwa {peak}, und etwa {limit} sind da: zuerst einen schließen',
  'Fork after update {step}': 'Nach Schritt {step} abzweigen',
  'A new run begins where run {number} stood {when}. With the same values it repeats, to the last digit, what came after; with others it shows what they change. Run {number} pauses and stays as it is.':
    'Ein neuer Lauf beginnt dort, wo Lauf {number} {when} stand. Mit denselben Werten wiederholt er bis zur letzten Stelle, was danach kam; mit anderen zeigt er, was sie ändern. Lauf {number} hält an und bleibt, wie er ist.',
  'Other fields': 'Andere Einstellungen',
  'The model, and where training started, cannot be others: the fork takes over the weights.':
    'Modell und Anfang des Trainings können keine anderen sein: Die Abzweigung übernimmt die Gewichte.',
  'It will repeat run {number}.': 'Die Abzweigung wird Lauf {number} wiederholen.',
  'Other than in run {number}:': 'Anders als in Lauf {number}:',
  'For looking back: at most {ring} a run.': 'Zum Zurückschauen: höchstens {ring} je Lauf.',
  'Fork and run': 'Abzweigen und starten',
  Fork: 'Abzweigen',
  'it is not known with which model it was made': 'es ist nicht bekannt, mit welchem Modell er gemacht wurde',
  'task {task}, try {number}': 'Aufgabe {task}, Versuch {number}',
  'turn {number}': 'Runde {number}',
  'the lesson': 'die Lektion',
  'its language ({lang})': 'die Sprache der Seite ({lang})',
  'these parts of the page only': 'nur diese Teile der Seite',
  'Your own problems are too many for a link, which only names them: whoever opens it needs the file they came from, too. A file has up to 2 MB of them.':
    'Die eigenen Aufgaben sind zu viele für einen Link, der sie nur nennt: Wer ihn öffnet, braucht auch die Datei, aus der sie kamen. Eine Datei fasst bis zu 2 MB davon.',
  'The link only names the problems, which are not open here: whoever opens it needs the file they came from, too.':
    'Der Link nennt die Aufgaben nur, und hier sind sie nicht geöffnet: Wer ihn öffnet, braucht auch die Datei, aus der sie kamen.',
  'Nothing can be shared with these settings: {problem}.':
    'Mit diesen Einstellungen lässt sich nichts teilen: {problem}.',
  'Its result is too long for a link. Save it as a file: it opens in the same way.':
    'Das Ergebnis ist zu lang für einen Link. Als Datei speichern: Sie öffnet sich genauso.',
  'The browser did not allow copying. Select the link above and copy it by hand.':
    'Der Browser hat das Kopieren nicht erlaubt. Den Link oben auswählen und von Hand kopieren.',
  'the experiment and its result': 'das Experiment und sein Ergebnis',
  'this experiment': 'dieses Experiment',
  'Link copied. It opens {what}; training starts when Run is pressed.':
    'Link kopiert. Er öffnet {what}; trainiert wird erst nach „Start“.',
  'A link carries one run. This is run {number}, {name}; to share another, open it first.':
    'Ein Link enthält einen Lauf. Dies ist Lauf {number}, {name}; um einen anderen zu teilen, diesen zuerst öffnen.',
  Share: 'Teilen',
  'Everything that is shared is in the link itself, after its':
    'Alles, was geteilt wird, steht im Link hinter dem Zeichen',
  ': your browser sends nothing anywhere.': ': Der Browser schickt nichts weg.',
  'With its result': 'Mit seinem Ergebnis',
  '{updates}. {result} Whoever opens it can train again and is told whether the same comes out.':
    '{updates}. {result} Wer ihn öffnet, kann noch einmal trainieren und erfährt, ob dasselbe herauskommt.',
  'Not of this run: {missing}.': 'Nicht von diesem Lauf: {missing}.',
  'With what I see': 'Mit dem, was zu sehen ist',
  '{seen}. Whoever opens it gets there by pressing Run, once that update is made.':
    '{seen}. Wer ihn öffnet, kommt mit „Start“ dorthin, sobald dieser Schritt gemacht ist.',
  '{seen}. Whoever opens it gets there.': '{seen}. Wer ihn öffnet, kommt dorthin.',
  Link: 'Link',
  'Copy link': 'Link kopieren',
  'For a page of your own: docs/embedding.md': 'Für eine eigene Seite: docs/embedding.md',
  'HTML copied. It shows this in a frame of another page.':
    'HTML kopiert. Es zeigt dies in einem Rahmen einer anderen Seite.',
  'Copy HTML': 'HTML kopieren',
  'Save as file': 'Als Datei speichern',
  'Open a file…': 'Datei öffnen…',
  'Dismiss: {what}': 'Schließen: {what}',
  Dismiss: 'Schließen',
  'The {recorded} updates recorded so far are kept.':
    'Die {recorded} bisher aufgezeichneten Schritte sind aufbewahrt.',
  Detail: 'Näheres',
  'This link could not be opened.': 'Dieser Link ließ sich nicht öffnen.',
  'link problem': 'Problem mit dem Link',
  ', since update {since}.': ', seit Schritt {since}.',
  'Show why': 'Warum?',
  'Run “{title}” was left in the middle: {step} of {steps} updates are kept.':
    'Der Lauf „{title}“ blieb mittendrin stehen: {step} von {steps} Schritten sind aufbewahrt.',
  'Your last run, “{title}”, stands after update {step} of {steps}.':
    'Der letzte Lauf, „{title}“, steht nach Schritt {step} von {steps}.',
  'Go on at update {step}': 'Bei Schritt {step} weitermachen',
  'Open it': 'Öffnen',
  'Not now': 'Jetzt nicht',
  'A newer version of the playground is stored. To open it, close its other tabs and reload.':
    'Eine neuere Fassung des Playgrounds ist gespeichert. Um sie zu öffnen, seine anderen Tabs schließen und neu laden.',
  'The link is from an older version: {notes}.': 'Der Link stammt aus einer älteren Fassung: {notes}.',
  'older link': 'älterer Link',
  'what the link was made on': 'womit der Link gemacht wurde',
  'From a link': 'Aus einem Link',
  '\u00a0and {n} more': '\u00a0und noch {n}',
  'It claims {updates} on {backend}. {result}': 'Er behauptet {updates} auf {backend}. {result}',
  'Made on {backend}.': 'Gemacht auf {backend}.',
  'Anyone may have written it.': 'Er kann von irgendjemandem stammen.',
  'Run trains again and compares each update.': '„Start“ trainiert noch einmal und vergleicht jeden Schritt.',
  '{field} was changed on the way (below), in a fork. That is not done again here;':
    '{field} wurde unterwegs geändert (unten), in einer Abzweigung. Das wird hier nicht wiederholt;',
  'does it.': 'tut es.',
  'Settings were changed on the way (see “What it carries”); they are changed again after the same updates.':
    'Einstellungen wurden unterwegs geändert (siehe „Was er enthält“); sie werden nach denselben Schritten wieder geändert.',
  'Not compared:': 'Nicht verglichen:',
  'this run began with other settings than the one of the link.':
    'Dieser Lauf begann mit anderen Einstellungen als denen des Links.',
  'What it carries': 'Was er enthält',
  'After update {step}: {label} {to}': 'Nach Schritt {step}: {label} {to}',
  'Before the first update: {label} {to}': 'Vor dem ersten Schritt: {label} {to}',
  'Format {version}': 'Format {version}',
  '; made on {backend}': '; gemacht auf {backend}',
  ', with the model sha256-{digest}…': ', mit dem Modell sha256-{digest}…',
  ', by version {build}': ', von Fassung {build}',
  'One piece of code, the formula above. The page reads it as arithmetic and can do nothing else with it.':
    'Ein Stück Code, die Formel oben. Die Seite liest sie als Rechnung und kann nichts anderes damit tun.',
  'Your own problems: {problems}, with their tests and, where they have them, solutions (Python, run in the sandbox).':
    'Eigene Aufgaben: {problems}, mit ihren Tests und, wo es sie gibt, Lösungen (Python, läuft in der Sandbox).',
  'No problems: those it names are opened from their file.':
    'Keine Aufgaben: Die er nennt, werden aus ihrer Datei geöffnet.',
  'No code.': 'Kein Code.',
  'A result: the curves of {updates}, and a digest of each. Running it is what checks them.':
    'Ein Ergebnis: die Kurven ({updates}) und von jedem Schritt eine Prüfsumme. Geprüft werden sie, indem man ihn laufen lässt.',
  'No result.': 'Kein Ergebnis.',
  'Dismiss: what the link is': 'Schließen: was der Link ist',
  'The link was made with another version of this model, so the results will not be the same as there.':
    'Der Link wurde mit einer anderen Fassung dieses Modells gemacht, die Ergebnisse werden also nicht dieselben sein wie dort.',
  'The link was made on {there}, and this page computes on {here}: the last digits may differ, and so, after some updates, the results.':
    'Der Link wurde auf {there} gemacht, und diese Seite rechnet auf {here}: Die letzten Stellen können abweichen, und so nach einigen Schritten auch die Ergebnisse.',
  link: 'Link',
  'the result that came with the link': 'das Ergebnis, das mit dem Link kam',
  '{problem} Nothing was changed.': '{problem} Nichts wurde geändert.',
  '{problem} The default experiment is loaded instead.':
    '{problem} Stattdessen ist das Experiment der Voreinstellung geladen.',
};
