/** The words of the field (glossary.ts). */
export const glossary = {
  'held-out': 'zurückgehalten',
  'kept apart: tasks that the model never trains on, so they tell whether it has learned or memorised':
    'beiseitegelegt: Aufgaben, an denen das Modell nie trainiert; so zeigen sie, ob es gelernt hat oder auswendig kann',
  greedy: 'greedy',
  'the most likely token every time, so that the same model gives the same answer':
    'stets das wahrscheinlichste Token, sodass dasselbe Modell dieselbe Antwort gibt',
  sampled: 'gezogen',
  'drawn at random by the model’s own probabilities, so tries at one task differ':
    'zufällig gezogen nach den Wahrscheinlichkeiten des Modells selbst, sodass sich Versuche an einer Aufgabe unterscheiden',
  baseline: 'Vergleichswert',
  'what a try is compared with: a mean over other tries, so that only better than that is rewarded':
    'womit ein Versuch verglichen wird: ein Mittel über andere Versuche, sodass nur belohnt wird, was besser ist als das',
  nats: 'nats',
  'the unit of a natural logarithm: 1 nat is a factor of 2.7 in probability, 0.7 nats a factor of 2':
    'die Einheit eines natürlichen Logarithmus: 1 nat ist ein Faktor 2,7 in der Wahrscheinlichkeit, 0,7 nats ein Faktor 2',
  entropy: 'Entropie',
  'how undecided the model is about the next token; 0 where it is certain':
    'wie unentschieden das Modell über das nächste Token ist; 0, wo es sich sicher ist',
  'own problems': 'eigene Aufgaben',
  'problems from a file of yours or written in this page, in place of those that the playground makes up':
    'Aufgaben aus einer eigenen Datei oder auf dieser Seite geschrieben, anstelle derer, die der Playground erfindet',
  'model that others trained': 'Modell, das andere trainiert haben',
  'one that is opened from files or fetched from the hub; it stays as it was: what it learns here is an adapter':
    'eines, das aus Dateien geöffnet oder vom Hub geholt wird; es bleibt, wie es war: Was es hier lernt, ist ein Adapter',
  LoRA: 'LoRA',
  'low-rank adaptation: only two narrow matrices beside each of a model’s are trained; the rank is how narrow they are':
    'Anpassung mit niedrigem Rang: Nur zwei schmale Matrizen neben jeder des Modells werden trainiert; der Rang sagt, wie schmal sie sind',
  adapter: 'Adapter',
  'small matrices that are added to those of a model: they alone are trained, so little memory is needed and the model itself stays as it was':
    'kleine Matrizen, die zu denen eines Modells hinzukommen: Nur sie werden trainiert, also braucht es wenig Speicher, und das Modell selbst bleibt, wie es war',
  quantised: 'quantisiert',
  'stored with fewer bits for each number, say 4 or 8 in place of 16: smaller, and a little less exact':
    'mit weniger Bits je Zahl gespeichert, etwa 4 oder 8 statt 16: kleiner und etwas ungenauer',
  hub: 'Hub',
  'Hugging Face’s collection of models, huggingface.co, from which anybody may fetch them':
    'die Sammlung von Modellen bei Hugging Face, huggingface.co, von wo jeder sie holen kann',
  KL: 'KL',
  'how far the model has moved away from the one it started as; 0 where both are equally likely to write an answer':
    'wie weit sich das Modell von dem entfernt hat, als das es begann; 0, wo beide eine Antwort gleich wahrscheinlich schreiben',
  coupling: 'Kopplung',
  'how much better the second answer is for a first answer that is better by 1, from one try at a task to another':
    'um wie viel die zweite Antwort besser ist, wo die erste um 1 besser ist, von einem Versuch an einer Aufgabe zum anderen',
};
