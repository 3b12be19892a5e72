/**
 * Trains the tokenizer on the built-in families and writes it as Hugging Face's tokenizer.json.
 * Usage: npx tsx src/cli/tokenizer.ts [--out public/models/tokenizer.json]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { specialTokens, tokenizerJson, trainMerges } from '../tasks/bpe.ts';
import { supervisedExample } from '../tasks/supervised.ts';

/** 6 specials, 256 bytes, 250 merges. */
const vocabularySize = 512;
const exampleCount = 8000;
/** One example in this many also carries a line of test feedback. */
const feedbackEvery = 20;
const corpusSeed = 5;

/** The corpus: instructions and answers of training compositions. */
function* corpus(): Generator<string> {
  for (let i = 0; i < exampleCount; i++) {
    const feedback = i % feedbackEvery === 0;
    const example = supervisedExample(corpusSeed, i, { bugScale: 1, repair: 0.25, break: 0.05, feedback });
    yield example.instruction;
    yield example.answers[0]!;
    if (i % 5 === 0) yield example.answers[1]!; // programs weigh more: they are what the model must write
    if (feedback) yield* example.feedback;
  }
}

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'public/models/tokenizer.json' } },
});
const merges = trainMerges(corpus(), vocabularySize - 256 - specialTokens.length);
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(values.out, JSON.stringify(tokenizerJson(merges), null, 1) + '\n');
console.log(`${values.out}: ${vocabularySize} tokens`);
