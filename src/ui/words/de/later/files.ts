/** Files: what can be saved and opened. */
export const files = {
  'Nothing of it has been written down yet.': 'Noch ist nichts davon aufgeschrieben.',
  'This browser keeps no runs, because {refused}; npm run train writes them all.':
    'Dieser Browser bewahrt keine Läufe auf, denn {refused}; npm run train schreibt sie alle.',
  'This browser keeps no runs; npm run train writes them all.':
    'Dieser Browser bewahrt keine Läufe auf; npm run train schreibt sie alle.',
  'Reading {files}…': '{files} wird gelesen …',
  'Getting the model after update {step}…': 'Das Modell nach Schritt {step} wird geholt …',
  'Saved the model after update {step}.': 'Das Modell nach Schritt {step} ist gespeichert.',
  'Saved a project for {program}; its README.md says how it is run.':
    'Ein Projekt für {program} ist gespeichert; sein README.md sagt, wie man es startet.',
  'Saved the episodes: {updates}.': 'Die Episoden sind gespeichert: {updates}.',
  'it has no name yet': 'noch ohne Namen',
  'What run {number} (**{name}**) has made, for other tools and other people, and what they have made, here. Charts and the picture of an update have a button of their own that saves them as an image.':
    'Was Lauf {number} (**{name}**) hervorgebracht hat, für andere Programme und andere Leute; und was die hervorgebracht haben, hier. Kurven und das Bild eines Schritts haben einen eigenen Knopf, der sie als Bild speichert.',
  'The whole run': 'Der ganze Lauf',
  'Everything in one file: another browser opens it, `npm run train -- --resume FILE` goes on with it.':
    'Alles in einer Datei: Ein anderer Browser öffnet sie, `npm run train -- --resume DATEI` macht mit ihr weiter.',
  'Saved the run.': 'Der Lauf ist gespeichert.',
  'Save run': 'Lauf speichern',
  'The model after update {step}': 'Das Modell nach Schritt {step}',
  'A Hugging Face folder in a zip archive, with a model card; transformers loads it.':
    'Ein Ordner, wie Hugging Face ihn hat, in einem Zip-Archiv, mit einer Modellkarte; transformers lädt ihn.',
  'It is not to be had: {why}': 'Es ist nicht zu haben: {why}',
  'Save model': 'Modell speichern',
  Metrics: 'Messwerte',
  'A row an update, every digit, with English names. TRL’s names are given to what means the same there, and the rest is left out.':
    'Eine Zeile je Schritt, mit allen Ziffern und englischen Namen. TRLs Namen bekommt, was dort dasselbe bedeutet; der Rest bleibt fort.',
  Names: 'Namen',
  'Our names': 'Unsere Namen',
  'TRL’s': 'TRLs',
  'Saved the metrics.': 'Die Messwerte sind gespeichert.',
  'Save as JSON Lines': 'Als JSON Lines speichern',
  'Answers with token ids, log-probabilities, verdicts and pushes; for':
    'Antworten mit Token-Nummern, Log-Wahrscheinlichkeiten, Urteilen und Schüben; für',
  'in its own schema.': 'in dessen eigenem Schema.',
  'There are none yet.': 'Noch gibt es keine.',
  'Save for UNIPO': 'Für UNIPO speichern',
  'Beyond one machine': 'Über einen Rechner hinaus',
  'The experiment, its tasks and the model after update {step} as a Python project that trains on as many GPUs as there are, this model or a large one: with transformers, PEFT and Accelerate, or with TRL.':
    'Das Experiment, seine Aufgaben und das Modell nach Schritt {step} als Python-Projekt, das auf so vielen GPUs trainiert, wie da sind, dieses Modell oder ein großes: mit transformers, PEFT und Accelerate, oder mit TRL.',
  'Save for {program}': 'Für {program} speichern',
  'The experiment': 'Das Experiment',
  'What the run goes by, for this page or for `npm run train -- --experiment experiment.json`.':
    'Wonach der Lauf sich richtet, für diese Seite oder für `npm run train -- --experiment experiment.json`.',
  'Saved the experiment.': 'Das Experiment ist gespeichert.',
  'Save experiment': 'Experiment speichern',
  'A Node project': 'Ein Node-Projekt',
  'The experiment with its tasks, reward and algorithm as TypeScript to edit, which `npm ci && npm start` runs on any machine. It starts from the experiment’s model, not from what this run has learned.':
    'Das Experiment mit seinen Aufgaben, seiner Belohnung und seinem Algorithmus als TypeScript, das man ändern kann; `npm ci && npm start` lässt es auf jedem Rechner laufen. Es beginnt mit dem Modell des Experiments, nicht mit dem, was dieser Lauf gelernt hat.',
  'Putting the project together…': 'Das Projekt wird zusammengestellt …',
  'Saved the project.': 'Das Projekt ist gespeichert.',
  'Save as zip': 'Als Zip speichern',
  'Edit and run…': 'Bearbeiten und starten …',
  'Open files': 'Dateien öffnen',
  'or drop them here, or anywhere on the page: runs (.cocos; several are put side by side), experiments (experiment.json), and what Share saved. Anyone may have written them; nothing in them is run until you press Run.':
    'oder hier ablegen, oder irgendwo auf der Seite: Läufe (.cocos; mehrere werden nebeneinander gestellt), Experimente (experiment.json) und was „Teilen“ gespeichert hat. Jeder kann sie geschrieben haben; nichts daraus wird ausgeführt, ehe „Start“ gedrückt wird.',
  'The run “{name}” is not kept here: {why}.': 'Der Lauf „{name}“ wird hier nicht aufbewahrt: {why}.',
  'The run “{name}” is open, with {updates}.': 'Der Lauf „{name}“ ist geöffnet, mit {updates}.',
  'The run “{name}” was not opened: {why}.': 'Der Lauf „{name}“ wurde nicht geöffnet: {why}.',
  'This run is from the file {file}: {updates}, made by version {build} on {backend} ({device}), in a fork from update {from} of another run. Anyone may have written it.':
    'Dieser Lauf ist aus der Datei {file}: {updates}, gemacht von Version {build} auf {backend} ({device}), in einer Abzweigung von Schritt {from} eines anderen Laufs. Jeder kann sie geschrieben haben.',
  'This run is from the file {file}: {updates}, made by version {build} on {backend} ({device}). Anyone may have written it.':
    'Dieser Lauf ist aus der Datei {file}: {updates}, gemacht von Version {build} auf {backend} ({device}). Jeder kann sie geschrieben haben.',
  'The experiment of {name}, and what came of it, is loaded, and waits for Run.':
    'Das Experiment aus {name} ist geladen, mit dem, was dabei herauskam, und wartet auf „Start“.',
  'The experiment of {name} is loaded, and waits for Run.':
    'Das Experiment aus {name} ist geladen und wartet auf „Start“.',
  '{name} cannot be opened: {why}. Choose a run ({ending}), an experiment.json, or a file that Share saved; problems are opened in Problem sets.':
    '{name} lässt sich nicht öffnen: {why}. Einen Lauf ({ending}), ein experiment.json oder eine Datei wählen, die „Teilen“ gespeichert hat; Aufgaben werden unter „Aufgabensätze“ geöffnet.',
  file: 'Datei',
  files: 'Dateien',
  'it is too large for an experiment': 'sie ist zu groß für ein Experiment',
  'it holds no experiment': 'es ist kein Experiment darin',
  'it is neither a run nor JSON': 'sie ist weder ein Lauf noch JSON',
  'too many runs are open: close one first': 'es sind zu viele Läufe geöffnet: erst einen schließen',
};
