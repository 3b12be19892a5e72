/** The measurement of this device. */
export const speed = {
  Training: 'Training',
  'a step, compared with stock TensorFlow.js and the matrix product':
    'ein Schritt, verglichen mit dem üblichen TensorFlow.js und dem Matrixprodukt',
  Generation: 'Schreiben',
  'tokens per second, compared with stock TensorFlow.js':
    'Token je Sekunde, verglichen mit dem üblichen TensorFlow.js',
  'Grading and a whole update': 'Bewerten und ein ganzer Schritt',
  'in separate Python workers, which take about 400 MB':
    'in eigenen Python-Prozessen, die etwa 400 MB brauchen',
  Counts: 'Anzahlen',
  'operations, and calls to a GPU where there is one: no clock, so no noise':
    'Operationen und, wo es eine GPU gibt, Aufrufe an sie: keine Uhr, also kein Rauschen',
  Quick: 'Schnell',
  Thorough: 'Gründlich',
  'Waiting until the page has loaded…': 'Wartet, bis die Seite geladen ist …',
  'Waiting for the current update to end…': 'Wartet, bis der laufende Schritt zu Ende ist …',
  '{what} ({done} of {total})': '{what} ({done} von {total})',
  'Cancelled.': 'Abgebrochen.',
  'Measured. {figure} {words}.': 'Gemessen. {figure} {words}.',
  'Measures this device with the project’s benchmark, on the back end that the page uses: our model and the same model in plain TensorFlow.js take turns. Machines differ, and one machine differs from minute to minute, so only ratios within one measurement mean something. On the command line, `npm run bench` adds jax-js.':
    'Misst dieses Gerät mit dem Benchmark des Projekts, auf dem Backend, das die Seite benutzt: Unser Modell und dasselbe Modell in gewöhnlichem TensorFlow.js wechseln sich ab. Rechner sind verschieden, und ein Rechner ist von Minute zu Minute verschieden; darum besagen nur Verhältnisse innerhalb einer Messung etwas. Auf der Kommandozeile nimmt `npm run bench` jax-js hinzu.',
  'Measured so far': 'Bisher gemessen',
  'The run is paused for this, because other work would spoil the figures.':
    'Der Lauf ist dafür angehalten, denn andere Arbeit würde die Zahlen verderben.',
  'Grading of the problem file was stopped; its verdicts are kept.':
    'Das Bewerten der Aufgabendatei wurde angehalten; ihre Urteile sind aufbewahrt.',
  'Keep this page in front and leave the machine alone. Closing this dialog cancels.':
    'Diese Seite vorn lassen und den Rechner in Ruhe. Wer dieses Fenster schließt, bricht ab.',
  'What to measure': 'Was gemessen wird',
  'Measure again': 'Noch einmal messen',
  Measure: 'Messen',
  Extent: 'Umfang',
  'About a minute.': 'Etwa eine Minute.',
  'More sizes and rounds: a few minutes with a GPU, ten or more without.':
    'Mehr Größen und Runden: ein paar Minuten mit einer GPU, zehn oder mehr ohne.',
  'A run in progress is paused first.': 'Ein laufender Lauf wird vorher angehalten.',
  'Plain JavaScript is slow: it may take many minutes.':
    'Reines JavaScript ist langsam: Es kann viele Minuten dauern.',
  'Cancelled. The previous measurement is below.': 'Abgebrochen. Die vorige Messung steht unten.',
  'The run was paused at update {step}.': 'Der Lauf wurde bei Schritt {step} angehalten.',
  'Continue the run': 'Lauf fortsetzen',
  'Grading of the problem file was stopped; continue it in “Problem sets”.':
    'Das Bewerten der Aufgabendatei wurde angehalten; weiter geht es unter „Aufgabensätze“.',
  quick: 'schnell',
  thorough: 'gründlich',
  'Back end': 'Backend',
  Device: 'Gerät',
  Threads: 'Threads',
  Browser: 'Browser',
  Measured: 'Gemessen',
  '{when}, {extent}, in {seconds} s': '{when}, {extent}, in {seconds} s',
  'Counted on this device': 'Auf diesem Gerät gezählt',
  'Measured on this device': 'Auf diesem Gerät gemessen',
  'Copy as Markdown': 'Als Markdown kopieren',
  'Download JSON': 'JSON herunterladen',
  'Copied.': 'Kopiert.',
  'The browser did not allow copying. Here is the text to copy by hand:':
    'Der Browser hat das Kopieren nicht erlaubt. Hier ist der Text zum Kopieren von Hand:',
  'WebGPU is a software adapter here ({device}). Its times would say nothing about a GPU, so nothing was timed; its counters are those of any GPU. To measure times, choose Auto or WASM: click the name of the back end, top right.':
    'WebGPU läuft hier in Software ({device}). Seine Zeiten würden nichts über eine GPU sagen, also wurde keine gemessen; seine Zähler sind die jeder GPU. Um Zeiten zu messen, Auto oder WASM wählen: oben rechts auf den Namen des Backends drücken.',
  'The page was in the background for a while, and browsers slow such pages down. Measure again with the page in front.':
    'Die Seite lag eine Weile im Hintergrund, und Browser bremsen solche Seiten. Noch einmal messen, mit der Seite vorn.',
  'Plain JavaScript has no counters, so there is nothing to show. Choose another part.':
    'Reines JavaScript hat keine Zähler, also gibt es nichts zu zeigen. Einen anderen Teil wählen.',
  'One step: loss, gradient and Adam on {sequences} sequences of {tokens} tokens, {parameters}. Both do the same work: their losses were compared first. The ratio is the median of the rounds’ ratios.':
    'Ein Schritt: Verlust, Gradient und Adam auf {sequences} Folgen von {tokens} Token, {parameters}. Beide tun dieselbe Arbeit: Ihre Verluste wurden vorher verglichen. Das Verhältnis ist der Median der Verhältnisse der Runden.',
  'of this device’s own matrix-product speed in training':
    'der Geschwindigkeit des Matrixprodukts auf diesem Gerät, beim Training',
  'The fastest matrix product measured here did {speed} GFLOP/s. 100 % would be a step that consists of nothing else. Median of the rounds’ ratios, as above.':
    'Das schnellste hier gemessene Matrixprodukt schaffte {speed} GFLOP/s. 100 % wäre ein Schritt, der aus nichts anderem besteht. Median der Verhältnisse der Runden, wie oben.',
  '{ratioBatch} answers of {newTokens} tokens at once, each after a prompt of {prompt}, {parameters}.':
    '{ratioBatch} Antworten von {newTokens} Token auf einmal, jede nach einer Eingabe von {prompt}, {parameters}.',
  'for a whole update of the default experiment': 'für einen ganzen Schritt des voreingestellten Experiments',
  '{answers} written, graded and learned from. Waiting for verdicts takes {share} of it.':
    '{answers} geschrieben, bewertet und daraus gelernt. Das Warten auf Urteile nimmt {share} davon.',
  'programs graded per second': 'bewertete Programme je Sekunde',
  'By {workers}: right and nearly right programs, six unit tests each.':
    'Mit {workers}: richtige und fast richtige Programme mit je sechs Tests.',
  '{title} starts {n}': 'startet {title} {n}',
  'operation started per token': 'Operation je Token gestartet',
  'operations started per token': 'Operationen je Token gestartet',
  'For each token, {peers}.': 'Für jedes Token {peers}.',
  'Each costs a little, however small the model. The count is the same on every machine with this back end.':
    'Jede kostet ein wenig, so klein das Modell auch ist. Die Anzahl ist auf jedem Rechner mit diesem Backend dieselbe.',
  'as fast as {title} in training': 'so schnell wie {title} beim Training',
  'as fast as {title} in generation': 'so schnell wie {title} beim Schreiben',
  'Matrix product': 'Matrixprodukt',
  'Training step': 'Trainingsschritt',
  '{sequences} × {tokens} tokens: loss, gradient, Adam. GFLOP/s counts the model’s arithmetic, 6 · parameters · tokens. The matrix product, by itself, is what the device can do at best; where other programs ran meanwhile, a step may seem to do more.':
    '{sequences} × {tokens} Token: Verlust, Gradient, Adam. GFLOP/s zählt die Rechenschritte des Modells, 6 · Parameter · Token. Mehr als das Matrixprodukt allein kann das Gerät nicht; liefen währenddessen andere Programme, scheint ein Schritt womöglich mehr zu schaffen.',
  Contestant: 'Teilnehmer',
  'Time of a step': 'Dauer eines Schritts',
  Arithmetic: 'Rechenleistung',
  'Of the matrix product': 'Vom Matrixprodukt',
  '{parameters}, {answers} at once': '{parameters}, {answers} auf einmal',
  '{n} tokens/s': '{n} Token/s',
  '{read} tokens read and {written} written for each answer, with a key/value cache.':
    '{read} Token gelesen und {written} geschrieben je Antwort, mit Schlüssel-Wert-Speicher.',
  'Whole update': 'Ganzer Schritt',
  Stage: 'Abschnitt',
  'Share of the update': 'Anteil am Schritt',
  'The default experiment with model “{model}”, mean of {updates}: {answers} answers of {tokens} tokens. Python grades while answers are still being written, so the shares add up to more than 100 %; only the rest is waited for. {hits} of {verdicts} verdicts came from the cache.':
    'Das voreingestellte Experiment mit dem Modell „{model}“, Mittel aus {updates}: {answers} Antworten von {tokens} Token. Python bewertet, während noch geschrieben wird, daher ergeben die Anteile zusammen mehr als 100 %; gewartet wird nur auf den Rest. {hits} von {verdicts} Urteilen kamen aus dem Zwischenspeicher.',
  Sample: 'Ziehen',
  'answers are written': 'Antworten werden geschrieben',
  Grade: 'Bewerten',
  'in Python; {time} of it while sampling': 'in Python; davon {time} während des Schreibens',
  Wait: 'Warten',
  'for verdicts, after the last token': 'auf Urteile, nach dem letzten Token',
  Score: 'Vergleichen',
  'answers under both models': 'Antworten unter beiden Modellen',
  Update: 'Ändern',
  'gradient and weights': 'Gradient und Gewichte',
  Grading: 'Bewerten',
  'Programs with six unit tests each, in separate sandboxes. A worker that hangs is replaced in {time}. When graded again, {hits} of {programs} verdicts came from the cache.':
    'Programme mit je sechs Tests, in getrennten Sandboxen. Ein Prozess, der hängt, ist in {time} ersetzt. Beim zweiten Bewerten kamen {hits} von {programs} Urteilen aus dem Zwischenspeicher.',
  Programs: 'Programme',
  '{n} programs/s': '{n} Programme/s',
  'Start of Python': 'Start von Python',
  'until a first worker can grade': 'bis ein erster Prozess bewerten kann',
  Operations: 'Operationen',
  'TensorFlow.js kernels and calls into our own module, {parameters}. The same on every machine with this back end.':
    'Kernel von TensorFlow.js und Aufrufe unseres eigenen Moduls, {parameters}. Auf jedem Rechner mit diesem Backend dasselbe.',
  'Per token': 'Je Token',
  'Per training step': 'Je Trainingsschritt',
  Counters: 'Zähler',
  'Of our model, {parameters}; a turn writes {tokens} tokens. The same on every machine with this back end.':
    'Unser Modell, {parameters}; eine Runde schreibt {tokens} Token. Auf jedem Rechner mit diesem Backend dasselbe.',
  What: 'Was',
  Count: 'Anzahl',
  operation: 'Operation',
  operations: 'Operationen',
  round: 'Runde',
  rounds: 'Runden',
  dispatches: 'Aufrufe',
  'read-backs': 'Rücklesungen',
  submissions: 'Übergaben',
  'GPU kernels started per token': 'GPU-Kernel, je Token gestartet',
  'Times that a turn waits for the GPU': 'Wie oft eine Runde auf die GPU wartet',
  'Command lists handed to the GPU in a turn': 'Befehlslisten, die eine Runde der GPU übergibt',
  'Command lists handed to the GPU to read the prompts': 'Befehlslisten zum Lesen der Aufgaben',
  'GPU kernels started per training step': 'GPU-Kernel, je Trainingsschritt gestartet',
  'right and nearly right programs': 'richtige und fast richtige Programme',
  'wrong programs; some raise, some are cut off':
    'falsche Programme; manche werfen Ausnahmen, manche sind abgeschnitten',
  'one task in eight has a program that never ends': 'eine von acht Aufgaben hat ein Programm, das nie endet',
  Typical: 'Üblich',
  Failing: 'Falsch',
  'Timing out': 'Ohne Ende',
};
