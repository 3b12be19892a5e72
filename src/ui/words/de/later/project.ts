/** An experiment as a Node project, on a page of its own. */
export const project = {
  'Nothing runs yet.': 'Noch läuft nichts.',
  'Starting the container: waiting for StackBlitz’s servers …':
    'Der Container startet: Es wird auf die Server von StackBlitz gewartet …',
  'Putting the files into it …': 'Die Dateien werden hineingelegt …',
  'npm ci: installing Pyodide and esbuild …': 'npm ci: Pyodide und esbuild werden installiert …',
  'Ready to run again.': 'Bereit, noch einmal zu laufen.',
  'Running.': 'Läuft.',
  'Putting the project together …': 'Das Projekt wird zusammengestellt …',
  'Running: update {last} of {steps}.': 'Läuft: Schritt {last} von {steps}.',
  'Running: loading the model and Python …': 'Läuft: Das Modell und Python werden geladen …',
  'Done after update {last}. Edit a file and run it again.':
    'Fertig nach Schritt {last}. Eine Datei ändern und noch einmal laufen lassen.',
  'Stopped after update {last}.': 'Angehalten nach Schritt {last}.',
  'It ended with code {code}; the terminal says why. Mend the file and run it again.':
    'Es endete mit Code {code}; warum, steht im Terminal. Die Datei ausbessern und es noch einmal laufen lassen.',
  'This experiment as a Node project': 'Dieses Experiment als Node-Projekt',
  'Its settings, tasks, reward and algorithm as files. Edit them; what you change takes effect at the next run.':
    'Seine Einstellungen, Aufgaben, Belohnung und sein Algorithmus als Dateien. Man kann sie bearbeiten; was geändert wird, gilt beim nächsten Lauf.',
  'Back to the playground': 'Zurück zum Playground',
  'This is the default experiment.': 'Dies ist das voreingestellte Experiment.',
  '(edited)': '(bearbeitet)',
  'As it was': 'Wie es war',
  'Try again': 'Noch einmal versuchen',
  'Run it': 'Laufen lassen',
  '**On your machine:** save the zip, then `npm ci && npm start` in its folder. It needs Node 20.19 or newer, and nothing else.':
    '**Auf dem eigenen Rechner:** das Zip speichern, dann `npm ci && npm start` in seinem Ordner. Es braucht Node ab 20.19 und sonst nichts.',
  '**In this page:** in a WebContainer, which is Node inside the browser, made by StackBlitz. The button below contacts StackBlitz’s servers (stackblitz.com and its other hosts): its runtime and the packages come from there, under its terms':
    '**Auf dieser Seite:** in einem WebContainer, das ist Node im Browser, von StackBlitz. Der Knopf unten wendet sich an die Server von StackBlitz (stackblitz.com und seine anderen): Von dort kommen die Laufzeitumgebung und die Pakete, zu deren Bedingungen',
  terms: 'Bedingungen',
  'It is free for prototypes, open source and other use that is not commercial; production in a for-profit setting needs a licence from StackBlitz':
    'Frei ist das für Prototypen, Open Source und anderen Gebrauch, der nicht kommerziell ist; gewinnorientierter Betrieb braucht eine Lizenz von StackBlitz',
  licence: 'Lizenz',
  'Until you press it, nothing is sent there.': 'Ehe er gedrückt wird, wird nichts dorthin gesendet.',
  'Start a WebContainer': 'Einen WebContainer starten',
  Stop: 'Anhalten',
  'Run again': 'Noch einmal laufen lassen',
  'End the container': 'Den Container beenden',
  'It said: {detail}': 'Es sagte: {detail}',
  'Open it in StackBlitz instead, in a new tab': 'Es stattdessen in StackBlitz öffnen, in einem neuen Tab',
  'Sends the project’s files, about 3 MB with the engine and the model in base64, to stackblitz.com, whose editor then shows and runs them, under the same terms. StackBlitz states no limit for what is sent so, and may refuse it; the zip has the same files.':
    'Sendet die Dateien des Projekts, mit der Engine und dem Modell in base64 etwa 3 MB, an stackblitz.com, dessen Editor sie dann zeigt und laufen lässt, zu denselben Bedingungen. StackBlitz nennt keine Grenze für das, was so gesendet wird, und kann es ablehnen; im Zip sind dieselben Dateien.',
  'Send it to StackBlitz': 'An StackBlitz senden',
  '; the one before faintly': '; der vorige blass',
  'the run before': 'der Lauf davor',
  Output: 'Ausgabe',
  'This browser did not copy it.': 'Dieser Browser hat es nicht kopiert.',
  'As text': 'Als Text',
  'What the project printed': 'Was das Projekt ausgegeben hat',
  'Nothing yet.': 'Noch nichts.',
  Terminal: 'Terminal',
  'Sent to a new tab; if none opened, the browser blocked it.':
    'In einen neuen Tab gesendet; ging keiner auf, so hat der Browser ihn verhindert.',
  'It was not sent: {why} The zip has the same files.':
    'Es wurde nicht gesendet: {why} Im Zip sind dieselben Dateien.',
  'Your edits are kept in this tab, and the zip has them.':
    'Was bearbeitet wurde, bleibt in diesem Tab, und im Zip ist es auch.',
  'Or save the project as a zip: it runs with npm ci && npm start on any machine with Node 20.19 or newer.':
    'Oder das Projekt als Zip speichern: Mit npm ci && npm start läuft es auf jedem Rechner mit Node ab 20.19.',
  'This browser is offline, and a WebContainer is loaded from StackBlitz’s servers.':
    'Dieser Browser ist offline, und ein WebContainer wird von den Servern von StackBlitz geladen.',
  'Connect, and try again.': 'Verbinden und noch einmal versuchen.',
  'This page came over http, and a WebContainer starts in pages only that came over https or from localhost.':
    'Diese Seite kam über http, und ein WebContainer startet nur in Seiten, die über https oder von localhost kamen.',
  'Open it over https.': 'Sie über https öffnen.',
  'This page is in a frame, where it cannot be isolated from other sites.':
    'Diese Seite ist in einem Rahmen, wo sie sich nicht von anderen Seiten isolieren lässt.',
  'Open it in a tab of its own.': 'Sie in einem eigenen Tab öffnen.',
  'A WebContainer needs a page that is isolated from other sites, and Safari does not know the kind of isolation that this site asks for.':
    'Ein WebContainer braucht eine Seite, die von anderen isoliert ist, und Safari kennt die Art der Isolierung nicht, die diese Seite verlangt.',
  'Open this page in Chrome, Edge or Firefox.': 'Diese Seite in Chrome, Edge oder Firefox öffnen.',
  'A WebContainer needs a page that is isolated from other sites, and this one is not: its host does not send the two headers for that, and the page’s service worker has not added them yet.':
    'Ein WebContainer braucht eine Seite, die von anderen isoliert ist, und diese ist es nicht: Ihr Server schickt die beiden Header dafür nicht, und der Service Worker der Seite hat sie noch nicht hinzugefügt.',
  'Reload this page; if that does not help, the browser keeps no service worker for it.':
    'Diese Seite neu laden; hilft das nicht, so hat der Browser keinen Service Worker für sie.',
  'This browser keeps no cookies or site data, and StackBlitz’s frame in this page needs its own.':
    'Dieser Browser bewahrt keine Cookies oder Seitendaten auf, und der Rahmen von StackBlitz in dieser Seite braucht seine eigenen.',
  'Allow them for stackblitz.com.': 'Sie für stackblitz.com erlauben.',
  'StackBlitz’s frame did not answer. A network or an extension that blocks stackblitz.com does that, and so does a browser that blocks third-party cookies or frames.':
    'Der Rahmen von StackBlitz hat nicht geantwortet. Das tut ein Netz oder eine Erweiterung, die stackblitz.com sperrt, und ein Browser, der Cookies oder Rahmen von Dritten sperrt.',
  'Allow them for this page, and reload it.': 'Sie für diese Seite erlauben und sie neu laden.',
  'The WebContainer did not start.': 'Der WebContainer ist nicht gestartet.',
  'Reload the page, and try again.': 'Die Seite neu laden und noch einmal versuchen.',
  'The WebContainer started, and did not take the project’s files.':
    'Der WebContainer ist gestartet, hat aber die Dateien des Projekts nicht genommen.',
  'Start it again.': 'Ihn noch einmal starten.',
  'npm ci could not be run in the WebContainer.': 'npm ci ließ sich im WebContainer nicht ausführen.',
  'npm ci ended with code {1}: the packages were not installed. The terminal says why; most often the package index, registry.npmjs.org, cannot be reached from StackBlitz’s servers.':
    'npm ci endete mit Code {1}: Die Pakete wurden nicht installiert. Warum, steht im Terminal; meist ist der Paketindex, registry.npmjs.org, von den Servern von StackBlitz nicht zu erreichen.',
  'Start it again in a while.': 'Ihn nach einer Weile noch einmal starten.',
  'The WebContainer did not run the project.': 'Der WebContainer hat das Projekt nicht ausgeführt.',
  'The WebContainer stopped in the middle. What the run had written in it is gone; the charts and the terminal show what had arrived.':
    'Der WebContainer ist mittendrin stehen geblieben. Was der Lauf in ihm geschrieben hatte, ist fort; die Kurven und das Terminal zeigen, was angekommen war.',
};
