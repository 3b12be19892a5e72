import type { Words } from '../words.ts';

export const en: Words = {
  name: 'English',
  tag: 'en',
  controls: {
    lessons: 'Lessons',
    language: 'Language',
    close: 'Leave the lessons',
    all: 'All lessons',
    choose:
      'Each asks for a prediction, runs an experiment, and tells from the run’s own numbers whether it came true.',
    minutes: '{updates} updates',
    predict: '1 · Predict',
    predictFirst: 'Choose an answer first: a prediction made afterwards does not count.',
    run: '2 · Run',
    runLesson: 'Run the experiment',
    runCounter: 'Run the counter-run',
    runAgain: 'Run the experiment again',
    counterAgain: 'Run the counter-run again',
    bring:
      'This lesson needs a model that others trained, which is not part of the page. Get SmolLM2-135M-Instruct in Models, press “Train on it” in its row, and begin the run on the short problems: then the experiment can be run here.',
    bringModel: 'Get the model…',
    stopped: 'Paused at update {step} of {steps}: press Run to go on.',
    running: 'Update {step} of {steps}.',
    finished: 'All {steps} updates are done.',
    ownRunning:
      'What runs now is a run of your own: update {step} of {steps}. When it is over, its figures stand below beside the lesson’s.',
    ownWaits: 'What is set now is an experiment of your own. It begins with Run, in the bar at the top.',
    prepared:
      'The page is set to another experiment than this lesson’s. Run, in the bar at the top, starts that one; the button below starts the lesson’s.',
    before:
      'The picture and the curves still show another run. They will show this lesson’s once you run its experiment.',
    look: 'Look',
    explain: '3 · Explain',
    outcome: 'Outcome',
    seeOutcome: 'See the outcome',
    ofRun: 'The lesson’s experiment',
    ofCounter: 'The counter-run',
    ofOwn: 'A run of your own',
    ownHint: 'Nothing was expected of this run: what its figures say, you decide.',
    holds: 'What the lesson expects holds in this run.',
    fails: 'What the lesson expects does not hold in this run.',
    failsAsItShould: 'As it should be: without its cause, what the lesson expects does not happen.',
    holdsAgainstIt:
      'What the lesson expects holds even here, so its cause is another one than the lesson says.',
    notMeasured: 'Some of it could not be measured in this run.',
    atLeast: 'Expected of the lesson’s experiment: {bound} or more.',
    atMost: 'Expected of the lesson’s experiment: {bound} or less.',
    notHere: 'That does not hold here.',
    hereToo: 'That holds here, too.',
    there: 'In the lesson’s experiment: {value}.',
    sampled:
      'Unless it says “held-out”, a figure here is of the answers that were sampled for the updates. The large numbers above the curves are of held-out tasks, which the model never trains on, answered with the most likely token every time: so the two differ.',
    yet: 'The outcome comes when the run is over.',
    expected: 'What to expect',
    cameTrue: 'Your prediction came true: “{answer}”.',
    cameOtherwise: 'Your prediction did not come true: “{answer}”. What came is: “{right}”.',
    cameUnclear:
      'You predicted “{answer}”. What the lesson expected (“{right}”) does not show clearly here, so your prediction is not settled either.',
    comesWithBoth:
      'You predicted “{answer}”. The question compares two runs: once the counter-run is over, too, this says whether it came true.',
    counter: 'The counter-run',
    differs: 'It differs in this alone: {changes}.',
    apply: '4 · Apply it',
    answer: 'An answer',
    notes: 'For whoever teaches it',
    showSettings: 'Show the settings',
    hideSettings: 'Hide the settings',
    print: 'Print a sheet',
    answers: 'Answers',
    sheetRun:
      'Open {address}, choose “Lessons”, then “{title}”. Run the experiment; write down what you see.',
    sheetCounter:
      'What do you expect of it? Run it from the same lesson (“Run the counter-run”) and write down what is different.',
    sheetWrite: 'Why?',
    experiment: 'The experiment',
    next: 'Next lesson',
  },
  lessons: {
    firstUpdate: {
      title: 'Your first update',
      question: 'What does a model learn from four tries at one task?',
      text: [
        'One update: the model tries 16 tasks, each $k = 4$ times. Every try is two programs, $y_1$ and its correction $y_2$. Unit tests give each a reward, $r_1$ and $r_2$: the share of tests that it passes.',
        'The rewards of a try are added up, $R = r_2 − (1 − γ) r_1$, and **compared with the other three tries at the same task**: $A = R − mean of the others$. A try with $A > 0$ is made more likely, one with $A < 0$ less likely.',
      ],
      prediction: {
        question: 'All four tries at a task pass every test. Which of them is made more likely?',
        options: { all: 'All four: they are right', none: 'None of them', first: 'Only the first' },
        because:
          'When all four earn the same, each is exactly at the mean of the others: $A = 0$, and nothing is pushed, however good they are. A model learns from differences among its own tries.',
      },
      look: [
        'In [the picture](episode), the four lanes are the four tries. Look for a task whose tries earn different rewards: the push on the right says whose answer is made more likely and whose less.',
        'Then use ‹ and › to find a task where all four earn the same. What are their $A$?',
      ],
      figures: {
        alike: 'Groups in which all four tries earned the same and taught nothing: {value}.',
      },
      holds: 'Most groups have tries that differ, so most of the batch teaches something.',
      fails:
        'Too many groups were all alike. That can happen by chance in three updates; run it again with another seed.',
      counter:
        'The same at temperature 0.1: the model hardly varies what it writes, so the four tries are nearly always the same program. Nothing differs, and nothing is learned.',
      explain:
        'From which tasks did the model learn in this update, and why not from the others? Say it without the word “correct”.',
      apply: {
        task: 'The four tries of a task earn $R = 1, 0.5, 0.5, 0$. Compute the four advantages $A$. Then check one in [the picture](episode): select a try and press the number under **5 Push**, its $A$: the formula opens below.',
        answer:
          'The mean of the other three: $1/3, 1/2, 1/2, 2/3$. So $A = 2/3, 0, 0, −2/3$. The two in the middle are not pushed, although each earned $0.5$.',
      },
      notes: [
        'Ten minutes. Needs no knowledge of reinforcement learning; do it first.',
        'The common wrong answer is “all four”. It confuses reward with advantage; let the class say what would happen if every task were easy.',
      ],
    },
    paidToFail: {
      title: 'Paid to fail',
      question: 'Can a reward for correcting oneself teach a model to fail first?',
      text: [
        'The paper rewards improvement: $R = r_2 − (1 − γ) r_1$. At $γ = 0$ that is $R = r_2 − r_1$, the improvement alone.',
        'Fail first and then succeed: $R = 1 − 0 = 1$. Be right at once: $R = 1 − 1 = 0$. The weight of the first answer is $w_1 = −(1 − γ) = −1$: every test that it passes **costs** as much as one that the second answer passes earns.',
        'It takes some 75 updates until a model begins to use this. So this run starts from a checkpoint after 150 updates of γ = 0, with the learning rate doubled.',
      ],
      prediction: {
        question:
          'γ = 0, for 20 more updates. The first answers pass far fewer tests than the last ones now. What becomes of them?',
        options: {
          recovers: 'They recover: it is being trained, after all',
          fails: 'They go on failing, the last ones do not',
          bothFall: 'Both get worse',
        },
        because:
          'The first answer’s reward has the weight −1, the last one’s +1. The model gives up its first answer in order to have something to repair.',
      },
      look: [
        'Watch the chart [Reward](chart/reward): the share of the tests that the first answers (turn 1) and the last ones (turn 2) of the training batch pass. Do the two lines come nearer to each other? The outcome is about these. The [large numbers](chart/accuracy) above them are of other tasks and may move the other way in so few updates.',
        'In [the picture](episode), choose a try that was pushed up and read its first program. Is it right? What does the second one change?',
      ],
      figures: {
        gap: 'How many more of the tests the last answers passed than the first, in the last ten updates: {value} points.',
        first:
          'How the tests passed by the first answers changed from the first ten updates to the last ten: {value} points.',
      },
      holds:
        'The first answers go on failing tests that the same model passes a moment later: it is paid to fail, and it does.',
      fails:
        'The first answers recovered, or the last ones came down to them. If both got worse, the model is forgetting, not cheating. If the first ones recovered, look whether γ is still 0; a single run of 20 updates may also do so by chance.',
      counter:
        'The same checkpoint with γ = 1. Now $R = r_2$ and $w_1 = 0$: failing first earns nothing, and within 20 updates the first answer comes back on the coat-tails of the second.',
      explain: 'What did the model do to its first answers, and which part of the reward paid for it?',
      apply: {
        task: 'For which γ is being right twice worth as much as failing first and repairing it? Find it on paper. Then set [γ](field/gamma) to it, leave everything else as the lesson has set it, press Reset, then Run, and so begin from the same checkpoint: does it stop the cheating?',
        answer:
          '$(1, 1)$ earns γ and $(0, 1)$ earns 1, so only at $γ = 1$ are they equal; below it failing first always earns more. Whether a model gets there also depends on how much a better first answer helps the second. The chart [Coupling c](chart/coupling) draws that: by how much $r_2$ is higher, from one try to another, where $r_1$ is higher by 1. The first answer is safe where $c > 1 − γ$, the dashed line.',
      },
      notes: [
        'Twenty minutes. The heart of the matter: what is paid for is what is learned.',
        'Let them compute R for (0, 1) and (1, 1) before they predict. Many then predict the failing and are still surprised by how literally it happens.',
        'Ask who could have noticed it from the last answer’s accuracy alone. Nobody: it rises.',
      ],
    },
    releasedCode: {
      title: 'Why γ does nothing in the released code',
      question: 'How can a hyper-parameter of a paper have no effect in its code?',
      text: [
        'The paper draws $k$ whole tries per task. The authors’ released code draws **one** first answer and $k$ corrections of it, and trains the corrections only.',
        'All $k$ tries then share $r_1$. With $R_i = r_{2,i} − (1 − γ) r_1$, the comparison $R_i − mean of the others$ subtracts the same $(1 − γ) r_1$ again: it is gone, and γ with it.',
      ],
      prediction: {
        question: 'In this objective γ is moved from 0 to 2. What happens to the advantages?',
        options: {
          faster: 'They grow: the first answer counts more',
          nothing: 'Nothing, to the last digit',
          cheats: 'They favour a bad first answer',
        },
        because:
          'What all tries of a group have in common cancels when they are compared with each other. (Not with the REINFORCE estimator, whose baseline spans other tasks, nor with more than two turns.)',
      },
      look: [
        'All four lanes begin with the same first program.',
        'Open the settings and move [γ](field/gamma) while the run stands: a sentence beside it says what that does.',
      ],
      figures: {
        effect:
          'The last batch was compared again with γ = 0 and with γ = 2. Its advantages moved by at most {value}.',
      },
      holds: 'No advantage moved at all: γ does nothing here.',
      fails:
        'Some advantage moved. Are the objective still “Released code” and the estimator not REINFORCE? Then this is a mistake of ours: please tell us.',
      counter:
        'The paper’s objective: each try has a first answer of its own, so $r_1$ differs within the group and γ decides what that is worth.',
      explain:
        'Follow $r_1$ through the comparison. Where does it drop out, and why only because all tries share it?',
      apply: {
        task: 'Predict whether γ has an effect in the released-code objective with the estimator REINFORCE, and say why. Then choose it under [Estimator](field/estimator), and see whether the reason beside γ has gone.',
        answer:
          'It has. REINFORCE compares with the mean of the whole batch, whose tasks have different first answers, so $(1 − γ) r_1$ no longer cancels. It still teaches nothing about the first answer, which is not trained: it is noise. In our runs (seeds 1 and 2) γ = 0 and γ = 0.75 gave other weights from the first update on; with RLOO they gave the same.',
      },
      notes: [
        'Fifteen minutes, more with the algebra on the board.',
        'A lesson on reading code beside papers. Nothing is wrong with the code’s results; only its γ says nothing about them.',
      ],
    },
    sparseReward: {
      title: 'Progressive or binary',
      question: 'Is a reward for every test better than one for all of them?',
      text: [
        'Progressive: $r =$ the share of tests passed. Binary: $r = 1$ if every test is passed, otherwise 0. The binary reward is what we want in the end. So why not pay for that?',
        'This run starts from **Beginner**, a model with a bug nearly everywhere one can be, on the hardest tasks. Hardly any of its programs passes everything, but on average each passes a third of its tests.',
      ],
      prediction: {
        question:
          'Two runs of 20 updates from this start, the experiment with the progressive reward and the counter-run with the binary one. What happens?',
        options: {
          same: 'Both learn about equally fast',
          binaryAhead: 'Binary is ahead: it pays for what we want',
          binaryStuck: 'Progressive moves, binary hardly does',
        },
        because:
          'With the binary reward nearly all four tries of a task earn 0. They do not differ, so nothing is learned from them. The progressive reward tells a program with one bug from one with two.',
      },
      look: [
        'The chart [Groups without signal](chart/zero-std): how many of the tasks teach nothing?',
        'Which moves first, the [Reward](chart/reward), which in this run is the share of tests passed, or the [accuracy](chart/accuracy), the share of tasks solved?',
      ],
      figures: {
        alike: 'Groups in which all tries earned the same: {value}.',
        tests:
          'How many more of the tests of held-out tasks the last answers pass than before training: {value} points.',
        solved: 'Held-out tasks that the last answers solve: {value}.',
      },
      holds: 'The progressive reward finds something to learn from in a start where almost nothing is right.',
      fails:
        'The reward did not find enough differences, or the tests passed did not rise. Twenty updates are few; run it again with another seed.',
      counter:
        'The same with the binary reward. Most groups earn nothing but zeros. Once a try is right by luck it is learned from, so given enough updates this run catches up.',
      explain:
        'Two programs are wrong, one with one bug and one with two. What does each of the two rewards say about them, and what can be learned from that?',
      apply: {
        task: 'Predict which reward is ahead from the starting model Boost on all levels, where a third of the programs are right. Then try both: choose the [preset](field/preset) “A healthy first run (γ = 0.75)”, which begins there and sets everything else as our runs had it (16 tasks an update, 128 held-out tasks), set 50 [updates](field/steps), press Reset and Run; then the same with the other [Reward](field/reward).',
        answer:
          'Binary was ahead in both of our runs (seeds 1 and 2): the last answers solved 68 and 67 % of 128 held-out tasks, with the progressive reward 60 and 59 %, and 34 % before. So progressive is not better in general: it is faster from a start where nearly nothing passes everything. Where a third is right already, the binary reward has an advantage: it never pays for a program that is only half right.',
      },
      notes: [
        'Fifteen minutes. Opens the discussion of reward shaping.',
        'The paper claims the progressive reward is better. At this scale that holds for sparse starts only. From a beginner that repaired one bug in ten, and so was right now and then, binary was ahead after 30 updates: 29 % of held-out tasks against 15 % (one seed).',
      ],
    },
    klLeash: {
      title: 'The KL leash',
      question: 'What brings a model back that has run away from where it started?',
      text: [
        'Every try pays for its distance from the frozen starting model: $R′ = R − β KL$. $π$ is the probability that the model gives to a token now, $π_{ref}$ the one that the starting model gave it. $KL$ adds up $log π − log π_{ref}$ over the tokens of a try. The logarithm is the natural one, so the unit is the **nat**: 1 nat is a factor of $e ≈ 2.7$ in probability, and 5 nats are a factor of about 150.',
        'This is an estimate from a single try. It is **negative** where the starting model would have been likelier to write just this try than the model is now; such a try does not pay, it is paid. The mean over all tries that the model might write, which is the true distance, is never negative.',
        'This run starts where the model that is paid to fail has got to: its first answers are some 5 nats away from the starting model. γ stays 0, so failing first is still paid for. But now $β = 0.3$.',
      ],
      prediction: {
        question: 'γ = 0 and β = 0.3, for 20 updates. What happens to the distance of the first answers?',
        options: {
          further: 'It grows: cheating is still paid for',
          stays: 'It stays: the two balance',
          back: 'It shrinks clearly',
        },
        because:
          'Cheating earns at most 1 more than honesty. At $β = 0.3$ a distance of 5 nats costs 1.5. So coming back pays, whatever the tests say.',
      },
      look: [
        'The chart of the [KL to the starting model](chart/kl): which way does the line of turn 1 go?',
        'In [the picture](episode), one of the bars under **3 Reward** and **4 Compare** is for the KL. How long is it beside the others, at first and later? In which tries does it add to the reward?',
      ],
      figures: {
        distance:
          'How the distance of the first answers changed from the first ten updates to the last ten: {value} nats.',
        solved: 'Held-out tasks that the last answers solve: {value}.',
      },
      holds: 'The leash pulls: the first answers are coming back to the starting model.',
      fails:
        'The first answers have not come back far enough. The estimate is made from samples, and a strong leash makes it noisier still; run it again with another seed.',
      counter:
        'β = 0: nothing is paid for the distance. What the model writes first goes wherever failing is paid best.',
      explain:
        'What does cheating earn a try at most, and what does a distance of 5 nats cost it at $β = 0.3$? Why does coming back pay?',
      apply: {
        task: 'If a strong leash brings a model back, why not begin with one? Predict what β = 1 does to a run of the preset “A healthy first run (γ = 0.75)”, then try it: choose that [preset](field/preset), which sets everything else as our runs had it, set the [KL coefficient β](field/beta) to 1 and [Updates](field/steps) to 30, then press Reset and Run.',
        answer:
          'It learns little. In both of our runs (seeds 1 and 2) the last answers solved 37 % of 128 held-out tasks after 30 updates, with the preset’s β = 0.01 58 and 56 %, and 34 % before. The distance is known only from samples, and β multiplies their noise along with it. A leash is a remedy with a price; a reward that asks for what is wanted is better.',
      },
      notes: [
        'Fifteen minutes. Best after “Paid to fail”.',
        '1 nat = 1.44 bits. That a single estimate of a distance can be negative surprises; let the class find a try whose program the starting model would have written more readily.',
      ],
    },
    hiddenTests: {
      title: 'Hidden tests',
      question: 'Does a model that passes the tests solve the task?',
      text: [
        'Each task has six unit tests. Here the reward is earned on **one** of them; the other five are hidden from training and judge it.',
        'And there are only 16 tasks: every update tries all of them again.',
      ],
      prediction: {
        question:
          'After 20 updates, on these 16 tasks, in the last answers (turn 2): the test that is paid for and the hidden ones?',
        options: {
          same: 'Both are passed about equally often',
          gap: 'The one paid for is passed clearly more often',
          hiddenAhead: 'The hidden ones are passed more often',
        },
        because:
          'A bug that the one test does not show costs nothing, so nothing removes it. With few tasks the model learns what passes these few tests.',
      },
      look: [
        'Under “Unit tests, turn by turn”: the first row is the test that is paid for, the others are hidden. Is there a try that passes the first and fails others, and how is it pushed?',
        'The charts [Tests trained on, passed](chart/paid-tests) and [Hidden tests, passed](chart/hidden-tests), which leaves out the one paid for. Compare their lines of **turn 2**, the last answers, which is what the outcome says. For turn 1 the weight is $w_1 = −(1 − γ) = −0.25$: a test that the first answer passes is not paid for but costs a little, so there the gap can be the other way round.',
      ],
      figures: {
        gap: 'The gap at turn 2: how much more of the tests paid for than of the hidden ones was passed in the last ten updates: {value} points.',
      },
      holds:
        'In its last answers (turn 2) the model has learned the test better than the task. Who looks at the reward alone does not see it.',
      fails:
        'The gap is smaller than expected. Which bugs the one test shows depends on the 16 tasks that the seed drew: try another seed.',
      counter:
        'The same single test, but of 1,000 tasks instead of 16. What one task’s test does not show another’s does: the model can only learn what holds for all, and the gap closes.',
      explain: 'Why does nothing remove a bug that the one test does not show? What would?',
      apply: {
        task: 'With 16 tasks, how many of the six tests must be paid for until the gap closes? Predict, then try 3 and 5: the setting is [Tests trained on](field/trainTests); leave all others as the lesson’s experiment has them (16 training tasks, not the counter-run’s 1,000), then press Reset and Run. The gap of your run comes under **3 · Explain**.',
        answer:
          'With one test the gap was 8.4 and 8.1 points in our runs (seeds 1 and 2), with three 2.9 and 4.5, with five 5.2 and −3.9. So it shrinks as more tests are paid for; at five a single test is left to judge, and the figure is mostly noise. More tests per task or more tasks: both make it harder to be right for the wrong reason. Hidden tests are what shows it.',
      },
      notes: [
        'Twenty minutes. The same as overfitting, and as teaching to the test.',
        'The counter-run surprises: one test per task is enough if there are many tasks.',
      ],
    },
    threeTurns: {
      title: 'Three turns',
      question: 'Does a third answer help?',
      text: [
        'With $T = 3$ the model may correct its correction. Every earlier answer stays in view. $R = γ^2 r_1 + γ (r_2 − r_1) + (r_3 − r_2)$; at $γ = 1$ that is $r_3$: only the last answer counts.',
        'This run starts from **Three turns**, a model that was shown examples of three answers before.',
      ],
      prediction: {
        question: 'Over 10 updates, will the third answer pass more tests than the second?',
        options: {
          rises: 'More, or as many',
          falls: 'Fewer: correcting twice breaks things',
          same: 'It is always an exact copy',
        },
        because:
          'The model knows what a third answer is: most repeat the second, some repair another bug, and few break one. So it gains a little, and training adds to it.',
      },
      look: [
        '[The picture](episode) has a station more: write, correct, correct again.',
        'Where does the [third large number](chart/accuracy) stand, above the second or below?',
      ],
      figures: {
        third:
          'How many more of the tests the third answer passed than the second, on average over the run: {value} points.',
        second: 'Held-out tasks that the second answers solve at the end: {value}.',
        thirdSolved: 'Held-out tasks that the third answers solve at the end: {value}.',
      },
      holds: 'The third answer is worth having.',
      fails:
        'The third answer lost what the second had. The difference is small beside the scatter of a single update; run it again with another seed.',
      counter:
        'The same from **Boost**, which has seen two answers and never three. Its third answers are worse than its second: a skill that was never shown has to be found by chance before it can be rewarded.',
      explain:
        'What does the third answer do that the second has not done? Where can the model have learned that?',
      apply: {
        task: 'With the [starting model](field/model) Boost, set [Earlier answers in view](field/history) to “Latest answer”. Predict whether its third answers are still worse, and why. Leave everything else as the lesson has set it, and press Reset and Run.',
        answer:
          'They are not. With only the latest answer in view the third turn looks to the model exactly like the second, which it knows. Before training its third answers were as good as its second in our measurement (33.6 % of tasks each), and after 10 updates as good within the noise: second and third 50.0 and 50.0 % with one seed, 43.8 and 42.2 % with another.',
      },
      notes: [
        'Fifteen minutes. Episodes are half as long again, so updates take longer.',
        'Shows what supervised training before reinforcement learning is for: the reward can only choose among what the model already does now and then.',
      ],
    },
    realModel: {
      title: 'A real model and γ = 0',
      question: 'What does improvement teach a model that does not improve?',
      text: [
        'So far a small model wrote, one that was made for this page. Now one that others trained on much of the web: SmolLM2, with 135 million parameters, best after the boost of the command line, which taught it to answer with a function and nothing else. It is asked short problems in whole sentences, then to correct its answer if that is wrong.',
        'At $γ = 0$ only the improvement is paid: $R = r_2 − (1 − γ) r_1 = r_2 − r_1$. In **Paid to fail** a model learned from that to fail first. It could, because it does repair what it wrote.',
      ],
      prediction: {
        question:
          'γ = 0, three updates of four problems, each tried four times. Some programs are right, many are wrong. Which tries are made more likely?',
        options: {
          better: 'Those whose programs pass more tests',
          repairs: 'Those that repair a wrong first answer: there are some in most groups',
          nothing: 'Hardly any',
        },
        because:
          'Asked to correct itself, this model repeats its first answer nearly every time, right or wrong. Then $r_2 = r_1$ and $R = 0$, for a perfect program as for a hopeless one. All four tries earn the same, $A = 0$, and nothing is pushed. Improvement can be paid only where there is some.',
      },
      look: [
        'In [the picture](episode), compare $y_1$ and $y_2$ of a try: what has the correction changed?',
        'The four tries at a problem often earn different $r_1$. What has become of that in $R$?',
        'The charts [Edit distance and copies](chart/edit) and [Groups without signal](chart/zero-std). In an update whose groups are all without signal the gradient is 0, and the model stays what it is.',
      ],
      figures: {
        copies: 'Tries in which the correction was the first answer again: {value}.',
        alike: 'Groups in which all four tries earned the same R: {value}.',
      },
      holds:
        'The model repeats itself, so γ = 0 pays all tries alike, and most groups teach nothing: whatever it writes, it is not pushed.',
      fails:
        'The tries differed in what they improved. Did the model have the boost? One without it explains more than it writes, and is cut off in both answers. At a higher temperature corrections differ by chance.',
      counter:
        'The same with γ = 1: $R = r_2$. The model repeats itself as before. But now a right answer that is repeated earns 1 and a wrong one 0, so tries differ, and the better ones are pushed up, first answers included.',
      explain:
        'Four tries at a problem pass 6, 4, 4 and 0 of its tests, and each repeats its first answer. What does each earn at γ = 0 and at γ = 1, and which are pushed?',
      apply: {
        task: 'A try repeats a first answer that passes half of its tests: $r_1 = r_2 = 1/2$. Compute $R$ for γ = 0, 1/2 and 1. Then say what such a model would have to learn before γ = 0 could teach it anything, and how.',
        answer:
          '$R = γ r_1$: 0, 1/4 and 1/2. With any $γ > 0$ tries that repeat themselves are compared by their first answers; γ only scales the difference. Before γ = 0 can teach it anything, it must change what is wrong, sometimes for the better: by examples in which a wrong answer is put right (a longer boost), by being shown the test that fails ([Feedback between turns](field/feedback)), or by more chance in what it draws ([Temperature](field/temperature)).',
      },
      notes: [
        'Twenty minutes, and a model: 269 MB from the hub, 98 MB as a .gguf file in Q4_1. Get it before the lesson; the boost is made at the command line and dropped on the page beside it. Best after “Paid to fail” and “Your first update”.',
        'The two lessons on γ = 0 belong together. A model that can repair is paid to fail first; one that cannot is paid for nothing. Let the class say which of the two is easier to notice from a curve.',
        'SmolLM2 with the boost repeated 94 of 96 first answers at temperature 0.5, and about two thirds at temperature 1, where what it draws differs by chance.',
      ],
    },
  },
};
