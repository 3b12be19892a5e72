/** Presets (config/presets.ts). */
export const presets = {
  'A healthy first run (γ = 0.75)': 'Ein gesunder erster Lauf (γ = 0,75)',
  'Both answers improve: the first gets better at the task, the second repairs what is left. A good place to start.':
    'Beide Antworten werden besser: Die erste löst die Aufgabe besser, die zweite repariert, was übrig ist. Ein guter Anfang.',
  'The paper’s discount (γ = 0.5)': 'Das γ des Artikels (γ = 0,5)',
  'Correction is rewarded more, so the gap between the turns widens. Keep it running and the first answer starts to suffer.':
    'Korrigieren wird stärker belohnt, also wächst der Abstand zwischen den Runden. Weiterlaufen lassen: Die erste Antwort fängt an zu leiden.',
  'Watch it cheat (γ = 0)': 'Beim Schummeln zusehen (γ = 0)',
  'Only improvement pays. This run starts from a checkpoint after 150 updates of γ = 0: watch turn 1 fall further, towards 0, while turn 2 stays or rises. The model fails first, in order to have something to repair.':
    'Nur Verbesserung wird bezahlt. Dieser Lauf beginnt an einem Zwischenstand nach 150 Schritten mit γ = 0: Runde 1 fällt weiter, gegen 0, während Runde 2 bleibt oder steigt. Das Modell scheitert zuerst, um etwas zum Reparieren zu haben.',
  'Own credit cures it (per-turn returns)': 'Eigene Wertung heilt es (Ertrag je Runde)',
  'The same checkpoint after 150 updates of γ = 0, but now each turn is pushed by its own reward and those after it. Watch turn 1 come back.':
    'Derselbe Zwischenstand nach 150 Schritten mit γ = 0, aber jetzt wird jede Runde von ihrer eigenen Belohnung und den folgenden geschoben. Runde 1 kommt zurück.',
  'γ = 0 from the start': 'γ = 0 von Anfang an',
  'How a model begins to cheat, for the patient: for about 50 updates both turns gain a little, then turn 1 falls away from turn 2. After some 250 updates it solves nothing at all.':
    'Wie ein Modell zu schummeln beginnt, für Geduldige: Etwa 50 Schritte lang gewinnen beide Runden ein wenig, dann fällt Runde 1 von Runde 2 ab. Nach etwa 250 Schritten löst es gar nichts mehr.',
  'Released code: γ does nothing': 'Veröffentlichter Code: γ tut nichts',
  'The authors’ code shares one first answer among all samples of a prompt, so its reward cancels. Change γ: the advantages A stay the same.':
    'Der Code der Verfasser gibt allen Versuchen an einer Aufgabe dieselbe erste Antwort, also hebt sich deren Belohnung auf. γ ändern: Die Vorteile A bleiben dieselben.',
  'Released code’s own settings': 'Die eigenen Einstellungen des veröffentlichten Codes',
  'Two samples per prompt at temperature 0.9, the number of tests as reward and a cosine schedule, as the authors’ training script has it. With only two samples, both often earn the same and nothing is learned from them: in the training batch, their advantages A are close to 0.':
    'Zwei Versuche je Aufgabe bei Temperatur 0,9, die Zahl der Tests als Belohnung und eine Kosinus-Lernrate, wie im Trainingsskript der Verfasser. Bei nur zwei Versuchen verdienen oft beide gleich viel, und nichts wird aus ihnen gelernt: Im Trainingsstapel liegen ihre Vorteile A nahe 0.',
  'Start from a repairer': 'Mit dem Reparierer beginnen',
  'The same novice, but trained on more corrections beforehand. It keeps correcting itself, and the gap between its turns stays large.':
    'Derselbe Anfänger, aber vorher an mehr Korrekturen trainiert. Er korrigiert sich weiter, und der Abstand zwischen seinen Runden bleibt groß.',
  'Binary reward (all tests or nothing)': 'Binäre Belohnung (alle Tests oder nichts)',
  'An answer earns 1 only if every test passes. More often than with the progressive reward, all samples of a task earn the same and teach nothing: in the training batch, their advantages A are close to 0.':
    'Eine Antwort verdient nur dann 1, wenn jeder Test bestanden ist. Öfter als mit der stufenweisen Belohnung verdienen alle Versuche an einer Aufgabe gleich viel und lehren nichts: Im Trainingsstapel liegen ihre Vorteile A nahe 0.',
  'Separate credit for each turn': 'Getrennte Wertung für jede Runde',
  'Each turn is pushed by its own reward and those after it, so the first answer is no longer sacrificed. The gap between the turns closes.':
    'Jede Runde wird von ihrer eigenen Belohnung und den folgenden geschoben, also wird die erste Antwort nicht mehr geopfert. Der Abstand zwischen den Runden schließt sich.',
  'Micro (for tests)': 'Mikro (zum Testen)',
  'Twenty tiny updates in a few seconds: too small to learn from, enough to see every part move.':
    'Zwanzig winzige Schritte in ein paar Sekunden: zu klein, um daraus zu lernen, genug, um jedes Teil in Bewegung zu sehen.',
  'SmolLM2 on short problems': 'SmolLM2 mit kurzen Aufgaben',
  'A language model of 135 million parameters learns 324 short problems, asked in whole sentences. It is not part of this page: get SmolLM2-135M-Instruct below, or another small model for conversations, then press “Train on it” in its row. As published, it explains more than it writes, and most of its first answers are cut off at 48 tokens: npm run boost, at the command line, teaches it the format first; drop the folder that it writes here, too.':
    'Ein Sprachmodell mit 135 Millionen Parametern lernt 324 kurze Aufgaben, in ganzen Sätzen gestellt. Es gehört nicht zu dieser Seite: unten SmolLM2-135M-Instruct holen, oder ein anderes kleines Modell für Gespräche, und dann in seiner Zeile „Daran trainieren“ drücken. Wie veröffentlicht erklärt es mehr, als es schreibt, und die meisten seiner ersten Antworten werden nach 48 Token abgeschnitten: npm run boost bringt ihm auf der Kommandozeile erst die Form bei; der Ordner, den es schreibt, lässt sich auch hier ablegen.',
  'Your own model, your own problems': 'Das eigene Modell, die eigenen Aufgaben',
  'Get a model below, by its name on the hub or from files of yours, and press “Train on it” in its row. Then open a file in “Problem sets”, or write problems there, and press “Train on it” there too: the form keeps the model.':
    'Unten ein Modell holen, mit seinem Namen auf dem Hub oder aus eigenen Dateien, und in seiner Zeile „Daran trainieren“ drücken. Dann unter „Aufgabensätze“ eine Datei öffnen oder dort Aufgaben schreiben und auch dort „Daran trainieren“ drücken: Das Formular behält das Modell.',
};
