/** Models that others trained. */
export const models = {
  Tokens: 'Token',
  'Get one': 'Eines holen',
  'Name on the hub': 'Name auf dem Hub',
  'owner/name, or the address of its page': 'Besitzer/Name, oder die Adresse seiner Seite',
  Look: 'Nachsehen',
  '**Or drop a model here:** one .gguf file (it may be quantised), or a folder with config.json, tokenizer.json and its .safetensors.':
    '**Oder ein Modell hier ablegen:** eine .gguf-Datei (sie darf quantisiert sein) oder einen Ordner mit config.json, tokenizer.json und seinen .safetensors.',
  'Whoever has trained an adapter for a model that is here, with `npm run boost` or PEFT, can drop its folder or .zip, too.':
    'Wer zu einem Modell, das schon hier ist, einen Adapter trainiert hat, mit `npm run boost` oder PEFT, kann auch dessen Ordner oder .zip ablegen.',
  'Choose a .gguf or .zip': '.gguf oder .zip wählen',
  'Choose a folder': 'Ordner wählen',
  'A text as it reads it': 'Ein Text, wie es ihn liest',
  '{tokens} for {characters}; its vocabulary has {all}.':
    '{tokens} für {characters}; sein Vokabular hat {all}.',
  'Its matrices have rows for {rows}: the rest are padding, and never written.':
    'Seine Matrizen haben Zeilen für {rows}: Der Rest ist Füllung und wird nie geschrieben.',
  'A conversation as it reads it': 'Ein Gespräch, wie es das liest',
  'An answer ends with {stops}.': 'Eine Antwort endet mit {stops}.',
  'Special tokens: {some} and {n} more.': 'Besondere Token: {some} und {n} weitere.',
  'Special tokens: {some}.': 'Besondere Token: {some}.',
  Configuration: 'Konfiguration',
  Tensors: 'Tensoren',
  Name: 'Name',
  Shape: 'Form',
  'Stored as': 'Gespeichert als',
  'Reading…': 'Wird gelesen …',
  'digest {digest}…': 'Prüfsumme {digest}…',
  'Only a part of it is here. Go on with it, or delete it.':
    'Nur ein Teil davon ist hier. Weiterholen oder löschen.',
  'Only a part of it is here. Drop its files again to go on with it, or delete it.':
    'Nur ein Teil davon ist hier. Seine Dateien noch einmal ablegen, um weiterzumachen, oder es löschen.',
  'Look inside': 'Hineinsehen',
  'Write something': 'Schreiben lassen',
  'Train on it': 'Daran trainieren',
  'Go on fetching': 'Weiterholen',
  'Delete {name}': '{name} löschen',
  'Deletes {size} from this browser. It can be fetched again.':
    'Löscht {size} aus diesem Browser. Es lässt sich wieder holen.',
  'Deletes {size} from this browser. It cannot be had back without the files.':
    'Löscht {size} aus diesem Browser. Ohne die Dateien ist es nicht wiederzubekommen.',
  'Delete {size}': '{size} löschen',
  Keep: 'Behalten',
  'A language model that others trained can learn here, too: Llama and Qwen2 families, from Hugging Face’s hub or from files of yours. To look into one and to let it write takes seconds. To **train on it** takes longer: SmolLM2-135M, the smallest below, runs on a laptop with two cores and 2 GB of free memory, at about half a minute an update on the short problems, so about an hour for 96; larger ones take many times that. They stay in this browser until you delete them; nothing is sent anywhere but the name to the hub.':
    'Auch ein Sprachmodell, das andere trainiert haben, kann hier lernen: aus den Familien Llama und Qwen2, vom Hub von Hugging Face oder aus eigenen Dateien. Hineinzusehen und es schreiben zu lassen dauert Sekunden. **Daran zu trainieren** dauert länger: SmolLM2-135M, das kleinste unten, läuft auf einem Laptop mit zwei Kernen und 2 GB freiem Speicher, mit den kurzen Aufgaben etwa eine halbe Minute je Schritt, also etwa eine Stunde für 96; größere brauchen ein Vielfaches davon. Sie bleiben in diesem Browser, bis man sie löscht; nichts wird gesendet als der Name, und der nur an den Hub.',
  'No model can be kept here: {refused}. On the command line, `--model` takes them.':
    'Hier lässt sich kein Modell aufbewahren: {refused}. Auf der Kommandozeile nimmt `--model` sie.',
  'In this browser': 'In diesem Browser',
  '**A folder that cannot be read** ({digest}…): {problem}':
    '**Ein Ordner, der sich nicht lesen lässt** ({digest}…): {problem}',
  'The folder': 'Der Ordner',
  '{models}, {size} in all.': '{models}, zusammen {size}.',
  'To fetch and keep': 'Zu holen und aufzubewahren',
  '{files}, nothing else of what lies beside them': '{files}, nichts anderes von dem, was daneben liegt',
  'Memory to write': 'Speicher zum Schreiben',
  'weights as float32; WebAssembly has {bytes} at most':
    'Gewichte als float32; WebAssembly hat höchstens {bytes}',
  'An update of this size here': 'Ein Schritt dieser Größe hier',
  'about {time}': 'etwa {time}',
  '{promptsPerUpdate} problems × {k} tries × {turns} turns × {maxNewTokens} tokens, from {few} and {many} billion operations a second, just measured':
    '{promptsPerUpdate} Aufgaben × {k} Versuche × {turns} Runden × {maxNewTokens} Token, aus {few} und {many} Milliarden Rechenschritten je Sekunde, eben gemessen',
  '{promptsPerUpdate} problems × {k} tries × {turns} turns × {maxNewTokens} tokens, from a measurement of a second':
    '{promptsPerUpdate} Aufgaben × {k} Versuche × {turns} Runden × {maxNewTokens} Token, aus einer Messung von einer Sekunde',
  '{promptsPerUpdate} problems × {k} tries would take about {time}.':
    '{promptsPerUpdate} Aufgaben × {k} Versuche würden etwa {time} dauern.',
  'Choose a smaller model to train here; one that comes with the page takes seconds.':
    'Zum Trainieren hier ein kleineres Modell wählen; eines, das zur Seite gehört, braucht Sekunden.',
  'Fewer tokens an answer make it shorter still.': 'Weniger Token je Antwort verkürzen es weiter.',
  'Fetch {size}': '{size} holen',
  'It can be fetched and looked into all the same.': 'Man kann es trotzdem holen und hineinsehen.',
  'comes with the page': 'gehört zur Seite',
  'token {id}': 'Token {id}',
  'The short problems could not be fetched ({why}). Try again, or begin without them.':
    'Die kurzen Aufgaben konnten nicht geholt werden ({why}). Noch einmal versuchen oder ohne sie beginnen.',
  'the page’s host answers {status}': 'der Server der Seite antwortet {status}',
  'Train on {name}': 'An {name} trainieren',
  'A new run begins with {name}: its adapter (LoRA) learns on, the model stays as it is.':
    'Ein neuer Lauf beginnt mit {name}: Sein Adapter (LoRA) lernt weiter, das Modell bleibt, wie es ist.',
  'A new run begins with {name}: an adapter (LoRA) learns, the model stays as it is.':
    'Ein neuer Lauf beginnt mit {name}: Ein Adapter (LoRA) lernt, das Modell bleibt, wie es ist.',
  'It needs about **{memory}** of memory.': 'Er braucht etwa **{memory}** Speicher.',
  'It takes about **{time}**.': 'Er dauert etwa **{time}**.',
  'An update’s time could not be measured ({failure}).':
    'Die Dauer eines Schritts ließ sich nicht messen ({failure}).',
  'An update’s time is being measured…': 'Die Dauer eines Schritts wird gemessen …',
  'On the short problems: 324 functions of a few lines, asked in whole sentences, which come with this page. Otherwise on the tasks that the form has.':
    'An den kurzen Aufgaben: 324 Funktionen von wenigen Zeilen, in ganzen (englischen) Sätzen gestellt, die zu dieser Seite gehören. Sonst an den Aufgaben, die im Formular stehen.',
  'These settings come with it, to suit what such a model can do here; the form has them all.':
    'Diese Einstellungen kommen mit ihm, passend zu dem, was ein solches Modell hier kann; im Formular stehen sie alle.',
  stays: 'bleibt',
  'The run on screen has made no update yet; the new one takes its place.':
    'Der Lauf auf dem Bildschirm hat noch keinen Schritt gemacht; der neue tritt an seine Stelle.',
  '{run} stops after update {step} and stays in the row of runs.':
    '{run} hält nach Schritt {step} an und bleibt in der Reihe der Läufe.',
  '{run} stops after update {step} and stays: in the row of runs, and in **Runs**, from where it goes on.':
    '{run} hält nach Schritt {step} an und bleibt: in der Reihe der Läufe und unter **Läufe**, von wo es mit ihm weitergeht.',
  'Begin the run': 'Lauf beginnen',
  Likeliest: 'Am wahrscheinlichsten',
  'Answers you': 'Antwortet',
  'Goes on': 'Schreibt weiter',
  'Loading: {share} of its weights': 'Lädt: {share} seiner Gewichte',
  '{tokens} so far': 'bisher {tokens}',
  'Opening it…': 'Wird geöffnet …',
  'What it reads first': 'Was es zuerst liest',
  'What it does': 'Was es tut',
  Write: 'Schreiben',
  Writing: 'Schreiben',
  'It is loaded first, which takes {size} of memory until this dialog closes.':
    'Es wird zuerst geladen; das braucht {size} Speicher, bis dieses Fenster geschlossen wird.',
  'Read {read} and wrote {wrote}, to the end of its answer, in {seconds} s: {rate} tokens a second, reading included.':
    '{read} gelesen und {wrote} geschrieben, bis zum Ende der Antwort, in {seconds} s: {rate} Token je Sekunde, das Lesen mitgezählt.',
  'Read {read} and wrote {wrote}, in {seconds} s: {rate} tokens a second, reading included.':
    '{read} gelesen und {wrote} geschrieben, in {seconds} s: {rate} Token je Sekunde, das Lesen mitgezählt.',
  '{n} billion parameters': '{n} Milliarden Parameter',
  '{n} M parameters': '{n} Mio. Parameter',
  '{n} parameters': '{n} Parameter',
  'vocabulary {n}': 'Vokabular {n}',
  'context {n}': 'Kontext {n}',
  'from files of yours': 'aus eigenen Dateien',
  'begins with an adapter of rank {rank} over {model}':
    'beginnt mit einem Adapter vom Rang {rank} über {model}',
  '{model} at commit {commit}': '{model}, Commit {commit}',
  'licence not stated': 'Lizenz nicht angegeben',
  'licence {licence}': 'Lizenz {licence}',
  Fetching: 'Wird geholt',
  Reading: 'Wird gelesen',
  Copying: 'Wird kopiert',
  '{what}: {done} of {total} ({share})': '{what}: {done} von {total} ({share})',
  '{time} an update, {all} for all {steps}': '{time} je Schritt, {all} für alle {steps}',
  'Looking for {name}': 'Nach {name} wird gesucht',
  '{name} can be read. Nothing large has been fetched.':
    '{name} lässt sich lesen. Noch ist nichts Großes geholt.',
  'Measuring how fast this machine is': 'Es wird gemessen, wie schnell dieser Rechner ist',
  'Fetching {name}': '{name} wird geholt',
  '{name} is here.': '{name} ist da.',
  'Reading the files': 'Die Dateien werden gelesen',
  'Deleting {name}': '{name} wird gelöscht',
  '{name} is deleted.': '{name} ist gelöscht.',
  'Cancelled. What has come is kept.': 'Abgebrochen. Was da ist, bleibt.',
  'it has more than 1 GB': 'es hat mehr als 1 GB',
  '{name}: {why}. Unpack it, and drop the folder.': '{name}: {why}. Auspacken und den Ordner ablegen.',
  '{1} could not be reached ({2}). {3}': '{1} war nicht zu erreichen ({2}). {3}',
  'It needs {1} in memory, and WebAssembly has 4.3 GB at most. Choose a model of at most 0.7 billion parameters, or one whose file has 4 or 8 bits a weight.':
    'Es braucht {1} Speicher, und WebAssembly hat höchstens 4,3 GB. Ein Modell mit höchstens 0,7 Milliarden Parametern wählen, oder eines, dessen Datei 4 oder 8 Bit je Gewicht hat.',
};
