import type { Words } from '../words.ts';

export const de: Words = {
  name: 'Deutsch',
  tag: 'de',
  controls: {
    lessons: 'Lektionen',
    language: 'Sprache',
    close: 'Lektionen verlassen',
    all: 'Alle Lektionen',
    choose:
      'Jede fragt nach einer Vorhersage, führt ein Experiment durch und sagt anhand der Zahlen dieses Laufs, ob sie eingetroffen ist.',
    minutes: '{updates} Schritte',
    predict: '1 · Vorhersagen',
    predictFirst: 'Zuerst eine Antwort wählen: Wer erst hinterher vorhersagt, hat nichts vorhergesagt.',
    run: '2 · Laufen lassen',
    runLesson: 'Experiment starten',
    runCounter: 'Gegenprobe starten',
    runAgain: 'Experiment noch einmal starten',
    counterAgain: 'Gegenprobe noch einmal starten',
    bring:
      'Diese Lektion braucht ein Modell, das andere trainiert haben und das nicht zur Seite gehört. Unter „Modelle“ SmolLM2-135M-Instruct holen, in seiner Zeile „Daran trainieren“ drücken und den Lauf auf den kurzen Aufgaben beginnen: Dann lässt sich das Experiment hier starten.',
    bringModel: 'Das Modell holen …',
    stopped: 'Angehalten bei Schritt {step} von {steps}: Weiter geht es mit „Start“.',
    running: 'Schritt {step} von {steps}.',
    finished: 'Alle {steps} Schritte sind getan.',
    ownRunning:
      'Jetzt läuft ein eigener Lauf: Schritt {step} von {steps}. Ist er zu Ende, stehen seine Zahlen unten neben denen der Lektion.',
    ownWaits: 'Eingestellt ist jetzt ein eigenes Experiment. Es beginnt mit „Start“ in der Leiste oben.',
    prepared:
      'Eingestellt ist ein anderes Experiment als das dieser Lektion. „Start“ in der Leiste oben startet jenes, der Knopf unten das der Lektion.',
    before:
      'Das Bild und die Kurven zeigen noch einen anderen Lauf. Den dieser Lektion zeigen sie, sobald ihr Experiment gestartet ist.',
    look: 'Hinsehen',
    explain: '3 · Erklären',
    outcome: 'Ergebnis',
    seeOutcome: 'Zum Ergebnis',
    ofRun: 'Das Experiment der Lektion',
    ofCounter: 'Die Gegenprobe',
    ofOwn: 'Ein eigener Lauf',
    ownHint: 'Von diesem Lauf war nichts erwartet: Was seine Zahlen sagen, ist selbst zu beurteilen.',
    holds: 'Was die Lektion erwartet, trifft in diesem Lauf zu.',
    fails: 'Was die Lektion erwartet, trifft in diesem Lauf nicht zu.',
    failsAsItShould: 'So soll es sein: Was die Lektion erwartet, bleibt ohne seine Ursache aus.',
    holdsAgainstIt:
      'Was die Lektion erwartet, trifft sogar hier zu: Die Ursache ist also eine andere, als die Lektion sagt.',
    notMeasured: 'Manches ließ sich in diesem Lauf nicht messen.',
    atLeast: 'Vom Experiment der Lektion erwartet: mindestens {bound}.',
    atMost: 'Vom Experiment der Lektion erwartet: höchstens {bound}.',
    notHere: 'Das gilt hier nicht.',
    hereToo: 'Das gilt auch hier.',
    there: 'Im Experiment der Lektion: {value}.',
    sampled:
      'Wo nicht „zurückgehalten“ steht, gilt eine Zahl hier für die Antworten, die für die Schritte ausgewürfelt wurden. Die großen Zahlen über den Kurven gelten für zurückgehaltene Aufgaben, an denen das Modell nie trainiert, stets mit dem wahrscheinlichsten Token beantwortet: Darum sind sie verschieden.',
    yet: 'Das Ergebnis kommt, wenn der Lauf zu Ende ist.',
    expected: 'Zu erwarten',
    cameTrue: 'Die eigene Vorhersage ist eingetroffen: „{answer}“.',
    cameOtherwise: 'Die eigene Vorhersage ist nicht eingetroffen: „{answer}“. Gekommen ist es so: „{right}“.',
    cameUnclear:
      'Vorhergesagt war „{answer}“. Was die Lektion erwartete („{right}“), zeigt sich hier nicht deutlich; also ist auch über die Vorhersage nicht entschieden.',
    comesWithBoth:
      'Vorhergesagt war „{answer}“. Die Frage vergleicht zwei Läufe: Ob es eingetroffen ist, steht hier, sobald auch die Gegenprobe zu Ende ist.',
    counter: 'Die Gegenprobe',
    differs: 'Sie unterscheidet sich nur hierin: {changes}.',
    apply: '4 · Anwenden',
    answer: 'Eine Antwort',
    notes: 'Für Lehrende',
    showSettings: 'Einstellungen zeigen',
    hideSettings: 'Einstellungen verbergen',
    print: 'Arbeitsblatt drucken',
    answers: 'Lösungen',
    sheetRun:
      '{address} öffnen, „Lektionen“ und dann „{title}“ wählen. Das Experiment starten und aufschreiben, was zu sehen ist.',
    sheetCounter:
      'Was ist von ihr zu erwarten? Sie in derselben Lektion starten („Gegenprobe starten“) und aufschreiben, was anders ist.',
    sheetWrite: 'Warum?',
    experiment: 'Das Experiment',
    next: 'Nächste Lektion',
  },
  lessons: {
    firstUpdate: {
      title: 'Der erste Schritt',
      question: 'Was lernt ein Modell aus vier Versuchen an einer Aufgabe?',
      text: [
        'Ein Schritt („update“): Das Modell versucht sich an 16 Aufgaben, an jeder $k = 4$ Mal. Jeder Versuch besteht aus zwei Programmen, $y_1$ und seiner Korrektur $y_2$. Tests geben jedem eine Belohnung, $r_1$ und $r_2$: den Anteil der Tests, die es besteht.',
        'Die Belohnungen eines Versuchs werden zusammengezählt, $R = r_2 − (1 − γ) r_1$, und **mit den drei anderen Versuchen an derselben Aufgabe verglichen**: $A = R − Mittel der anderen$. Ein Versuch mit $A > 0$ wird wahrscheinlicher gemacht, einer mit $A < 0$ unwahrscheinlicher.',
      ],
      prediction: {
        question:
          'Alle vier Versuche an einer Aufgabe bestehen jeden Test. Welcher wird wahrscheinlicher gemacht?',
        options: { all: 'Alle vier: Sie sind richtig', none: 'Keiner', first: 'Nur der erste' },
        because:
          'Wenn alle vier gleich viel verdienen, liegt jeder genau beim Mittel der anderen: $A = 0$, und nichts wird verschoben, so gut sie auch sind. Ein Modell lernt aus den Unterschieden zwischen seinen eigenen Versuchen.',
      },
      look: [
        'Im [Bild](episode) sind die vier Bahnen die vier Versuche. Eine Aufgabe suchen, deren Versuche verschieden viel verdienen: Der Schub rechts sagt, wessen Antwort wahrscheinlicher wird und wessen unwahrscheinlicher.',
        'Dann mit ‹ und › eine Aufgabe suchen, bei der alle vier gleich viel verdienen. Wie groß sind ihre $A$?',
      ],
      figures: {
        alike: 'Gruppen, in denen alle vier Versuche gleich viel verdienten und nichts lehrten: {value}.',
      },
      holds: 'In den meisten Gruppen unterscheiden sich die Versuche; also lehrt der größte Teil etwas.',
      fails:
        'Zu viele Gruppen waren in sich gleich. In drei Schritten kann das Zufall sein; mit einem anderen Startwert noch einmal versuchen.',
      counter:
        'Dasselbe bei Temperatur 0,1: Das Modell schreibt fast immer dasselbe, die vier Versuche sind fast immer das gleiche Programm. Nichts unterscheidet sich, und nichts wird gelernt.',
      explain:
        'Aus welchen Aufgaben hat das Modell in diesem Schritt gelernt, und warum nicht aus den anderen? Ohne das Wort „richtig“ sagen.',
      apply: {
        task: 'Die vier Versuche an einer Aufgabe verdienen $R = 1; 0,5; 0,5; 0$. Die vier Vorteile $A$ berechnen. Dann einen im [Bild](episode) nachprüfen: einen Versuch wählen und auf die Zahl unter **5 Schieben** drücken, sein $A$: Darunter öffnet sich die Formel.',
        answer:
          'Das Mittel der drei anderen: $1/3; 1/2; 1/2; 2/3$. Also $A = 2/3; 0; 0; −2/3$. Die beiden mittleren werden nicht verschoben, obwohl jeder $0,5$ verdient hat.',
      },
      notes: [
        'Zehn Minuten. Setzt nichts über bestärkendes Lernen voraus; als Erstes nehmen.',
        'Die übliche falsche Antwort ist „alle vier“. Sie verwechselt Belohnung und Vorteil; die Klasse sagen lassen, was geschähe, wenn alle Aufgaben leicht wären.',
      ],
    },
    paidToFail: {
      title: 'Fürs Scheitern bezahlt',
      question: 'Kann eine Belohnung fürs Korrigieren ein Modell lehren, zuerst zu scheitern?',
      text: [
        'Der Artikel, dem der Playground folgt, belohnt Verbesserung: $R = r_2 − (1 − γ) r_1$. Bei $γ = 0$ ist das $R = r_2 − r_1$, die Verbesserung allein.',
        'Erst scheitern, dann gelingen: $R = 1 − 0 = 1$. Gleich richtig liegen: $R = 1 − 1 = 0$. Das Gewicht der ersten Antwort ist $w_1 = −(1 − γ) = −1$: Jeder Test, den sie besteht, **kostet** so viel, wie einer einbringt, den die zweite besteht.',
        'Es dauert etwa 75 Schritte, bis ein Modell das auszunutzen beginnt. Deshalb startet dieser Lauf an einem Zwischenstand nach 150 Schritten mit γ = 0, mit verdoppelter Lernrate.',
      ],
      prediction: {
        question:
          'γ = 0, noch 20 Schritte. Die ersten Antworten bestehen jetzt weit weniger Tests als die letzten. Was wird aus ihnen?',
        options: {
          recovers: 'Sie erholen sich: Es wird ja trainiert',
          fails: 'Sie scheitern weiter, die letzten nicht',
          bothFall: 'Beide werden schlechter',
        },
        because:
          'Die Belohnung der ersten Antwort hat das Gewicht −1, die der letzten +1. Das Modell gibt seine erste Antwort auf, um etwas zum Reparieren zu haben.',
      },
      look: [
        'Die Kurve [Belohnung](chart/reward): der Anteil der Tests, den die ersten Antworten (Runde 1) und die letzten (Runde 2) des Trainingsstapels bestehen. Kommen die beiden Linien einander näher? Von ihnen spricht das Ergebnis. Die [großen Zahlen](chart/accuracy) darüber gelten für andere Aufgaben und können sich in so wenigen Schritten umgekehrt bewegen.',
        'Im [Bild](episode) einen Versuch wählen, der hinaufgeschoben wurde, und sein erstes Programm lesen. Ist es richtig? Was ändert das zweite?',
      ],
      figures: {
        gap: 'Um so viel mehr der Tests bestanden die letzten Antworten in den letzten zehn Schritten als die ersten: {value} Punkte.',
        first:
          'Um so viel änderten sich von den ersten zehn Schritten zu den letzten zehn die Tests, die die ersten Antworten bestehen: {value} Punkte.',
      },
      holds:
        'Die ersten Antworten scheitern weiter an Tests, die dasselbe Modell gleich danach besteht: Es wird fürs Scheitern bezahlt, und es scheitert.',
      fails:
        'Die ersten Antworten haben sich erholt, oder die letzten kamen zu ihnen herab. Wurden beide schlechter, so vergisst das Modell und schummelt nicht. Haben die ersten sich erholt, nachsehen, ob γ noch 0 ist; ein einzelner Lauf von 20 Schritten kann das auch durch Zufall tun.',
      counter:
        'Derselbe Zwischenstand mit γ = 1. Jetzt ist $R = r_2$ und $w_1 = 0$: Zuerst zu scheitern bringt nichts ein, und binnen 20 Schritten kommt die erste Antwort im Schlepptau der zweiten zurück.',
      explain:
        'Was hat das Modell mit seinen ersten Antworten gemacht, und welcher Teil der Belohnung hat es dafür bezahlt?',
      apply: {
        task: 'Bei welchem γ ist zweimal richtig so viel wert wie scheitern und reparieren? Auf Papier bestimmen. Dann [γ](field/gamma) darauf stellen, alles andere lassen, wie die Lektion es gesetzt hat, und mit „Zurücksetzen“ und „Start“ vom selben Zwischenstand aus beginnen: Hört das Schummeln auf?',
        answer:
          '$(1, 1)$ bringt γ ein und $(0, 1)$ bringt 1 ein; gleich sind sie erst bei $γ = 1$, darunter bringt das Scheitern immer mehr. Ob ein Modell dort hingerät, hängt auch davon ab, wie sehr eine bessere erste Antwort der zweiten hilft. Die Kurve [Kopplung c](chart/coupling) zeichnet das: um wie viel $r_2$ von einem Versuch zum anderen höher ist, wo $r_1$ um 1 höher ist. Sicher ist die erste Antwort, wo $c > 1 − γ$ ist, über der gestrichelten Linie.',
      },
      notes: [
        'Zwanzig Minuten. Der Kern der Sache: Gelernt wird, wofür bezahlt wird.',
        'Vor der Vorhersage R für (0, 1) und (1, 1) ausrechnen lassen. Viele sagen dann das Scheitern voraus und wundern sich doch, wie wörtlich es geschieht.',
        'Fragen, wer es allein an der Genauigkeit der letzten Antwort hätte merken können. Niemand: Sie wird besser.',
      ],
    },
    releasedCode: {
      title: 'Warum γ im veröffentlichten Code nichts tut',
      question: 'Wie kann ein Parameter eines Artikels in seinem Code ohne Wirkung sein?',
      text: [
        'Der Artikel zieht je Aufgabe $k$ ganze Versuche. Der veröffentlichte Code zieht **eine** erste Antwort und $k$ Korrekturen davon und trainiert nur die Korrekturen.',
        'Alle $k$ Versuche teilen sich also $r_1$. Mit $R_i = r_{2,i} − (1 − γ) r_1$ zieht der Vergleich $R_i − Mittel der anderen$ dasselbe $(1 − γ) r_1$ wieder ab: Es ist fort, und γ mit ihm.',
      ],
      prediction: {
        question: 'Bei diesem Ziel wird γ von 0 auf 2 gestellt. Was wird aus den Vorteilen?',
        options: {
          faster: 'Sie wachsen: Die erste Antwort zählt mehr',
          nothing: 'Nichts, bis auf die letzte Stelle',
          cheats: 'Sie begünstigen eine schlechte erste Antwort',
        },
        because:
          'Was alle Versuche einer Gruppe gemeinsam haben, hebt sich beim Vergleich auf. (Nicht beim Schätzer REINFORCE, dessen Vergleichswert andere Aufgaben einschließt, und nicht bei mehr als zwei Antworten.)',
      },
      look: [
        'Alle vier Bahnen beginnen mit demselben ersten Programm.',
        'Die Einstellungen öffnen und [γ](field/gamma) verstellen, während der Lauf steht: Ein Satz daneben sagt, was das bewirkt.',
      ],
      figures: {
        effect:
          'Der letzte Stapel wurde noch einmal mit γ = 0 und mit γ = 2 verglichen. Seine Vorteile änderten sich um höchstens {value}.',
      },
      holds: 'Kein Vorteil hat sich geändert: γ tut hier nichts.',
      fails:
        'Mindestens ein Vorteil hat sich geändert. Steht das Ziel noch auf „Veröffentlichter Code“ und der Schätzer nicht auf REINFORCE? Dann ist das unser Fehler: bitte melden.',
      counter:
        'Das Ziel des Artikels: Jeder Versuch hat eine eigene erste Antwort, $r_1$ unterscheidet sich in der Gruppe, und γ bestimmt, was das wert ist.',
      explain:
        '$r_1$ durch den Vergleich verfolgen: Wo fällt es heraus, und warum nur, weil alle Versuche es teilen?',
      apply: {
        task: 'Vorhersagen, ob γ beim Ziel des veröffentlichten Codes mit dem Schätzer REINFORCE eine Wirkung hat, und warum. Ihn dann unter [Schätzer](field/estimator) wählen und nachsehen, ob die Begründung neben γ verschwunden ist.',
        answer:
          'Es hat eine. REINFORCE vergleicht mit dem Mittel des ganzen Stapels, dessen Aufgaben verschiedene erste Antworten haben; $(1 − γ) r_1$ hebt sich also nicht mehr auf. Über die erste Antwort lehrt es trotzdem nichts, denn die wird nicht trainiert: Es ist Rauschen. In unseren Läufen (Startwerte 1 und 2) ergaben γ = 0 und γ = 0,75 vom ersten Schritt an andere Gewichte, mit RLOO dieselben.',
      },
      notes: [
        'Fünfzehn Minuten, mit der Rechnung an der Tafel mehr.',
        'Eine Lektion darüber, neben Artikeln auch Code zu lesen. An den Ergebnissen des Codes ist nichts falsch; nur sagt sein γ nichts über sie.',
      ],
    },
    sparseReward: {
      title: 'Stufenweise oder binär',
      question: 'Ist eine Belohnung für jeden Test besser als eine für alle zusammen?',
      text: [
        'Stufenweise („progressive“): $r =$ der Anteil der bestandenen Tests. Binär: $r = 1$, wenn jeder Test bestanden ist, sonst 0. Die binäre Belohnung ist, was wir am Ende wollen. Warum also nicht dafür bezahlen?',
        'Dieser Lauf startet mit **Anfänger**, einem Modell mit einem Fehler fast überall, wo einer sein kann, und mit den schwersten Aufgaben. Von seinen Programmen besteht kaum eines alles, aber im Mittel besteht jedes ein Drittel seiner Tests.',
      ],
      prediction: {
        question:
          'Zwei Läufe von 20 Schritten von diesem Start, das Experiment mit der stufenweisen Belohnung und die Gegenprobe mit der binären. Was geschieht?',
        options: {
          same: 'Beide lernen etwa gleich schnell',
          binaryAhead: 'Binär ist voraus: Es bezahlt, was wir wollen',
          binaryStuck: 'Stufenweise kommt voran, binär kaum',
        },
        because:
          'Bei der binären Belohnung verdienen fast immer alle vier Versuche einer Aufgabe 0. Sie unterscheiden sich nicht, also wird nichts aus ihnen gelernt. Die stufenweise Belohnung unterscheidet ein Programm mit einem Fehler von einem mit zweien.',
      },
      look: [
        'Die Kurve [Gruppen, die nichts lehren](chart/zero-std): Wie viele der Aufgaben sind das?',
        'Was bewegt sich zuerst, die [Belohnung](chart/reward), in diesem Lauf der Anteil der bestandenen Tests, oder die [Genauigkeit](chart/accuracy), der Anteil der gelösten Aufgaben?',
      ],
      figures: {
        alike: 'Gruppen, in denen alle Versuche gleich viel verdienten: {value}.',
        tests:
          'Um so viel mehr der Tests zurückgehaltener Aufgaben bestehen die letzten Antworten als vor dem Training: {value} Punkte.',
        solved: 'Zurückgehaltene Aufgaben, die die letzten Antworten lösen: {value}.',
      },
      holds: 'Die stufenweise Belohnung findet etwas zu lernen, auch wo am Anfang fast nichts richtig ist.',
      fails:
        'Die Belohnung fand nicht genug Unterschiede, oder die bestandenen Tests stiegen nicht. Zwanzig Schritte sind wenig; mit einem anderen Startwert noch einmal versuchen.',
      counter:
        'Dasselbe mit der binären Belohnung. Die meisten Gruppen verdienen lauter Nullen. Gelingt ein Versuch durch Glück, so wird aus ihm gelernt; mit genug Schritten holt dieser Lauf also auf.',
      explain:
        'Zwei Programme sind falsch, eines mit einem Fehler und eines mit zweien. Was sagt jede der beiden Belohnungen über sie, und was lässt sich daraus lernen?',
      apply: {
        task: 'Vorhersagen, welche Belohnung voraus ist, wenn mit dem Modell Boost auf allen Stufen begonnen wird, wo ein Drittel der Programme richtig ist. Dann beide versuchen: die [Voreinstellung](field/preset) „Ein gesunder erster Lauf (γ = 0,75)“ wählen, die dort beginnt und alles andere so setzt wie in unseren Läufen (16 Aufgaben je Schritt, 128 zurückgehaltene), 50 [Schritte](field/steps) einstellen, dann „Zurücksetzen“ und „Start“; danach dasselbe mit der anderen [Belohnung](field/reward).',
        answer:
          'In unseren beiden Läufen (Startwerte 1 und 2) war die binäre voraus: Die letzten Antworten lösten 68 und 67 % von 128 zurückgehaltenen Aufgaben, mit der stufenweisen Belohnung 60 und 59 %, vorher 34 %. Stufenweise ist also nicht überhaupt besser, sondern schneller, wo am Anfang fast nichts alles besteht. Wo schon ein Drittel richtig ist, hat die binäre Belohnung einen Vorteil: Sie bezahlt nie für ein nur halb richtiges Programm.',
      },
      notes: [
        'Fünfzehn Minuten. Ein Einstieg in das Gestalten von Belohnungen.',
        'Der Artikel sagt, die stufenweise Belohnung sei besser. In dieser Größe stimmt das nur für Starts, an denen fast nichts gelingt. Von einem Anfänger aus, der einen von zehn Fehlern behob und also ab und zu richtig lag, war binär nach 30 Schritten voraus: 29 % der zurückgehaltenen Aufgaben gegen 15 % (mit einem Startwert).',
      ],
    },
    klLeash: {
      title: 'Die KL-Leine',
      question: 'Was holt ein Modell zurück, das von seinem Start weggelaufen ist?',
      text: [
        'Jeder Versuch zahlt für seinen Abstand vom eingefrorenen Startmodell: $R′ = R − β KL$. $π$ ist die Wahrscheinlichkeit, die das Modell jetzt einem Token gibt, $π_{ref}$ die, die ihm das Startmodell gab. $KL$ zählt $log π − log π_{ref}$ über die Token eines Versuchs zusammen. Der Logarithmus ist der natürliche, die Einheit also das **nat**: 1 nat ist ein Faktor $e ≈ 2,7$ in der Wahrscheinlichkeit, 5 nats sind ein Faktor von etwa 150.',
        'Das ist eine Schätzung aus einem einzigen Versuch. **Negativ** wird sie, wenn das Startmodell gerade diesen Versuch eher geschrieben hätte als das Modell jetzt; dann zahlt der Versuch nicht, er bekommt etwas. Das Mittel über alle Versuche, die das Modell schreiben könnte, ist der wahre Abstand, und der ist nie negativ.',
        'Dieser Lauf startet dort, wohin das fürs Scheitern bezahlte Modell gekommen ist: Seine ersten Antworten sind etwa 5 nats vom Startmodell entfernt. γ bleibt 0, das Scheitern wird also weiter bezahlt. Aber jetzt ist $β = 0,3$.',
      ],
      prediction: {
        question: 'γ = 0 und β = 0,3, für 20 Schritte. Was wird aus dem Abstand der ersten Antworten?',
        options: {
          further: 'Er wächst: Schummeln wird ja weiter bezahlt',
          stays: 'Er bleibt: Beides hält sich die Waage',
          back: 'Er schrumpft deutlich',
        },
        because:
          'Schummeln bringt höchstens 1 mehr ein als Ehrlichkeit. Bei $β = 0,3$ kostet ein Abstand von 5 nats 1,5. Zurückzukommen lohnt sich also, was immer die Tests sagen.',
      },
      look: [
        'Die Kurve [KL zum Startmodell](chart/kl): Wohin geht die Linie von „Runde 1“?',
        'Im [Bild](episode) steht einer der Balken unter **3 Belohnen** und **4 Vergleichen** für KL. Wie lang ist er neben den anderen, am Anfang und später? In welchen Versuchen erhöht er die Belohnung?',
      ],
      figures: {
        distance:
          'Um so viel änderte sich von den ersten zehn Schritten zu den letzten zehn der Abstand der ersten Antworten: {value} nats.',
        solved: 'Zurückgehaltene Aufgaben, die die letzten Antworten lösen: {value}.',
      },
      holds: 'Die Leine zieht: Die ersten Antworten kommen zum Startmodell zurück.',
      fails:
        'Die ersten Antworten sind nicht weit genug zurückgekommen. Der Wert ist aus Stichproben geschätzt, und eine starke Leine macht ihn noch unruhiger; mit einem anderen Startwert noch einmal versuchen.',
      counter:
        'β = 0: Der Abstand kostet nichts. Was das Modell zuerst schreibt, geht dorthin, wo das Scheitern am besten bezahlt wird.',
      explain:
        'Was bringt das Schummeln einem Versuch höchstens ein, und was kostet ihn bei $β = 0,3$ ein Abstand von 5 nats? Warum lohnt es sich zurückzukommen?',
      apply: {
        task: 'Wenn eine starke Leine ein Modell zurückholt: Warum nicht gleich mit einer beginnen? Vorhersagen, was β = 1 mit einem Lauf der Voreinstellung „Ein gesunder erster Lauf (γ = 0,75)“ macht, dann versuchen: diese [Voreinstellung](field/preset) wählen, die alles andere so setzt wie in unseren Läufen, das [KL-Gewicht β](field/beta) auf 1 und [Schritte](field/steps) auf 30 stellen, dann „Zurücksetzen“ und „Start“.',
        answer:
          'Es lernt wenig. In unseren beiden Läufen (Startwerte 1 und 2) lösten die letzten Antworten nach 30 Schritten 37 % von 128 zurückgehaltenen Aufgaben, mit dem β = 0,01 der Voreinstellung 58 und 56 %, vorher 34 %. Der Abstand ist nur aus Stichproben bekannt, und β vervielfacht ihr Rauschen mit. Eine Leine ist ein Mittel mit einem Preis; eine Belohnung, die verlangt, was man will, ist besser.',
      },
      notes: [
        'Fünfzehn Minuten. Am besten nach „Fürs Scheitern bezahlt“.',
        '1 nat = 1,44 bit. Dass ein einzelner Schätzwert eines Abstands negativ sein kann, überrascht; die Klasse einen Versuch suchen lassen, dessen Programm das Startmodell bereitwilliger geschrieben hätte.',
      ],
    },
    hiddenTests: {
      title: 'Verdeckte Tests',
      question: 'Löst ein Modell, das die Tests besteht, auch die Aufgabe?',
      text: [
        'Jede Aufgabe hat sechs Tests. Hier wird die Belohnung an **einem** davon verdient; die anderen fünf sind vor dem Training verdeckt und urteilen.',
        'Und es gibt nur 16 Aufgaben: Jeder Schritt versucht sie alle wieder.',
      ],
      prediction: {
        question:
          'Nach 20 Schritten an diesen 16 Aufgaben, bei den letzten Antworten (Runde 2): der bezahlte Test und die verdeckten?',
        options: {
          same: 'Beide werden etwa gleich oft bestanden',
          gap: 'Der bezahlte wird deutlich öfter bestanden',
          hiddenAhead: 'Die verdeckten werden öfter bestanden',
        },
        because:
          'Ein Fehler, den der eine Test nicht zeigt, kostet nichts; also beseitigt ihn nichts. Bei wenigen Aufgaben lernt das Modell, was diese wenigen Tests besteht.',
      },
      look: [
        'Unter „Tests, Runde für Runde“: Die erste Zeile ist der bezahlte Test, die anderen sind verdeckt. Gibt es einen Versuch, der den ersten besteht und andere nicht, und wie wird er geschoben?',
        'Die Kurven [Bezahlte Tests, bestanden](chart/paid-tests) und [Verdeckte Tests, bestanden](chart/hidden-tests); diese lässt den bezahlten aus. Zu vergleichen sind ihre Linien von **Runde 2**, den letzten Antworten: Von denen spricht das Ergebnis. In Runde 1 ist das Gewicht $w_1 = −(1 − γ) = −0,25$: Ein Test, den die erste Antwort besteht, wird nicht bezahlt, sondern kostet ein wenig; dort kann der Abstand also umgekehrt sein.',
      ],
      figures: {
        gap: 'Der Abstand in Runde 2: Um so viel mehr der bezahlten als der verdeckten Tests wurde in den letzten zehn Schritten bestanden: {value} Punkte.',
      },
      holds:
        'Bei seinen letzten Antworten (Runde 2) hat das Modell den Test besser gelernt als die Aufgabe. Wer nur auf die Belohnung sieht, merkt es nicht.',
      fails:
        'Der Abstand ist kleiner als erwartet. Welche Fehler der eine Test zeigt, hängt von den 16 Aufgaben ab, die der Startwert zog: einen anderen versuchen.',
      counter:
        'Derselbe eine Test, aber von 1.000 Aufgaben statt 16. Was der Test der einen nicht zeigt, zeigt der einer anderen: Das Modell kann nur lernen, was für alle gilt, und der Abstand schließt sich.',
      explain: 'Warum behebt nichts einen Fehler, den der eine Test nicht zeigt? Was würde ihn beheben?',
      apply: {
        task: 'Wie viele der sechs Tests müssen bei 16 Aufgaben bezahlt werden, bis sich der Abstand schließt? Vorhersagen, dann 3 und 5 versuchen: Die Einstellung heißt [Bezahlte Tests](field/trainTests); alle anderen so lassen, wie das Experiment der Lektion sie hat (16 Aufgaben zum Trainieren, nicht die 1.000 der Gegenprobe), dann „Zurücksetzen“ und „Start“. Der Abstand des eigenen Laufs erscheint unter **3 · Erklären**.',
        answer:
          'Mit einem Test betrug der Abstand in unseren Läufen (Startwerte 1 und 2) 8,4 und 8,1 Punkte, mit dreien 2,9 und 4,5, mit fünfen 5,2 und −3,9. Er schrumpft also, je mehr Tests bezahlt werden; bei fünfen bleibt ein einziger zum Urteilen, und die Zahl ist vor allem Rauschen. Mehr Tests je Aufgabe oder mehr Aufgaben: Beides macht es schwerer, aus dem falschen Grund richtig zu liegen. Verdeckte Tests zeigen es.',
      },
      notes: [
        'Zwanzig Minuten. Dasselbe wie Überanpassung, und wie Unterricht auf die Prüfung hin.',
        'Die Gegenprobe überrascht: Ein Test je Aufgabe genügt, wenn es viele Aufgaben sind.',
      ],
    },
    threeTurns: {
      title: 'Drei Antworten',
      question: 'Hilft eine dritte Antwort?',
      text: [
        'Bei $T = 3$ darf das Modell seine Korrektur korrigieren. Jede frühere Antwort bleibt im Blick. $R = γ^2 r_1 + γ (r_2 − r_1) + (r_3 − r_2)$; bei $γ = 1$ ist das $r_3$: Nur die letzte Antwort zählt.',
        'Dieser Lauf startet mit **Drei Runden**, einem Modell, dem vorher Beispiele mit drei Antworten gezeigt wurden.',
      ],
      prediction: {
        question: 'Wird die dritte Antwort über 10 Schritte mehr Tests bestehen als die zweite?',
        options: {
          rises: 'Mehr, oder gleich viele',
          falls: 'Weniger: Zweimal korrigieren macht etwas kaputt',
          same: 'Sie ist immer eine genaue Kopie',
        },
        because:
          'Das Modell weiß, was eine dritte Antwort ist: Die meisten wiederholen die zweite, manche beheben einen weiteren Fehler, wenige machen einen. So gewinnt es ein wenig, und das Training fügt etwas hinzu.',
      },
      look: [
        '[Das Bild](episode) hat eine Station mehr: schreiben, korrigieren, noch einmal korrigieren.',
        'Wo steht die [dritte große Zahl](chart/accuracy), über der zweiten oder darunter?',
      ],
      figures: {
        third:
          'Um so viel mehr der Tests bestand die dritte Antwort im Mittel über den Lauf als die zweite: {value} Punkte.',
        second: 'Zurückgehaltene Aufgaben, die die zweiten Antworten am Ende lösen: {value}.',
        thirdSolved: 'Zurückgehaltene Aufgaben, die die dritten Antworten am Ende lösen: {value}.',
      },
      holds: 'Die dritte Antwort lohnt sich.',
      fails:
        'Die dritte Antwort verlor, was die zweite hatte. Der Unterschied ist klein neben dem Rauschen eines Schritts; mit einem anderen Startwert noch einmal versuchen.',
      counter:
        'Dasselbe mit **Boost**, das zwei Antworten gesehen hat und nie drei. Seine dritten Antworten sind schlechter als die zweiten: Was nie gezeigt wurde, muss erst durch Zufall gefunden werden, ehe es belohnt werden kann.',
      explain:
        'Was leistet die dritte Antwort, was die zweite noch nicht geleistet hat? Woher kann das Modell das können?',
      apply: {
        task: 'Mit dem [Startmodell](field/model) Boost [Frühere Antworten im Blick](field/history) auf „Letzte Antwort“ stellen. Vorhersagen, ob seine dritten Antworten noch immer schlechter sind, und warum. Alles andere so lassen, wie die Lektion es gesetzt hat, dann „Zurücksetzen“ und „Start“.',
        answer:
          'Sie sind es nicht. Steht nur die letzte Antwort im Blick, so sieht die dritte Runde für das Modell genau wie die zweite aus, und die kennt es. Vor dem Training waren seine dritten Antworten in unserer Messung so gut wie die zweiten (je 33,6 % der Aufgaben) und nach 10 Schritten ebenso, soweit das Rauschen es erkennen lässt: zweite und dritte 50,0 und 50,0 % mit einem Startwert, 43,8 und 42,2 % mit einem anderen.',
      },
      notes: [
        'Fünfzehn Minuten. Episoden sind um die Hälfte länger, die Schritte dauern also auch länger.',
        'Zeigt, wozu überwachtes Training vor dem bestärkenden da ist: Die Belohnung kann nur unter dem wählen, was das Modell schon ab und zu tut.',
      ],
    },
    realModel: {
      title: 'Ein echtes Modell und γ = 0',
      question: 'Was lehrt Verbesserung ein Modell, das sich nicht verbessert?',
      text: [
        'Bisher schrieb ein kleines Modell, das für diese Seite gemacht ist. Jetzt schreibt eines, das andere an einem großen Teil des Netzes trainiert haben: SmolLM2 mit 135 Millionen Parametern, am besten nach dem Boost der Kommandozeile, der es gelehrt hat, mit einer Funktion und sonst nichts zu antworten. Es bekommt kurze Aufgaben in ganzen Sätzen und soll seine Antwort dann berichtigen, wenn sie falsch ist.',
        'Bei $γ = 0$ wird nur die Verbesserung bezahlt: $R = r_2 − (1 − γ) r_1 = r_2 − r_1$. In **Fürs Scheitern bezahlt** hat ein Modell daraus gelernt, zuerst zu scheitern. Das konnte es, weil es wirklich ausbessert, was es geschrieben hat.',
      ],
      prediction: {
        question:
          'γ = 0, drei Schritte mit vier Aufgaben, jede viermal versucht. Manche Programme sind richtig, viele falsch. Welche Versuche werden wahrscheinlicher gemacht?',
        options: {
          better: 'Die, deren Programme mehr Tests bestehen',
          repairs: 'Die, die eine falsche erste Antwort ausbessern: In den meisten Gruppen gibt es welche',
          nothing: 'Kaum einer',
        },
        because:
          'Soll es sich berichtigen, so wiederholt dieses Modell fast immer seine erste Antwort, ob richtig oder falsch. Dann ist $r_2 = r_1$ und $R = 0$, für ein fehlerfreies Programm wie für ein hoffnungsloses. Alle vier Versuche verdienen dasselbe, $A = 0$, und nichts wird geschoben. Verbesserung lässt sich nur bezahlen, wo es welche gibt.',
      },
      look: [
        'Im [Bild](episode) $y_1$ und $y_2$ eines Versuchs vergleichen: Was hat die Korrektur geändert?',
        'Die vier Versuche an einer Aufgabe verdienen oft verschiedene $r_1$. Was ist in $R$ davon geblieben?',
        'Die Kurven [Änderung und Kopien](chart/edit) und [Gruppen, die nichts lehren](chart/zero-std). In einem Schritt, in dem keine Gruppe etwas lehrt, ist der Gradient 0, und das Modell bleibt, wie es ist.',
      ],
      figures: {
        copies: 'Versuche, in denen die Korrektur wieder die erste Antwort war: {value}.',
        alike: 'Gruppen, in denen alle vier Versuche dasselbe R verdienten: {value}.',
      },
      holds:
        'Das Modell wiederholt sich, also bezahlt γ = 0 alle Versuche gleich, und die meisten Gruppen lehren nichts: Was immer es schreibt, es wird nicht geschoben.',
      fails:
        'Die Versuche unterschieden sich darin, was sie verbessert haben. Hatte das Modell den Boost? Eines ohne ihn erklärt mehr, als es schreibt, und wird in beiden Antworten abgeschnitten. Bei höherer Temperatur unterscheiden sich Korrekturen durch Zufall.',
      counter:
        'Dasselbe mit γ = 1: $R = r_2$. Das Modell wiederholt sich wie zuvor. Nun aber verdient eine richtige Antwort, die wiederholt wird, 1 und eine falsche 0. Also unterscheiden sich die Versuche, und die besseren werden hochgeschoben, samt ihrer ersten Antworten.',
      explain:
        'Vier Versuche an einer Aufgabe bestehen 6, 4, 4 und 0 ihrer Tests, und jeder wiederholt seine erste Antwort. Was verdient jeder bei γ = 0 und bei γ = 1, und welche werden geschoben?',
      apply: {
        task: 'Ein Versuch wiederholt eine erste Antwort, die die Hälfte ihrer Tests besteht: $r_1 = r_2 = 1/2$. $R$ für γ = 0, 1/2 und 1 berechnen. Was müsste ein solches Modell lernen, bevor γ = 0 es etwas lehren könnte, und wie?',
        answer:
          '$R = γ r_1$: 0, 1/4 und 1/2. Mit jedem $γ > 0$ werden Versuche, die sich wiederholen, nach ihren ersten Antworten verglichen; γ streckt nur den Unterschied. Bevor γ = 0 es etwas lehren kann, muss es ändern, was falsch ist, und manchmal zum Besseren: durch Beispiele, in denen eine falsche Antwort berichtigt wird (ein längerer Boost), dadurch, dass es den Test sieht, der scheitert ([Rückmeldung zwischen Runden](field/feedback)), oder durch mehr Zufall beim Ziehen ([Temperatur](field/temperature)).',
      },
      notes: [
        'Zwanzig Minuten und ein Modell: 269 MB vom Hub, 98 MB als .gguf-Datei in Q4_1. Vor der Stunde holen; der Boost entsteht an der Kommandozeile und wird daneben auf die Seite gezogen. Am besten nach „Fürs Scheitern bezahlt“ und „Der erste Schritt“.',
        'Die beiden Lektionen über γ = 0 gehören zusammen. Ein Modell, das ausbessern kann, wird fürs Scheitern bezahlt; eines, das es nicht kann, für nichts. Welches von beiden ist an einer Kurve leichter zu bemerken?',
        'SmolLM2 mit dem Boost wiederholte bei Temperatur 0,5 von 96 ersten Antworten 94, bei Temperatur 1 etwa zwei Drittel: Dort unterscheidet sich durch Zufall, was es zieht.',
      ],
    },
  },
};
