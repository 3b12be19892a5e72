/**
 * Trains the tokenizer on the built-in families and writes it as Hugging Face's tokenizer.json.
 * Usage: npx tsx src/cli/tokenizer.ts [--out public/models/tokenizer.json]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { SPECIAL_TOKENS, tokenizerJson, trainMerges } from '../tasks/bpe.ts';
import { supervisedExample } from '../tasks/supervised.ts';

/** 6 specials, 256 bytes, 250 merges. */
const VOCABULARY = 512;
const EXAMPLES = 8000;
/** One example in this many also carries a line of test feedback. */
const FEEDBACK_EVERY = 20;
const SEED = 5;

/** The corpus: instructions and answers of training compositions. */
function* corpus(): Generator<string> {
  for (let i = 0; i < EXAMPLES; i++) {
    const feedback = i % FEEDBACK_EVERY === 0;
    const example = supervisedExample(SEED, i, { bugScale: 1, repair: 0.25, break: 0.05, feedback });
    yield example.instruction;
    yield example.answers[0]!;
    if (i % 5 === 0) yield example.answers[1]!; // programs weigh more: they are what the model must write
    if (feedback) yield* example.feedback;
  }
}

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'public/models/tokenizer.json' } },
});
const merges = trainMerges(corpus(), VOCABULARY - 256 - SPECIAL_TOKENS.length);
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(values.out, JSON.stringify(tokenizerJson(merges), null, 1) + '\n');
console.log(`${values.out}: ${VOCABULARY} tokens`);
