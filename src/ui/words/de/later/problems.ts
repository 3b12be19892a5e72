/** Problems of the user’s own, from files or written in the page. */
export const problems = {
  'All else is as the form has it: {others}.': 'Alles andere bleibt, wie es im Formular steht: {others}.',
  'All else is as in “{title}”.': 'Alles andere ist wie in „{title}“.',
  'it is the same as {1}': 'sie ist dieselbe wie {1}',
  'it has {1}, and none would be left to judge by (“{2}”: {3})':
    'sie hat {1}, und keiner bliebe zum Beurteilen („{2}“: {3})',
  'its text has {1} tokens; with {2} an episode can reach {3}, and the model reads {4}':
    'ihr Text hat {1} Token; mit {2} kann eine Episode {3} erreichen, und das Modell liest {4}',
  'its solution has {1} tokens, and an answer at most {2} (“{3}”)':
    'ihre Lösung hat {1} Token, und eine Antwort höchstens {2} („{3}“)',
  'problems: none of the {1} to train on can be used.':
    'Aufgaben: Von {1} zum Trainieren ist keine zu gebrauchen.',
  'problems: none of the {1} that are held out can be used.':
    'Aufgaben: Von {1}, die zurückgehalten sind, ist keine zu gebrauchen.',
  'Fewer turns, history latest, no feedback or shorter answers leave more room for the text.':
    'Weniger Runden, nur die letzte Antwort im Blick, keine Rückmeldung oder kürzere Antworten lassen mehr Platz für den Text.',
  'A larger “{1}” allows longer answers.': '„{1}“ zu erhöhen erlaubt längere Antworten.',
  'With “{1}: All”, every test is rewarded and judges.':
    'Mit „{1}: Alle“ wird jeder Test belohnt und zum Urteilen genommen.',
  'Another “{1}” or a larger “{2}” holds out others; 0 holds out none.':
    'Ein anderes „{1}“ oder ein größeres „{2}“ hält andere zurück; 0 hält keine zurück.',
  'Choose a JSONL file': 'Eine JSONL-Datei wählen',
  'or drop it here. A JSON array of records will do too, and either may be compressed with gzip. At most 64 MB.':
    'oder hier ablegen. Auch ein JSON-Array geht, und beides darf mit gzip gepackt sein. Höchstens 64 MB.',
  'such as': 'zum Beispiel',
  'At first the file is only read; nothing in it is run until you say so. A test may take {seconds} s here; for slower programs there is `npm run grade`.':
    'Zuerst wird die Datei nur gelesen; nichts daraus wird ausgeführt, ehe man es verlangt. Ein Test darf hier {seconds} s dauern; für langsamere Programme gibt es `npm run grade`.',
  'line {line}': 'Zeile {line}',
  'record {name}': 'Datensatz {name}',
  'and {n} more': 'und {n} weitere',
  'format {format}: {programs} with {tests}.': 'Format {format}: {programs} mit {tests}.',
  '{lines} left out.': '{lines} fortgelassen.',
  '{lines} without a usable record': '{lines} ohne brauchbaren Datensatz',
  ', all of them in the report to download': ', alle im Bericht zum Herunterladen',
  '{remarks} on records that were kept': '{remarks} zu Datensätzen, die behalten wurden',
  'Starting Python…': 'Python startet …',
  '{graded} of {total} programs graded': '{graded} von {total} Programmen bewertet',
  'Reading the file.': 'Die Datei wird gelesen.',
  '{programs} read. Nothing has been run yet.': '{programs} gelesen. Noch ist nichts ausgeführt.',
  'Stopped. {progress}.': 'Angehalten. {progress}.',
  'Finished. {progress}.': 'Fertig. {progress}.',
  'A file is being graded: cancel that, then drop the other one again.':
    'Eine Datei wird gerade bewertet: das abbrechen und die andere dann noch einmal ablegen.',
  '{n} files: choose one at a time.': '{n} Dateien: bitte eine nach der anderen.',
  'That was not a file. Drop a JSONL file from your disk.':
    'Das war keine Datei. Eine JSONL-Datei von der Festplatte ablegen.',
  'Write problems of your own, try their tests, and train the model on them. Nothing leaves this page.':
    'Eigene Aufgaben schreiben, ihre Tests ausprobieren und das Modell daran trainieren. Nichts verlässt diese Seite.',
  'Let the model learn **your own** problems instead of those that the playground makes up. A few that you write here, with tests, are enough: they are ready in minutes, and train as fast as the others, on any laptop. A file with many, such as the public collections MBPP or HumanEval, is read in seconds; its own solutions can first be run against its tests. Nothing leaves this page.':
    'Das Modell **eigene** Aufgaben lernen lassen statt derer, die der Playground sich ausdenkt. Ein paar hier geschriebene mit Tests genügen: Sie sind in Minuten fertig und trainieren so schnell wie die anderen, auf jedem Laptop. Eine Datei mit vielen, etwa die öffentlichen Sammlungen MBPP oder HumanEval, ist in Sekunden gelesen; ihre eigenen Lösungen lassen sich vorher an ihren Tests prüfen. Nichts verlässt diese Seite.',
  'Fetching the editor…': 'Der Editor wird geholt …',
  'Write problems yourself': 'Selbst Aufgaben schreiben',
  'or open a file:': 'oder eine Datei öffnen:',
  'Reading the file…': 'Die Datei wird gelesen …',
  'Programs graded': 'Bewertete Programme',
  'Grade the remaining {programs}': 'Die übrigen bewerten: {programs}',
  'Grade {programs}': '{programs} bewerten',
  'Choose another file': 'Eine andere Datei wählen',
  'Test {number}': 'Test {number}',
  'weaker tier: ran next to the program': 'schwächere Stufe: lief neben dem Programm',
  '(line {line} of the program)': '(Zeile {line} des Programms)',
  'and {n} more tests': 'und {n} weitere Tests',
  Program: 'Programm',
  'all {n}': 'alle {n}',
  '{programs} in {seconds} s: {speed} programs/s': '{programs} in {seconds} s: {speed} Programme/s',
  '{n} from the cache': '{n} aus dem Zwischenspeicher',
  'Download report (JSONL)': 'Bericht herunterladen (JSONL)',
  '{tests} ran in the weaker tier: their results cannot be compared outside Python, so the whole test ran next to the program, which could have forged the result.':
    '{tests} liefen auf der schwächeren Stufe: Ihre Ergebnisse lassen sich außerhalb von Python nicht vergleichen, also lief der ganze Test neben dem Programm, das das Ergebnis hätte fälschen können.',
  'A test may take {seconds} s here, as in training. `npm run grade` gives slow programs more.':
    'Ein Test darf hier {seconds} s dauern, wie beim Training. `npm run grade` gibt langsamen Programmen mehr.',
  'Page of rows': 'Seite der Tabelle',
  'Rows before': 'Zeilen davor',
  'Rows after': 'Zeilen danach',
  'of {n}': 'von {n}',
  Verdicts: 'Urteile',
  Verdict: 'Urteil',
  Passed: 'Bestanden',
  'weaker tier': 'schwächere Stufe',
  'No row to show.': 'Keine Zeile zu zeigen.',
  'Test {n} of “{name}” cannot be run: {why}. Mend it or leave it out.':
    'Test {n} von „{name}“ lässt sich nicht ausführen: {why}. Ausbessern oder fortlassen.',
  'The reference solution of “{name}” passes {passed} of {tests}: run its tests, and mend it or leave it out.':
    'Die Musterlösung von „{name}“ besteht {passed} von {tests}: ihre Tests laufen lassen und sie ausbessern oder fortlassen.',
  'Train on these': 'Daran trainieren',
  'Looking at what the model can read…': 'Es wird nachgesehen, was das Modell lesen kann …',
  'An answer may have {n} tokens.': 'Eine Antwort darf {n} Token haben.',
  'Allow {n}': '{n} erlauben',
  '{n}, as in the form': '{n}, wie im Formular',
  '{problems} left out': '{problems} fortgelassen',
  '; the first {n} of them': '; die ersten {n} davon',
  'A new run begins with it: the problems are in it, and in its link where they are few.':
    'Damit beginnt ein neuer Lauf: Die Aufgaben stehen in ihm, und auch in seinem Link, wenn es wenige sind.',
  'Tab indents; `Escape`, then `Tab` leaves the field.':
    'Tab rückt ein; `Esc` und dann `Tab` verlässt das Feld.',
  'it has no problem.': 'es ist keine Aufgabe darin.',
  '{lines} left out; line {line}: {why}': '{lines} fortgelassen; Zeile {line}: {why}',
  'Back to files': 'Zurück zu den Dateien',
  'Add from a file…': 'Aus einer Datei hinzufügen …',
  'Open the problems of this experiment': 'Die Aufgaben dieses Experiments öffnen',
  'Save as JSONL': 'Als JSONL speichern',
  'What you write is kept in this browser.':
    'Was hier geschrieben wird, bleibt in diesem Browser aufbewahrt.',
  '(no name)': '(ohne Namen)',
  ', not complete': ', unvollständig',
  Add: 'Hinzufügen',
  Duplicate: 'Verdoppeln',
  '{name} is deleted.': '{name} ist gelöscht.',
  'What it is called in lists; the model does not see it.':
    'Wie sie in Listen heißt; das Modell sieht es nicht.',
  Instruction: 'Aufgabenstellung',
  'Function name': 'Name der Funktion',
  'What the tests call; say it in the instruction, too.':
    'Was die Tests aufrufen; auch in der Aufgabenstellung nennen.',
  Tests: 'Tests',
  'Assert statements, each a unit test; or a function and its call.':
    'assert-Anweisungen, jede ein Test; oder eine Funktion und ihr Aufruf.',
  'Not needed. Where there is one, it has to pass.': 'Nicht nötig. Wo es eine gibt, muss sie bestehen.',
  Setup: 'Vorbereitung',
  'Python that is run before the tests: imports, helpers.':
    'Python, das vor den Tests läuft: Importe, Hilfsfunktionen.',
  'Not complete yet: {names}. Then the model can be trained on them.':
    'Noch unvollständig: {names}. Danach lässt sich das Modell daran trainieren.',
  'How the model reads this cannot be shown: {failure}':
    'Wie das Modell dies liest, lässt sich nicht zeigen: {failure}',
  'The model reads {tokens}. Its training had every word of them.':
    'Das Modell liest {tokens}; jedes Wort davon kam in seinem Training vor.',
  'The model reads {tokens}.': 'Das Modell liest {tokens}.',
  'One word or sign was in no text that the starting models learned from:':
    'Ein Wort oder Zeichen kam in keinem Text vor, aus dem die Startmodelle gelernt haben:',
  '{n} words or signs were in no text that the starting models learned from:':
    '{n} Wörter oder Zeichen kamen in keinem Text vor, aus dem die Startmodelle gelernt haben:',
  'Complete the problem first.': 'Zuerst die Aufgabe vervollständigen.',
  'There is no reference solution to run.': 'Es gibt keine Musterlösung, die man laufen lassen könnte.',
  'Tests of the reference solution': 'Tests der Musterlösung',
  'Running…': 'Läuft …',
  'Run the tests': 'Tests laufen lassen',
  'The problem has changed since.': 'Die Aufgabe wurde seither geändert.',
  'The reference solution passes {tests}.': 'Die Musterlösung besteht {tests}.',
  'The reference solution passes {passed} of {tests}.': 'Die Musterlösung besteht {passed} von {tests}.',
  expected: 'erwartet',
  got: 'erhalten',
  line: 'Zeile',
  lines: 'Zeilen',
  remark: 'Anmerkung',
  remarks: 'Anmerkungen',
  'the problem': 'Die Aufgabe',
  'What was written here': 'Was hier geschrieben war',
  'the sandbox was lost': 'die Sandbox ging verloren',
  'is empty: give the problem a name of its own': 'ist leer: der Aufgabe einen eigenen Namen geben',
  'is that of another problem: “{1}”': 'ist der einer anderen Aufgabe: „{1}“',
  'is empty: it is all that the model reads': 'ist leer: Sie ist alles, was das Modell liest',
  'is empty: which function do the tests call?': 'ist leer: Welche Funktion rufen die Tests auf?',
  'is no name that Python allows: “{1}”': 'ist kein Name, den Python erlaubt: „{1}“',
  'is a word that Python keeps for itself: “{1}”': 'ist ein Wort, das Python für sich behält: „{1}“',
  'is not valid Python': 'ist kein gültiges Python',
  'are missing: at least one, such as assert total([3]) == 0':
    'fehlen: mindestens einer, etwa assert total([3]) == 0',
  'must assert something, and number {1} does not: {2}':
    'müssen etwas behaupten, und Nummer {1} tut es nicht: {2}',
  'must be Python, and number {1} is not: {2}': 'müssen Python sein, und Nummer {1} ist es nicht: {2}',
  'it has only signs that cannot be seen': 'er hat nur Zeichen, die man nicht sieht',
  'do not call {1}': 'rufen {1} nicht auf',
  '{1} problems are too many to edit here: at most {2}. Edit the file.':
    '{1} Aufgaben sind zu viele, um sie hier zu bearbeiten: höchstens {2}. Die Datei bearbeiten.',
};
