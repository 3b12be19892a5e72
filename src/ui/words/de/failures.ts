/** What went wrong and what to do, and why a back end was chosen; numbers stand for what is in the sentence already. */
export const failures = {
  'WebAssembly SIMD, {1}': 'WebAssembly mit SIMD, {1}',
  'one thread': 'ein Thread',
  threads: 'Threads',
  requested: 'gewünscht',
  'WebGPU is not available here': 'WebGPU gibt es hier nicht',
  'browsers allow WebGPU on https and localhost only':
    'Browser erlauben WebGPU nur über https und auf localhost',
  'WebGPU was refused ({1})': 'WebGPU wurde verweigert ({1})',
  'WebGPU found no graphics adapter': 'WebGPU hat keine Grafikkarte gefunden',
  'WebGPU here is a software adapter ({1}), slower than WebAssembly':
    'WebGPU läuft hier in Software ({1}), langsamer als WebAssembly',
  'WebGPU runs on a real GPU': 'WebGPU läuft auf einer echten GPU',
  '{1}; this browser has no WebAssembly SIMD either, so training will be very slow':
    '{1}; dieser Browser hat auch kein WebAssembly SIMD, also wird das Training sehr langsam sein',
  'requested; this is a software adapter: the results are right, but it is far slower than WebAssembly':
    'gewünscht; es läuft in Software: Die Ergebnisse stimmen, aber es ist weit langsamer als WebAssembly',
  'The sandbox that runs Python could not be started.':
    'Die Sandbox, in der Python läuft, konnte nicht gestartet werden.',
  'Reload the page.': 'Die Seite neu laden.',
  'A message from the trainer could not be read.': 'Eine Nachricht des Trainings war nicht zu lesen.',
  'The trainer worker stopped.': 'Das Training ist stehen geblieben.',
  'The trainer sent something the page does not understand.':
    'Das Training hat etwas geschickt, das die Seite nicht versteht.',
  'Press Reset to start it again; what was recorded stays until then.':
    '„Zurücksetzen“ drücken, um es wieder zu starten; was aufgezeichnet ist, bleibt bis dahin.',
  'Python (Pyodide) could not be started, so no program can be graded.':
    'Python (Pyodide) konnte nicht gestartet werden, also kann kein Programm bewertet werden.',
  'Reload the page. Private windows of some browsers forbid WebAssembly workers; try an ordinary one.':
    'Die Seite neu laden. Private Fenster mancher Browser verbieten WebAssembly-Worker; es in einem gewöhnlichen versuchen.',
  'The model "{1}" could not be loaded.': 'Das Modell „{1}“ konnte nicht geladen werden.',
  'Get it again in “Models”, or choose another starting model.':
    'Es unter „Modelle“ noch einmal holen oder ein anderes Startmodell wählen.',
  'Reload the page; if it happens again, the files beside the page are incomplete.':
    'Die Seite neu laden; geschieht es wieder, sind die Dateien neben der Seite unvollständig.',
  'The {1} back end did not start.': 'Das Backend {1} ist nicht gestartet.',
  'Choose another back end in the badge, or try another browser.':
    'Oben rechts ein anderes Backend wählen oder einen anderen Browser versuchen.',
  'Begin a new run.': 'Einen neuen Lauf beginnen.',
  'There is not enough memory, not even for one sequence at a time.':
    'Der Speicher reicht nicht, auch nicht für eine Folge auf einmal.',
  'Choose fewer samples per prompt (k), fewer prompts per update, shorter answers (maxNewTokens) or fewer turns.':
    'Weniger Versuche je Aufgabe (k), weniger Aufgaben je Schritt, kürzere Antworten oder weniger Runden wählen.',
  'The back end was lost {1} times in a row. {2}': 'Das Backend ging {1}-mal hintereinander verloren. {2}',
  'Choose another back end and begin again.': 'Ein anderes Backend wählen und neu beginnen.',
  'The Python sandbox stopped answering.': 'Die Python-Sandbox antwortet nicht mehr.',
  'Press Reset: Python is then restarted.': '„Zurücksetzen“ drücken: Python wird dann neu gestartet.',
  'The experiment does not fit the model.': 'Das Experiment passt nicht zum Modell.',
  'Change the field it names, then Reset.': 'Die genannte Einstellung ändern, dann „Zurücksetzen“.',
  'Press Reset to begin again, perhaps with a smaller learning rate.':
    '„Zurücksetzen“ drücken, um neu zu beginnen, vielleicht mit einer kleineren Lernrate.',
  '{1}; one thread, because {2}': '{1}; ein Thread, denn {2}',
  'WebGPU runs on a real GPU; WebAssembly could not be tried: {1}':
    'WebGPU läuft auf einer echten GPU; WebAssembly ließ sich nicht erproben: {1}',
  'the GPU ({1}) failed in a short trial: {2}': 'die GPU ({1}) scheiterte in einer kurzen Probe: {2}',
};
