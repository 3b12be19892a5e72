/** The list of kept runs, and what is said when a language or a lesson is not there. */
export const kept = {
  'Opening…': 'Wird geöffnet…',
  'Ended after update {step}.': 'Zu Ende nach Schritt {step}.',
  'Finished after {updates}: {went}.': 'Fertig, {updates}: {went}.',
  'Finished after {updates}.': 'Fertig, {updates}.',
  'To go on with it, open it in “Runs”.': 'Zum Weitermachen in „Läufe“ öffnen.',
  'It can be looked at and compared.': 'Er lässt sich ansehen und vergleichen.',
  'not known yet, for rewards are shuffled: when all tries of this task are tested; here {passed} of {total} tests passed':
    'noch nicht bekannt, denn die Belohnungen sind gemischt: wenn alle Versuche an dieser Aufgabe getestet sind; hier wurden {passed} von {total} Tests bestanden',
  'Name of the run': 'Name des Laufs',
  Save: 'Speichern',
  '{device}; model {name}': '{device}; Modell {name}',
  'open on this page': 'auf dieser Seite offen',
  'open in another tab': 'in einem anderen Tab offen',
  ': to delete it, {before}': ': um ihn zu löschen, {before}',
  'Its log is damaged:': 'Sein Protokoll ist beschädigt:',
  '{damage}. What stands before that is whole, up to update {step}, and can be opened to read. The log can be saved and mended by hand.':
    '{damage}. Was davor steht, ist heil, bis Schritt {step}, und lässt sich zum Lesen öffnen. Das Protokoll lässt sich speichern und von Hand ausbessern.',
  'From an older version: {notes}.': 'Aus einer älteren Fassung: {notes}.',
  Show: 'Zeigen',
  'Open to read': 'Zum Lesen öffnen',
  'Its curves behind those of the run on screen': 'Seine Kurven hinter denen des gezeigten Laufs',
  'Two evaluations make a curve': 'Erst zwei Messungen ergeben eine Kurve',
  Overlay: 'Zum Vergleich unterlegen',
  'Packing…': 'Wird gepackt…',
  'Save log': 'Protokoll speichern',
  Export: 'Exportieren',
  Rename: 'Umbenennen',
  Delete: 'Löschen',
  'it was given no place for it': 'sie hat keinen Platz dafür bekommen',
  'close it there first': 'ihn zuerst dort schließen',
  'close its tab first': 'zuerst seinen Tab schließen',
  'press Reset, then close its tab': '„Zurücksetzen“ drücken, dann seinen Tab schließen',
  'Renamed.': 'Umbenannt.',
  '{run} is deleted.': '{run} ist gelöscht.',
  '{run} is back.': '{run} ist wieder da.',
  'It is gone for good.': 'Er ist endgültig fort.',
  'Nothing is kept here,': 'Hier wird nichts aufbewahrt,',
  'because {why}. What you train is gone when you close the page. A link holds the experiment, and a run that is open can be saved as a file.':
    'denn: {why}. Was trainiert wird, ist fort, wenn die Seite geschlossen wird. Ein Link trägt das Experiment, und ein offener Lauf lässt sich als Datei speichern.',
  'Every run is saved in this browser while it trains, and only there. It can be opened again later, and continued where it stopped.':
    'Jeder Lauf wird in diesem Browser aufgeschrieben, während er trainiert, und nur dort. Er lässt sich wieder öffnen, nachdem die Seite geschlossen wurde, und geht weiter, wo er stand.',
  'There is none yet. Press **Run**: a run appears here after its first update.':
    'Noch gibt es keinen. **Start** drücken: Vom ersten Schritt an steht ein Lauf hier.',
  'Kept runs': 'Aufbewahrte Läufe',
  'Delete for good': 'Endgültig löschen',
  'A run that cannot be read': 'Ein Lauf, der sich nicht lesen lässt',
  ', {bytes}: {why} Save its log before you delete it; its folder is called {id}.':
    ', {bytes}: {why} Vor dem Löschen sein Protokoll speichern; sein Ordner heißt {id}.',
  'Storage used': 'Belegter Speicher',
  '{used} of {granted}': '{used} von {granted}',
  'Ask the browser to keep it all': 'Den Browser bitten, alles zu behalten',
  '{step} of {n} updates': '{step} von {n} Schritten',
  'No accuracy was measured yet.': 'Noch wurde keine Genauigkeit gemessen.',
  'Accuracy of turn {turns} on held-out tasks: {share} {when}':
    'Genauigkeit von Runde {turns} auf zurückgehaltenen Aufgaben: {share} {when}',
  'The page uses {used} of the {granted} that the browser grants it.':
    'Die Seite belegt {used} der {granted}, die der Browser ihr zugesteht.',
  'The browser will not clear it by itself.': 'Der Browser räumt ihn nicht von sich aus.',
  'When space is short, the browser may clear all this by itself: the page asked it not to, and it has not agreed so far. Browsers agree sooner for sites that are visited often, or bookmarked.':
    'Wird der Platz knapp, räumt ihn der Browser womöglich von sich aus: Er wurde gebeten, es nicht zu tun, und hat nicht zugestimmt. Browser stimmen eher zu bei Seiten, die oft besucht oder als Lesezeichen abgelegt sind.',
  'When space is short, the browser may clear it by itself.':
    'Wird der Platz knapp, räumt ihn der Browser womöglich von sich aus.',
  Speed: 'Tempo',
  'Problem sets': 'Aufgabensätze',
  'The link names a lesson that is not here: {lesson}.':
    'Der Link nennt eine Lektion, die es hier nicht gibt: {lesson}.',
  'The link names a language that the page does not have: {name}.':
    'Der Link nennt eine Sprache, die die Seite nicht hat: {name}.',
  'The page could not be had in this language ({name}): {reason}.':
    'Die Seite war in dieser Sprache ({name}) nicht zu haben: {reason}.',
};
