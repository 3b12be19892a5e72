/** The rows of the field table (config/fields.ts). */
export const fields = {
  Tasks: 'Aufgaben',
  'Where the tasks come from that the model is trained and evaluated on.':
    'Woher die Aufgaben kommen, an denen das Modell trainiert und gemessen wird.',
  Generated: 'Erzeugt',
  'Short functions from a fixed grammar, which the starting models were made for: as many as you like.':
    'Kurze Funktionen aus einer festen Grammatik, für die die Startmodelle gemacht sind: so viele wie gewünscht.',
  'My own problems': 'Meine eigenen Aufgaben',
  'The problems of a file, or those you wrote: see Problem sets.':
    'Die Aufgaben einer Datei, oder selbst geschriebene: siehe „Aufgabensätze“ oben auf der Seite.',
  'our decision': 'unsere Entscheidung',
  'Which problems of your own, by the SHA-256 of their texts, tests and solutions. A link carries few problems itself; for many it only says which file is needed.':
    'Welche eigenen Aufgaben, nach der SHA-256 ihrer Texte, Tests und Lösungen. Ein Link trägt wenige Aufgaben selbst; bei vielen sagt er nur, welche Datei man braucht.',
  'Held out': 'Zurückgehalten',
  'How many of your own problems training never sees, so that accuracy is measured on them. At 0 it is measured on the problems that are trained on, and says nothing about others.':
    'Wie viele der eigenen Aufgaben das Training nie sieht, damit die Genauigkeit an ihnen gemessen wird. Bei 0 wird sie an den Aufgaben gemessen, an denen trainiert wird, und sagt nichts über andere.',
  Split: 'Aufteilung',
  'Which of your own problems are held out: each number is another draw. It is not the seed of the run, so that runs with other seeds are measured on the same problems.':
    'Welche der eigenen Aufgaben zurückgehalten werden: Jede Zahl ist eine andere Ziehung. Sie ist nicht der Startwert des Laufs, damit Läufe mit anderen Startwerten an denselben Aufgaben gemessen werden.',
  Difficulty: 'Schwierigkeit',
  'Which tasks the model is trained and evaluated on. On harder tasks the first answers pass fewer tests, so the reward is sparser.':
    'An welchen Aufgaben das Modell trainiert und gemessen wird. An schwereren bestehen die ersten Antworten weniger Tests, die Belohnung ist also seltener.',
  'All levels': 'Alle Stufen',
  'Tasks of every difficulty, mixed.': 'Aufgaben jeder Schwierigkeit, gemischt.',
  'Level 1': 'Stufe 1',
  'One operation, at most one place where novices go wrong.':
    'Eine Operation, höchstens eine Stelle, an der Anfänger Fehler machen.',
  'Level 2': 'Stufe 2',
  'Two operations, at most one such place.': 'Zwei Operationen, höchstens eine solche Stelle.',
  'Level 3': 'Stufe 3',
  'Three or more operations, at most one such place.':
    'Drei oder mehr Operationen, höchstens eine solche Stelle.',
  'Level 4': 'Stufe 4',
  'At least two such places.': 'Mindestens zwei Stellen, an denen Anfänger Fehler machen.',
  'Training tasks': 'Aufgaben zum Trainieren',
  'How many different tasks training draws from; of your own problems, at most so many. The held-out tasks are never among them.':
    'Aus wie vielen verschiedenen Aufgaben das Training zieht; von eigenen höchstens so viele. Die zurückgehaltenen sind nie darunter.',
  'Tests trained on': 'Tests fürs Training',
  'How many of each task’s unit tests the reward is earned on, and the feedback taken from. Accuracy is then measured on the others only, in training and on held-out tasks: what the model learned for the tests it is paid for may not hold for those it never sees.':
    'An wie vielen Tests jeder Aufgabe die Belohnung verdient und von welchen die Rückmeldung genommen wird. Die Genauigkeit wird dann nur an den anderen gemessen, im Training und bei zurückgehaltenen Aufgaben: Was das Modell für die Tests lernt, für die es bezahlt wird, gilt vielleicht nicht für die, die es nie sieht.',
  All: 'Alle',
  'Every unit test is rewarded, and judged.': 'Jeder Test zählt für die Belohnung und für die Beurteilung.',
  'Only the first test is rewarded; the others judge.':
    'Nur der erste Test bringt Belohnung; die anderen urteilen.',
  'The first two tests are rewarded; the others judge.':
    'Die ersten zwei Tests bringen Belohnung; die anderen urteilen.',
  'The first three tests are rewarded; the others judge.':
    'Die ersten drei Tests bringen Belohnung; die anderen urteilen.',
  'The first four tests are rewarded; the others judge.':
    'Die ersten vier Tests bringen Belohnung; die anderen urteilen.',
  'The first five tests are rewarded; the last one judges.':
    'Die ersten fünf Tests bringen Belohnung; der letzte urteilt.',
  'our decision: how a reward that is only part of the truth is learned':
    'unsere Entscheidung: wie eine Belohnung gelernt wird, die nur ein Teil der Wahrheit ist',
  'The model that the run starts from, made by supervised training. A frozen copy of it is the reference of the KL penalty.':
    'Das Modell, mit dem der Lauf beginnt, durch überwachtes Training gemacht. Eine eingefrorene Kopie davon ist die Referenz des KL-Abzugs.',
  Boost: 'Boost',
  'Writes like a novice, with systematic bugs, and mostly repeats itself when asked for a correction.':
    'Schreibt wie ein Anfänger, mit systematischen Fehlern, und wiederholt sich meist, wenn es sich korrigieren soll.',
  Repairer: 'Reparierer',
  'The same novice, trained on more corrections: it already repairs about half of its own bugs.':
    'Derselbe Anfänger, an mehr Korrekturen trainiert: Er behebt schon etwa die Hälfte seiner eigenen Fehler.',
  'Three turns': 'Drei Runden',
  'The same novice, trained on examples of three answers: it knows what a third one is.':
    'Derselbe Anfänger, an Beispielen mit drei Antworten trainiert: Er weiß, was eine dritte ist.',
  Beginner: 'Anfänger',
  'The same novice, but with a bug nearly everywhere one can be: on hard tasks almost nothing passes every test.':
    'Derselbe Anfänger, aber mit einem Fehler fast überall, wo einer sein kann: An schweren Aufgaben besteht fast nichts jeden Test.',
  'Another model': 'Ein anderes Modell',
  'One that others trained, opened from files: what Other model says.':
    'Eines, das andere trainiert haben, aus Dateien geöffnet: was „Anderes Modell“ sagt.',
  'paper, boost model; our training data': 'Artikel, Boost-Modell; unsere Trainingsdaten',
  'Training starts': 'Training beginnt',
  'Where the weights that are trained start. From a checkpoint the run starts part of the way along another one. The reference of the KL penalty is the starting model all the same, and the optimiser starts afresh.':
    'Wo die Gewichte beginnen, die trainiert werden. Von einem Zwischenstand aus beginnt der Lauf mitten in einem anderen. Die Referenz des KL-Abzugs ist trotzdem das Startmodell, und der Optimierer fängt frisch an.',
  'The starting model': 'Das Startmodell',
  'The run starts at its beginning.': 'Der Lauf beginnt an seinem Anfang.',
  'After 150 updates of γ = 0': 'Nach 150 Schritten mit γ = 0',
  'A checkpoint of a run with γ = 0 and seed 11, which began with Boost and is about to give up its first answers.':
    'Ein Zwischenstand eines Laufs mit γ = 0 und Startwert 11, der mit Boost begann und gerade dabei ist, seine ersten Antworten aufzugeben.',
  'our decision: what takes minutes to happen can be seen in one':
    'unsere Entscheidung: Was Minuten braucht, ist so in einer zu sehen',
  'Other model': 'Anderes Modell',
  'Which model the run starts from when it is not one of the playground’s: its name and the beginning of its digest. It is opened from files of yours; an experiment only says which ones it needs.':
    'Mit welchem Modell der Lauf beginnt, wenn es keines des Playgrounds ist: sein Name und der Anfang seiner Prüfsumme. Es wird aus eigenen Dateien geöffnet; ein Experiment sagt nur, welche es braucht.',
  'Adapter rank': 'Rang des Adapters',
  'A model that others trained stays as it is; what is learned is an adapter: a product of two narrow matrices that is added to each of its own (LoRA). The rank is how narrow: more can be learned with a larger one, and takes more time.':
    'Ein Modell, das andere trainiert haben, bleibt, wie es ist; gelernt wird ein Adapter: ein Produkt zweier schmaler Matrizen, das zu jeder seiner eigenen hinzukommt (LoRA). Der Rang sagt, wie schmal: Mit einem größeren lässt sich mehr lernen, und es dauert länger.',
  'LoRA (arXiv 2106.09685); the value is our decision':
    'LoRA (arXiv 2106.09685); der Wert ist unsere Entscheidung',
  'Adapter scale α': 'Adapter-Skala α',
  'What the adapter adds is multiplied by this and divided by the rank.':
    'Was der Adapter hinzufügt, wird hiermit multipliziert und durch den Rang geteilt.',
  'Adapted matrices': 'Angepasste Matrizen',
  'Which matrices of each layer get an adapter.': 'Welche Matrizen jeder Schicht einen Adapter bekommen.',
  'All matrices': 'Alle Matrizen',
  'Those of attention and of the MLP.': 'Die der Attention und des MLP.',
  Attention: 'Attention',
  'Query, key, value and output.': 'Query, Key, Value und Ausgabe.',
  'Query and value': 'Query und Value',
  'As in the paper on LoRA.': 'Wie im Artikel über LoRA.',
  'all: QLoRA (arXiv 2305.14314); query and value: LoRA':
    'alle: QLoRA (arXiv 2305.14314); Query und Value: LoRA',
  'Weights of the base': 'Gewichte der Basis',
  'How the weights of a model that others trained are held. They are not trained; the adapter beside them always has 32 bits.':
    'Wie die Gewichte eines Modells gehalten werden, das andere trainiert haben. Sie werden nicht trainiert; der Adapter daneben hat immer 32 Bit.',
  'As in the file': 'Wie in der Datei',
  'Whole numbers of 4 or 8 bits with a scale for every 32 stay so (GGUF’s Q4_0, Q4_1, Q5_0 and Q8_0); all others become 32-bit numbers.':
    'Ganze Zahlen von 4 oder 8 Bit mit einer Skala für je 32 bleiben so (Q4_0, Q4_1, Q5_0 und Q8_0 von GGUF); alle anderen werden Zahlen mit 32 Bit.',
  '32 bits': '32 Bit',
  'Whatever the file has, at four bytes a weight.': 'Was immer die Datei hat, mit vier Byte je Gewicht.',
  '8 bits': '8 Bit',
  'Matrices are rounded to whole numbers of 8 bits with a scale for every 32: a quarter of the memory, and faster.':
    'Matrizen werden auf ganze Zahlen von 8 Bit mit einer Skala für je 32 gerundet: ein Viertel des Speichers, und schneller.',
  '4 bits': '4 Bit',
  'Matrices are rounded to whole numbers of 4 bits with a scale and a minimum for every 32: the least memory, and what is lost is felt.':
    'Matrizen werden auf ganze Zahlen von 4 Bit mit einer Skala und einem Minimum für je 32 gerundet: der geringste Speicher, und der Verlust ist spürbar.',
  'blocks: GGUF (llama.cpp); training over them: QLoRA (arXiv 2305.14314)':
    'Blöcke: GGUF (llama.cpp); darüber trainieren: QLoRA (arXiv 2305.14314)',
  'Turns T': 'Runden T',
  'Answers per episode. Turn 1 answers the task; each later turn may correct the answer before it. Only the starting model Three turns has seen three; the others have seen two.':
    'Antworten je Episode. Runde 1 beantwortet die Aufgabe; jede spätere darf die Antwort davor korrigieren. Nur das Startmodell Drei Runden hat drei gesehen; die anderen haben zwei gesehen.',
  'paper (T = 2)': 'Artikel (T = 2)',
  turns: 'Runden',
  'Samples per prompt k': 'Versuche je Aufgabe k',
  'How many episodes are sampled for each prompt. These samples, a group, are compared with each other to tell good from bad, so at least two are needed.':
    'Wie viele Episoden zu jeder Aufgabe gezogen werden. Diese Versuche, eine Gruppe, werden miteinander verglichen, um gut von schlecht zu unterscheiden; also braucht es mindestens zwei.',
  'paper (RLOO); the value is our decision (released code: 2)':
    'Artikel (RLOO); der Wert ist unsere Entscheidung (veröffentlichter Code: 2)',
  samples: 'Versuche',
  'Prompts per update': 'Aufgaben je Schritt',
  'How many tasks are tried in one update. More prompts give a less noisy gradient but a slower update.':
    'An wie vielen Aufgaben sich ein Schritt versucht. Mehr Aufgaben geben einen ruhigeren Gradienten, aber einen langsameren Schritt.',
  prompts: 'Aufgaben',
  'Discount γ': 'Diskontfaktor γ',
  'How much earlier turns count. At γ = 0 only the improvement between the last two turns counts, so the model may learn to spoil its first answer in order to have something to repair. At γ = 1 only the last answer counts; above 1 the first answer is rewarded too.':
    'Wie viel frühere Runden zählen. Bei γ = 0 zählt nur die Verbesserung zwischen den letzten beiden Runden, also lernt das Modell womöglich, seine erste Antwort zu verderben, um etwas zum Reparieren zu haben. Bei γ = 1 zählt nur die letzte Antwort; darüber wird auch die erste belohnt.',
  'paper, accumulated reward (γ = 0.5); 0.75 is our decision for a healthy first run':
    'Artikel, zusammengezählte Belohnung (γ = 0,5); 0,75 ist unsere Entscheidung für einen gesunden ersten Lauf',
  'Accumulate R': 'Zusammenzählen zu R',
  'How the rewards of all turns are added up to the one reward R of an episode, which is what training tries to raise.':
    'Wie die Belohnungen aller Runden zu der einen Belohnung R einer Episode zusammengezählt werden, die das Training zu heben versucht.',
  'CoCoS: discounted gains': 'CoCoS: diskontierte Gewinne',
  'The first reward and each gain after it; what came earlier counts γ times as much.':
    'Die erste Belohnung und jeder Gewinn danach; was früher kam, zählt γ-mal so viel.',
  'Last answer only': 'Nur die letzte Antwort',
  'What the last answer earns, and nothing else.': 'Was die letzte Antwort verdient, und sonst nichts.',
  'Best answer': 'Beste Antwort',
  'What the best answer earns, whichever it is. Only that answer’s reward matters.':
    'Was die beste Antwort verdient, welche es auch ist. Nur auf die Belohnung dieser Antwort kommt es an.',
  'SCoRe: both, and α · gain': 'SCoRe: beide, und α · Gewinn',
  'Both rewards, and the gain from the first to the second once more, α times. Two turns only.':
    'Beide Belohnungen, und der Gewinn von der ersten zur zweiten noch einmal, α-mal. Nur bei zwei Runden.',
  'A formula of your own': 'Eine eigene Formel',
  'Whatever the formula says.': 'Was immer die Formel sagt.',
  'CoCoS: paper; SCoRe: its stage II (arXiv 2409.12917); the others are common alternatives, for comparison':
    'CoCoS: Artikel; SCoRe: seine Stufe II (arXiv 2409.12917); die anderen sind gängige Alternativen, zum Vergleich',
  'Gain weight α': 'Gewicht des Gewinns α',
  'How often SCoRe counts the gain from the first answer to the second, beside the two rewards themselves. Above 1, failing first and repairing earns more than being right twice.':
    'Wie oft SCoRe den Gewinn von der ersten Antwort zur zweiten zählt, neben den beiden Belohnungen selbst. Über 1 bringt es mehr ein, zuerst zu scheitern und dann zu reparieren, als zweimal richtig zu liegen.',
  'SCoRe, stage II (α = 10)': 'SCoRe, Stufe II (α = 10)',
  'Formula for R': 'Formel für R',
  'An accumulated reward of your own, of numbers, r[1] to r[T], gamma, alpha, + - * / **, parentheses, min, max, abs, and choices such as r[2] > r[1] ? 1 : 0. It must be finite, with a finite slope, for every reward that an answer can get.':
    'Eine eigene zusammengezählte Belohnung, aus Zahlen, r[1] bis r[T], gamma, alpha, + - * / **, Klammern, min, max, abs und Entscheidungen wie r[2] > r[1] ? 1 : 0. Sie muss für jede Belohnung, die eine Antwort bekommen kann, endlich sein, mit endlicher Steigung.',
  'our decision; the default is the paper’s accumulated reward for two turns':
    'unsere Entscheidung; die Vorgabe ist die zusammengezählte Belohnung des Artikels für zwei Runden',
  'KL coefficient β': 'KL-Gewicht β',
  'How much the model pays for moving away from the frozen starting model (their KL divergence): a number taken off the reward or, with GRPO, a term of the loss for every token. At 0 it may drift freely; a large value keeps it close to where it started.':
    'Wie viel das Modell dafür bezahlt, sich vom eingefrorenen Startmodell zu entfernen (ihre KL-Divergenz): eine Zahl, die von der Belohnung abgezogen wird, oder bei GRPO ein Summand des Verlusts für jedes Token. Bei 0 darf es frei davontreiben; ein großer Wert hält es nahe an seinem Anfang.',
  'paper and released code (β = 0.01)': 'Artikel und veröffentlichter Code (β = 0,01)',
  'Reward r': 'Belohnung r',
  'What one answer earns from its unit tests. The progressive reward tells a nearly right program from a useless one.':
    'Was eine Antwort mit ihren Tests verdient. Die stufenweise Belohnung unterscheidet ein fast richtiges Programm von einem unbrauchbaren.',
  Progressive: 'Stufenweise',
  'Each unit test passed counts.': 'Jeder bestandene Test zählt.',
  Binary: 'Binär',
  '1 if every unit test passes, otherwise 0.': '1, wenn jeder Test bestanden ist, sonst 0.',
  'paper, progressive reward': 'Artikel, stufenweise Belohnung',
  'Reward scale': 'Skala der Belohnung',
  'Whether the progressive reward is divided by the number of tests K. With the number itself, the KL penalty is K times weaker in comparison.':
    'Ob die stufenweise Belohnung durch die Zahl der Tests K geteilt wird. Mit der Zahl selbst ist der KL-Abzug im Vergleich K-mal schwächer.',
  'Share of tests': 'Anteil der Tests',
  'Passed tests divided by all tests, as in the paper.': 'Bestandene Tests durch alle Tests, wie im Artikel.',
  'Number of tests': 'Zahl der Tests',
  'Passed tests, 0 to K, as in the released code.':
    'Bestandene Tests, 0 bis K, wie im veröffentlichten Code.',
  'fraction: paper; count: released code': 'Anteil: Artikel; Zahl: veröffentlichter Code',
  Objective: 'Ziel',
  'Which answers are sampled and which are trained. When all k samples share their first answer, its reward is the same for all of them, so it cancels and γ has no effect.':
    'Welche Antworten gezogen und welche trainiert werden. Teilen sich alle k Versuche die erste Antwort, so ist deren Belohnung für alle gleich, hebt sich also auf, und γ hat keine Wirkung.',
  Paper: 'Artikel',
  'k independent episodes per prompt; every turn is trained.':
    'k unabhängige Episoden je Aufgabe; jede Runde wird trainiert.',
  'Released code': 'Veröffentlichter Code',
  'One first answer per prompt, shared by its k corrections; only the later turns are trained.':
    'Eine erste Antwort je Aufgabe, von ihren k Korrekturen geteilt; nur die späteren Runden werden trainiert.',
  'paper, or its released code': 'Artikel, oder sein veröffentlichter Code',
  'Advantage estimator': 'Schätzer des Vorteils',
  'How a sample’s reward is turned into a push up or down. All four subtract a baseline (what other samples earned), which makes the gradient less noisy.':
    'Wie aus der Belohnung eines Versuchs ein Schub hinauf oder hinab wird. Alle vier ziehen einen Vergleichswert ab (was andere Versuche verdienten), was den Gradienten ruhiger macht.',
  RLOO: 'RLOO',
  'Compares each sample with the mean of the prompt’s other samples.':
    'Vergleicht jeden Versuch mit dem Mittel der anderen Versuche an der Aufgabe.',
  REINFORCE: 'REINFORCE',
  'Compares each sample with the mean of the whole batch.':
    'Vergleicht jeden Versuch mit dem Mittel des ganzen Stapels.',
  GRPO: 'GRPO',
  'Compares with the prompt’s mean; divides by its standard deviation and by the length of the answers. The KL is in the loss, token by token.':
    'Vergleicht mit dem Mittel der Aufgabe; teilt durch ihre Standardabweichung und durch die Länge der Antworten. Die KL steht im Verlust, Token für Token.',
  'Dr. GRPO': 'Dr. GRPO',
  'Compares with the prompt’s mean; divides by nothing. The KL is taken off the reward.':
    'Vergleicht mit dem Mittel der Aufgabe; teilt durch nichts. Die KL wird von der Belohnung abgezogen.',
  'RLOO: paper; the others are common alternatives': 'RLOO: Artikel; die anderen sind gängige Alternativen',
  'Credit assignment': 'Zurechnung (credit assignment)',
  'Whether all turns of an episode share one reward or each gets its own. With per-turn returns, sacrificing the first answer no longer pays.':
    'Ob sich alle Runden einer Episode eine Belohnung teilen oder jede ihre eigene bekommt. Bei Erträgen je Runde lohnt es sich nicht mehr, die erste Antwort zu opfern.',
  'Accumulated reward': 'Zusammengezählte Belohnung',
  'One number R pushes every turn.': 'Eine Zahl R schiebt jede Runde.',
  'Per-turn returns': 'Ertrag je Runde',
  'Each turn is pushed by the discounted sum of its own reward and those after it.':
    'Jede Runde wird von der diskontierten Summe ihrer eigenen Belohnung und der folgenden geschoben.',
  'accumulated: paper; per-turn: our answer to its open question on credit assignment':
    'zusammengezählt: Artikel; je Runde: unsere Antwort auf seine offene Frage, welcher Runde was zuzurechnen ist',
  Control: 'Kontrolle',
  'For telling what was learned from what happened by itself. With rewards shuffled, everything is as always (the same tasks, the same rewards in every group, steps of the same size) but which episode earned what, so that there is nothing to learn.':
    'Um zu unterscheiden, was gelernt wurde und was von selbst geschah. Mit gemischten Belohnungen ist alles wie sonst (dieselben Aufgaben, dieselben Belohnungen in jeder Gruppe, Schritte derselben Größe), nur nicht, welche Episode was verdiente; es gibt also nichts zu lernen.',
  None: 'Keine',
  'Every episode earns what its own answers earned.':
    'Jede Episode verdient, was ihre eigenen Antworten verdient haben.',
  'Rewards shuffled': 'Belohnungen gemischt',
  'The rewards of a prompt’s episodes are dealt out among them at random.':
    'Die Belohnungen der Episoden einer Aufgabe werden unter ihnen zufällig verteilt.',
  'Feedback between turns': 'Rückmeldung zwischen Runden',
  'What the model sees before it corrects an answer, besides the answer itself.':
    'Was das Modell sieht, ehe es eine Antwort korrigiert, außer der Antwort selbst.',
  'Only the request to correct it (intrinsic).': 'Nur die Bitte, sie zu korrigieren (intrinsisch).',
  'A failing test': 'Ein gescheiterter Test',
  'Also the shortest test that it fails (extrinsic).':
    'Auch der kürzeste Test, an dem sie scheitert (extrinsisch).',
  'none: paper; tests: our decision': 'keine: Artikel; Tests: unsere Entscheidung',
  'Earlier answers in view': 'Frühere Antworten im Blick',
  'Which earlier answers the model sees from turn 3 on. With two turns both choices are the same.':
    'Welche früheren Antworten das Modell ab Runde 3 sieht. Bei zwei Runden ist beides dasselbe.',
  'Latest answer': 'Letzte Antwort',
  'Only the answer to be corrected stays in view.':
    'Nur die Antwort, die zu korrigieren ist, bleibt im Blick.',
  'All answers': 'Alle Antworten',
  'Every earlier answer stays in view.': 'Jede frühere Antwort bleibt im Blick.',
  'latest: released code; all: our decision': 'letzte: veröffentlichter Code; alle: unsere Entscheidung',
  'Clip ratio ε': 'Clip-Grenze ε',
  'How far the probability of an answer may move away from what it was when the answer was sampled; beyond that, it is pushed no further. Only matters with more than one inner epoch.':
    'Wie weit sich die Wahrscheinlichkeit einer Antwort von der entfernen darf, mit der sie gezogen wurde; darüber hinaus wird sie nicht weiter geschoben. Zählt nur bei mehr als einer inneren Epoche.',
  'released code (PPO-style clipping)': 'veröffentlichter Code (Begrenzung wie bei PPO)',
  'Inner epochs': 'Innere Epochen',
  'Gradient steps on each batch of samples. One is plain on-policy learning; with more, the samples are reused, within the limits of the clip ratio.':
    'Gradientenschritte mit jedem Stapel von Versuchen. Einer ist schlichtes On-Policy-Lernen; bei mehr werden die Versuche wiederverwendet, soweit die Clip-Grenze es erlaubt.',
  'released code (1)': 'veröffentlichter Code (1)',
  epochs: 'Epochen',
  Temperature: 'Temperatur',
  'How random sampling is during training. 1 samples from the model as it is, which the policy gradient assumes. Evaluation is always greedy: it takes the most likely token every time.':
    'Wie zufällig im Training gezogen wird. 1 zieht nach dem Modell, wie es ist, was der Policy-Gradient voraussetzt. Gemessen wird immer greedy: mit dem wahrscheinlichsten Token, jedes Mal.',
  'our decision (released code: 0.9)': 'unsere Entscheidung (veröffentlichter Code: 0,9)',
  'Top-p': 'Top-p',
  'Samples only from the most likely tokens that together have this probability. 1 keeps every token, which the policy gradient assumes.':
    'Würfelt nur unter den wahrscheinlichsten Token, die zusammen diese Wahrscheinlichkeit haben. 1 behält jedes Token, was der Policy-Gradient voraussetzt.',
  'Longest answer': 'Längste Antwort',
  'An answer is cut off after this many tokens, end-of-answer included. A cut-off answer is graded as it stands and counted as truncated.':
    'Eine Antwort wird nach so vielen Token abgeschnitten, ihr Ende mitgezählt. Eine abgeschnittene wird bewertet, wie sie dasteht, und als abgeschnitten gezählt.',
  'Learning rate': 'Lernrate',
  'Size of each AdamW step. If it is too small, nothing happens; if it is too large, the model forgets how to write programs.':
    'Größe jedes AdamW-Schritts. Ist sie zu klein, geschieht nichts; ist sie zu groß, vergisst das Modell, wie man Programme schreibt.',
  'our decision, measured on this model': 'unsere Entscheidung, an diesem Modell gemessen',
  'Learning-rate schedule': 'Verlauf der Lernrate',
  'What happens to the learning rate after warm-up. The cosine ends at the planned number of updates: change that number, even during a run, and the rest of the curve is stretched or shortened.':
    'Was nach dem Aufwärmen aus der Lernrate wird. Der Kosinus endet bei der geplanten Zahl der Schritte: Wird sie geändert, auch während eines Laufs, so wird der Rest der Kurve gestreckt oder gestaucht.',
  Constant: 'Konstant',
  'Stays as it is after warm-up.': 'Bleibt nach dem Aufwärmen, wie sie ist.',
  Cosine: 'Kosinus',
  'After warm-up, falls along half a cosine and reaches zero when all updates are done.':
    'Fällt nach dem Aufwärmen entlang eines halben Kosinus und erreicht null, wenn alle Schritte gemacht sind.',
  'constant: our decision; cosine: released code':
    'konstant: unsere Entscheidung; Kosinus: veröffentlichter Code',
  'Adam β₁': 'Adam β₁',
  'How slowly the average of past gradients forgets.':
    'Wie langsam das Mittel vergangener Gradienten vergisst.',
  AdamW: 'AdamW',
  'Adam β₂': 'Adam β₂',
  'How slowly the average of past squared gradients forgets.':
    'Wie langsam das Mittel vergangener quadrierter Gradienten vergisst.',
  'AdamW; the value is our decision': 'AdamW; der Wert ist unsere Entscheidung',
  'Weight decay': 'Gewichtszerfall',
  'Pulls the weight matrices towards zero at each step. The KL penalty already holds the model back, so no decay is needed.':
    'Zieht die Gewichtsmatrizen bei jedem Schritt zur Null hin (Weight Decay). Der KL-Abzug hält das Modell schon zurück, also braucht es keine.',
  'Warm-up': 'Aufwärmen',
  'The learning rate rises from zero over this many updates, while Adam’s averages settle.':
    'Über so viele Schritte steigt die Lernrate von null an, während sich die Mittel von Adam einpendeln.',
  'Gradient clip': 'Gradientengrenze',
  'A gradient whose norm is larger than this is scaled down to it, so that one odd batch cannot wreck the model.':
    'Ein Gradient, dessen Norm größer ist, wird darauf gekürzt, damit ein einzelner seltsamer Stapel das Modell nicht ruinieren kann.',
  Seed: 'Startwert',
  'Where every random choice starts from. The same experiment with the same seed gives the same run on the same back end.':
    'Womit jeder Zufall beginnt (Seed). Dasselbe Experiment mit demselben Startwert gibt auf demselben Backend denselben Lauf.',
  'The run ends after this many updates.': 'Der Lauf endet nach so vielen Schritten.',
  'Evaluate every': 'Messabstand',
  'Updates between two evaluations on held-out tasks, with greedy answers. Evaluation takes time but changes nothing in the run.':
    'Schritte zwischen zwei Messungen an zurückgehaltenen Aufgaben, mit greedy erzeugten Antworten. Messen braucht Zeit, ändert aber nichts am Lauf.',
  'Tasks in each evaluation; of your own problems, at most so many. The model is never trained on them. More tasks give a steadier curve: with 128 the standard error is about 4 points.':
    'Aufgaben in jeder Messung; von eigenen höchstens so viele. An ihnen wird das Modell nie trainiert. Mehr Aufgaben geben eine ruhigere Kurve: Bei 128 beträgt der Standardfehler etwa 4 Punkte.',
  'Task and model': 'Aufgabe und Modell',
  Method: 'Methode',
  Sampling: 'Ziehen',
  'Run and evaluation': 'Lauf und Messung',
};
