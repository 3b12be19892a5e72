/** What came of comparing a run with a receipt (receipts/words.ts). */
export const receipts = {
  'All {1} updates have the same tasks, token ids, verdicts, rewards and weights as in the result that came with the link.':
    'Alle {1} Schritte haben dieselben Aufgaben, Token-Nummern, Urteile, Belohnungen und Gewichte wie in dem Ergebnis, das mit dem Link kam.',
  'What was computed here has no digests: a page without https gets no cryptography from the browser.':
    'Was hier berechnet wurde, hat keine Prüfsummen: Eine Seite ohne https bekommt vom Browser keine Kryptografie.',
  'Updates 1 to {1} are the same to the last bit.':
    'Die Schritte 1 bis {1} sind bis aufs letzte Bit dieselben.',
  'Update 1 is the same to the last bit.': 'Schritt 1 ist bis aufs letzte Bit derselbe.',
  'It is a verdict of the machine, not of the program: {1} could not be judged here, {2} there.':
    'Es ist ein Urteil des Rechners, nicht des Programms: {1} waren hier nicht zu beurteilen, {2} dort.',
  'It is a timeout, which depends on how fast a machine is: {1} timed out here, {2} there.':
    'Es ist eine Zeitüberschreitung, die davon abhängt, wie schnell ein Rechner ist: {1} hier, {2} dort.',
  'It may be a timeout, which depends on how fast a machine is: {1} of this update timed out or could not be judged, here and there.':
    'Es kann eine Zeitüberschreitung sein, die davon abhängt, wie schnell ein Rechner ist: {1} dieses Schritts überschritten hier und dort die Zeit oder waren nicht zu beurteilen.',
  'A field was changed in one of the two runs and not in the other.':
    'Eine Einstellung wurde in einem der beiden Läufe geändert und im anderen nicht.',
  'It was made on {1} and checked on {2}, which round differently.':
    'Es wurde auf {1} gemacht und auf {2} geprüft, und die runden verschieden.',
  'GPUs round differently.': 'GPUs runden verschieden.',
  'Held-out tasks solved at turn {1}: {2} here, {3} there (chance: ±{4}).':
    'In Runde {1} gelöste zurückgehaltene Aufgaben: hier {2}, dort {3} (Zufall: ±{4}).',
};
