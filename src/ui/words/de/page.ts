/** The page itself: panels, settings, buttons. */
export const page = {
  problem: 'Aufgabe',
  problems: 'Aufgaben',
  'This is what is computed now': 'Das wird gerade berechnet',
  'Measured tasks': 'Gemessene Aufgaben',
  'measured after {step} updates': 'gemessen nach {step} Schritten',
  'A greedy answer, to measure by: the task is trained on too, but this answer is not learned from, so nothing is compared or pushed.':
    'Eine greedy erzeugte Antwort, zum Messen: An der Aufgabe wird auch trainiert, aus dieser Antwort aber nicht gelernt, also wird nichts verglichen und nichts geschoben.',
  'One more run is kept in “Runs”.': 'Ein weiterer Lauf steht unter „Läufe“.',
  '{n} more runs are kept in “Runs”.': '{n} weitere Läufe stehen unter „Läufe“.',
  'Trained on: {1} of {2} problem.': 'Trainiert wird an {1} von {2} Aufgabe.',
  'Trained on: {1} of {2} problems.': 'Trainiert wird an {1} von {2} Aufgaben.',
  'Held out: {1}.': 'Zurückgehalten: {1}.',
  'No problem is held out, so accuracy is measured on those that are trained on.':
    'Keine Aufgabe ist zurückgehalten; die Genauigkeit wird also an denen gemessen, an denen trainiert wird.',
  'No problem is held out, so accuracy is measured on {1} of those that are trained on.':
    'Keine Aufgabe ist zurückgehalten; die Genauigkeit wird also an {1} von denen gemessen, an denen trainiert wird.',
  '{1} more could be trained on (“{2}”).': 'An {1} weiteren könnte trainiert werden („{2}“).',
  '{1} more held out, but not measured on (“{2}”).':
    '{1} weitere sind zurückgehalten, aber ungemessen („{2}“).',
  'Left out: {1} whose solution is longer than an answer may be.':
    'Fortgelassen: {1}, deren Lösung länger ist, als eine Antwort sein darf.',
  'Left out: {1} whose text does not fit the model’s context.':
    'Fortgelassen: {1}, deren Text nicht in den Kontext des Modells passt.',
  'Left out: {1} that would have no test left to judge by.':
    'Fortgelassen: {1}, denen kein Test zum Beurteilen bliebe.',
  'Left out: {1} that are the same as another.': 'Fortgelassen: {1}, die dieselben sind wie andere.',
  '{1} of the {2} different words and signs of their texts were in no text that the starting models learned from: they read them letter by letter, without a meaning. Where they do not learn, say it in words of the generated tasks.':
    '{1} der {2} verschiedenen Wörter und Zeichen ihrer Texte kamen in keinem Text vor, aus dem die Startmodelle gelernt haben: Sie lesen sie Buchstabe für Buchstabe, ohne Bedeutung. Wo sie nicht lernen, helfen die Wörter der erzeugten Aufgaben.',
  'run {number}': 'Lauf {number}',
  '{label}, whose held-out tasks, tests or turns differ':
    '{label}, dessen zurückgehaltene Aufgaben, Tests oder Runden andere sind',
  'The lessons could not be fetched: {reason}. Try again when there is a network.':
    'Die Lektionen konnten nicht geladen werden: {reason}. Noch einmal versuchen, wenn es ein Netz gibt.',
  'The link shows a part of the page.': 'Der Link zeigt einen Teil der Seite.',
  'Show everything': 'Alles zeigen',
  Settings: 'Einstellungen',
  '{n} minutes': '{n} Minuten',
  '{n} hours': '{n} Stunden',
  '{n} days': '{n} Tage',
  Close: 'Schließen',
  Problems: 'Aufgaben',
  'None yet: open a file or write some in **Problem sets**, and press **Train on it**.':
    'Noch keine: In **Aufgabensätze** eine Datei öffnen oder welche schreiben und **Daran trainieren** drücken.',
  'is not open here. Open the file it came from in **Problem sets** and press **Train on it**; a kept run has it and can go on.':
    'ist hier nicht geöffnet. Die Datei, aus der sie kam, in **Aufgabensätze** öffnen und **Daran trainieren** drücken; ein aufbewahrter Lauf hat sie und kann weiterlaufen.',
  'A file of the page is missing. Reload the page, and then try again.':
    'Eine Datei der Seite fehlt. Die Seite neu laden und es noch einmal versuchen.',
  'Weights w = ∂R/∂r': 'Gewichte w = ∂R/∂r',
  Cancel: 'Abbrechen',
  'About {about}': 'Über {about}',
  preset: 'Voreinstellung',
  'Changed from “{title}”': 'Geändert, aus „{title}“',
  'What differs: {changes}.': 'Was anders ist: {changes}.',
  'applies after Reset': 'gilt nach „Zurücksetzen“',
  'takes effect from update {step}': 'gilt ab Schritt {step}',
  'applies when you press Run': 'gilt, sobald „Start“ gedrückt wird',
  '{label}, slider': '{label}, Regler',
  'Back to {presetText} ({base})': 'Zurück zu {presetText} ({base})',
  undo: 'zurück',
  'change of {label}, back to {presetText}': 'Änderung von {label}, zurück zu {presetText}',
  'then: {was}': 'damals: {was}',
  'no effect now: {idle}': 'jetzt ohne Wirkung: {idle}',
  'Accepts {values}.': 'Erlaubt ist {values}.',
  'Can be changed during a run.': 'Lässt sich während eines Laufs ändern.',
  'Fixed during a run.': 'Steht während eines Laufs fest.',
  'Source: {source}.': 'Quelle: {source}.',
  'Saved as {name}.{as}.': 'Als {name}.{as} gespeichert.',
  'Save this {what}:': '{what} speichern:',
  as: 'als',
  'CoCoS Playground: this experiment with everything there is to see and to change, in a tab of its own':
    'CoCoS Playground: dieses Experiment mit allem, was es zu sehen und zu ändern gibt, in einem eigenen Tab',
  'Open in full': 'Ganz öffnen',
  ', in a tab of its own': ', in einem eigenen Tab',
  loading: 'lädt',
  'trains, {step}': 'trainiert, {step}',
  'stopped at {step}': 'angehalten bei {step}',
  'done, {step}': 'fertig, {step}',
  'at {step}': 'bei {step}',
  'ended at {step}': 'steht bei {step}',
  Runs: 'Läufe',
  'Fork of run {number}:': 'Abzweigung von Lauf {number}:',
  'Close run {number}': 'Lauf {number} schließen',
  'Compare {numbers}': 'Vergleich {numbers}',
  'Kept for looking back, of {runs}': 'Zustände, zu denen man zurückkann ({runs})',
  'memory for looking back: {memory}': 'Speicher zum Zurückblicken: {memory}',
  'Run {number} is closed.': 'Lauf {number} ist geschlossen.',
  Undo: 'Rückgängig',
  '“{label}”': '„{label}“',
  'This will probably not fit: it needs about {needs} of memory, and only about {has} is available here.':
    'Das wird wohl nicht passen: Es braucht etwa {needs} Speicher, und hier sind nur etwa {has} da.',
  'This will probably not fit: its largest buffer takes {needs}, and this GPU allows {has}.':
    'Das wird wohl nicht passen: Der größte Puffer braucht {needs}, und diese GPU erlaubt {has}.',
  'Lower {fields}.': '{fields} senken.',
  ' or ': ' oder ',
  'If memory runs out, the run continues in smaller parts, more slowly.':
    'Reicht der Speicher nicht, läuft es in kleineren Teilen weiter, langsamer.',
  'Memory: about {peak}': 'Speicher: etwa {peak}',
  'What the trainer will need at the most demanding moment of an update or an evaluation, estimated in advance. Python needs some more.':
    'Was das Training im anspruchsvollsten Augenblick eines Schritts oder einer Messung brauchen wird, im Voraus geschätzt. Python braucht noch etwas mehr.',
  'Beside it, states to go back to: {bytes} so far, at most {ring} a run.':
    'Dazu Zustände, zu denen man zurückkann: bisher {bytes}, höchstens {ring} je Lauf.',
  'A small language model writes Python and learns, in this page, to correct its own code.':
    'Ein kleines Sprachmodell schreibt Python und lernt hier, den eigenen Code zu korrigieren.',
  Lessons: 'Lektionen',
  Compare: 'Vergleichen',
  Files: 'Dateien',
  Models: 'Modelle',
  'Light theme': 'Helles Design',
  'Dark theme': 'Dunkles Design',
  Experiment: 'Experiment',
  Preset: 'Voreinstellung',
  'With a model that you bring': 'Mit einem eigenen Modell',
  'At update {step} it was': 'Bei Schritt {step} war es',
  '. The form is about now.': '. Das Formular gilt für jetzt.',
  ': {n} changed': ': {n} geändert',
  '{changes} changed': '{changes} geändert',
  'A minute each': 'In je einer Minute',
  'Turns the introduction off on this device: these stories, and the recorded update that is shown while the model is loading':
    'Schaltet die Einführung auf diesem Gerät aus: diese Geschichten und den aufgezeichneten Schritt, der gezeigt wird, während das Modell lädt',
  'The introduction is off on this device. Help (?) turns it on again.':
    'Die Einführung ist auf diesem Gerät ausgeschaltet. Die Hilfe (?) schaltet sie wieder ein.',
  Hide: 'Ausblenden',
  'Loads these settings and runs: {sets}': 'Lädt diese Einstellungen und startet: {sets}',
  'Watch:': 'Zu sehen:',
  'Outcome.': 'Ergebnis.',
  'Goes on from {step}': 'Geht bei {step} weiter',
  'With these settings the run is none of these stories.':
    'Mit diesen Einstellungen ist der Lauf keine dieser Geschichten.',
  'The previous run is kept, with {updates}.': 'Der vorige Lauf ist aufbewahrt ({updates}).',
  'Download its metrics': 'Seine Messwerte herunterladen',
  Help: 'Hilfe',
  'One update: the model **writes** a program for each task, several times, and is asked to **correct** each of them. Unit tests decide what every try earns (its **reward**), the tries at one task are **compared** with each other, and each try is **pushed**: what did better than the others is made more likely, what did worse less likely. Every number in the picture can be pointed at for its formula and pressed for what it is made of.':
    'Ein Schritt: Das Modell **schreibt** zu jeder Aufgabe mehrmals ein Programm und soll dann jedes **korrigieren**. Tests entscheiden, was jeder Versuch verdient (seine **Belohnung**), die Versuche an einer Aufgabe werden miteinander **verglichen**, und jeder wird **hinauf- oder nach unten geschoben**: Was besser war als die anderen, wird wahrscheinlicher gemacht, was schlechter war, unwahrscheinlicher. Auf jede Zahl im Bild kann man zeigen, um ihre Formel zu sehen, und drücken, um zu sehen, woraus sie besteht.',
  'Show the introduction on this device: a recorded update while the model is loading, and stories of a minute each':
    'Die Einführung auf diesem Gerät zeigen: einen aufgezeichneten Schritt, während das Modell lädt, und Geschichten von je einer Minute',
  '{name}, then {changes}': '{name}, dann {changes}',
  'tick: its state is kept': 'Strich: Sein Zustand ist aufbewahrt',
  Timeline: 'Zeitleiste',
  'The bar above the panels is the run; drag its knob to look back. ○ held-out tasks were measured, ◆ a setting was changed, ▲ an alarm went off; a tick below: the run can be forked there without making updates again.':
    'Der Balken über den Feldern ist der Lauf; sein Knopf lässt sich zurückziehen. ○ zurückgehaltene Aufgaben wurden gemessen, ◆ eine Einstellung wurde geändert, ▲ ein Alarm ging los; ein Strich darunter: Dort lässt sich der Lauf verzweigen, ohne Schritte noch einmal zu machen.',
  Keys: 'Tasten',
  'They work wherever the focus is, except in a field.':
    'Sie wirken, wo immer der Fokus ist, außer in einem Eingabefeld.',
  evaluated: 'gemessen',
  'now, {now}': 'jetzt, {now}',
  '{at}; now {now}': '{at}; jetzt {now}',
  'Timeline: look back at an update': 'Zeitleiste: auf einen Schritt zurückblicken',
  'Arrow keys move by one update, Page keys by ten, Home goes to the beginning, End back to now. Training goes on meanwhile.':
    'Pfeiltasten gehen um einen Schritt, Bildtasten um zehn, Pos1 geht zum Anfang, Ende zurück zum Jetzt. Das Training läuft derweil weiter.',
  'Where it computes': 'Wo gerechnet wird',
  'Back end:': 'Backend:',
  'choosing…': 'wird gewählt…',
  'The back end has not been chosen yet.': 'Das Backend ist noch nicht gewählt.',
  'Model {name}: {parameters} parameters, vocabulary {vocabulary}. {trainTasks} training and {heldOutTasks} held-out tasks.':
    'Modell {name}: {parameters} Parameter, Vokabular {vocabulary}. {trainTasks} Aufgaben zum Trainieren und {heldOutTasks} zurückgehaltene.',
  Use: 'Rechnen mit',
  'Changing it restarts the run.': 'Eine Änderung startet den Lauf neu.',
  Details: 'Näheres',
  '{graded} graded, {cacheHits} answered from the cache, {timeouts} timed out; {respawns} replaced; {infra} could not be graded; {tensors} in memory.':
    '{graded} bewertet, {cacheHits} aus dem Zwischenspeicher, bei {timeouts} die Zeit überschritten; ersetzt: {respawns}; nicht bewertbar: {infra}; im Speicher: {tensors}.',
  'Run controls': 'Steuerung des Laufs',
  Pause: 'Pause',
  Pausing: 'Hält an',
  Run: 'Start',
  Step: 'Schritt',
  'Next station': 'Nächste Station',
  Reset: 'Zurücksetzen',
  'it is too large for this browser': 'es ist zu groß für diesen Browser',
  'Your own problems are not kept from visit to visit: {error}.':
    'Die eigenen Aufgaben werden nicht von Besuch zu Besuch aufbewahrt: {error}.',
  'Nothing can be run with these settings: {problem}.':
    'Mit diesen Einstellungen lässt sich nichts starten: {problem}.',
  'Run {number} ({name})': 'Lauf {number} ({name})',
  '{runs} stopped, because something else was loaded.':
    '{runs} angehalten, weil etwas anderes geladen wurde.',
  '{run} was closed: {maxRuns} are kept.': '{run} wurde geschlossen: {maxRuns} werden aufbewahrt.',
  one: 'einen',
  'up to {more}': 'bis zu {more}',
  '{maxRuns} runs are kept, and of those that are open too few can be spared: they train, or others come from them':
    '{maxRuns} Läufe werden aufbewahrt, und von den offenen lassen sich zu wenige entbehren: Sie trainieren, oder andere kommen von ihnen her',
  'Nothing was begun: {why}. Close {some} first.': 'Nichts wurde begonnen: {why}. Zuerst {some} schließen.',
  'its episodes are not kept, and its run has ended.':
    'seine Episoden sind nicht aufbewahrt, und sein Lauf ist zu Ende.',
  'its run has ended, and its states are gone.': 'sein Lauf ist zu Ende, und seine Zustände sind fort.',
  '{n} change will be loaded when you press Run.': '{n} Änderung wird geladen, sobald „Start“ gedrückt wird.',
  '{n} changes will be loaded when you press Run.':
    '{n} Änderungen werden geladen, sobald „Start“ gedrückt wird.',
  '{n} change applies after Reset: the run keeps what it began with.':
    '{n} Änderung gilt nach „Zurücksetzen“: Der Lauf behält, womit er begann.',
  '{n} changes apply after Reset: the run keeps what it began with.':
    '{n} Änderungen gelten nach „Zurücksetzen“: Der Lauf behält, womit er begann.',
  '“{title}” loads on Reset: {n} of its settings cannot change in mid-run.':
    '„{title}“ wird mit „Zurücksetzen“ geladen: {n} seiner Einstellungen lassen sich nicht mitten im Lauf ändern.',
  'Until then this is still “{title}”, with the other settings changed.':
    'Bis dahin ist dies noch „{title}“, mit den anderen Einstellungen geändert.',
  '{changes} · from {step}': '{changes} · ab {step}',
  again: 'noch einmal',
  '{label} cannot be another in a fork, which takes over the weights of its origin: begin a new run.':
    '{label} kann in einer Abzweigung nicht anders sein, denn sie übernimmt die Gewichte ihres Ursprungs: einen neuen Lauf beginnen.',
  'Its files are being stored for use without a network.':
    'Die Dateien der Seite werden für den Gebrauch ohne Netz gespeichert.',
  'Works offline: its files are stored in this browser.':
    'Läuft ohne Netz: Die Dateien der Seite sind in diesem Browser gespeichert.',
  'A newer version could not be stored: {problem}.':
    'Eine neuere Fassung konnte nicht gespeichert werden: {problem}.',
  'Works offline. A newer version is stored.': 'Läuft ohne Netz. Eine neuere Fassung ist gespeichert.',
  'Needs the network at every visit, because its files could not be stored: {reason}.':
    'Braucht bei jedem Besuch das Netz, weil die Dateien der Seite nicht gespeichert werden konnten: {reason}.',
  '{what} is not remembered: {error}.': '{what} wird nicht gemerkt: {error}.',
  'the same': 'dieselben',
  'It was made there; this page only shows it.': 'Es wurde dort gemacht; diese Seite zeigt es nur.',
  'No run is kept when the page is closed: {refused}.':
    'Kein Lauf wird aufbewahrt, wenn die Seite geschlossen wird: {refused}.',
  '{worth}: it lowers R where w is negative.': '{worth}: Wo w negativ ist, senkt das R.',
  'What a turn’s reward is worth depends on the other turns. The picture shows the weights of each try.':
    'Was die Belohnung einer Runde wert ist, hängt von den anderen Runden ab. Das Bild zeigt die Gewichte jedes Versuchs.',
  'The last missing test moves R by w, the others by nothing':
    'Der letzte fehlende Test bewegt R um w, die anderen um nichts',
  'One more test passed moves R by w': 'Ein bestandener Test mehr bewegt R um w',
  'One more test passed, of K, moves R by w/K': 'Ein bestandener Test mehr, von K, bewegt R um w/K',
  'There is one answer, and no correction.': 'Es gibt eine Antwort und keine Korrektur.',
  'Failing first never pays: the first answer is pushed by a return of its own.':
    'Zuerst scheitern lohnt sich nie: Die erste Antwort wird nach ihrem eigenen Ertrag geschoben.',
  'All tries at a task share their first answer: what it earns is the same for all, and it is not pushed.':
    'Alle Versuche an einer Aufgabe teilen sich die erste Antwort: Was sie verdient, ist für alle gleich, und sie wird nicht geschoben.',
  'Failing first': 'Zuerst scheitern',
  'right both times': 'zweimal richtig',
  'Failing until the last turn': 'Bis zur letzten Runde scheitern',
  'right every time': 'jedes Mal richtig',
  ' (of {full} tests)': ' (von {full} Tests)',
  'R is {repaired}{of}, and {right} for being {both}': 'R ist {repaired}{of}, und {right} für {both}',
  '{failing} costs nothing once it is repaired: {sums}.':
    '{failing} kostet nichts, wenn es dann repariert wird: {sums}.',
  '{failing} earns {gain} once it is repaired: {sums}.':
    '{failing} bringt {gain} ein, wenn es dann repariert wird: {sums}.',
  '{failing} costs {loss}, even if it is repaired: {sums}.':
    '{failing} kostet {loss}, auch wenn es dann repariert wird: {sums}.',
  Auto: 'Automatisch',
  'Light or dark': 'Hell oder dunkel',
  'The language': 'Die Sprache',
  'Whether the introduction is shown': 'Ob die Einführung gezeigt wird',
  'That a run is not to go on': 'Dass ein Lauf nicht weitergehen soll',
  'Whether the browser was asked to keep runs': 'Ob der Browser gebeten wurde, Läufe aufzubewahren',
};
