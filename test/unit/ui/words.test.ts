/** Every language says all that the page says, and says it in its own words. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultExperiment, describeValues } from '../../../src/config/experiment.ts';
import { field, fieldNames } from '../../../src/config/fields.ts';
import { broughtPresets, presets } from '../../../src/config/presets.ts';
import { idleFields, rules } from '../../../src/config/rules.ts';
import { groupLabels } from '../../../src/config/types.ts';
import { metricTable } from '../../../src/rl/metricTable.ts';
import { signatures } from '../../../src/rl/signatures.ts';
import { loopStages } from '../../../src/ui/status.ts';
import { say, speak, told } from '../../../src/ui/say.svelte.ts';
import { de } from '../../../src/ui/words/inGerman.ts';

const src = join(import.meta.dirname, '../../../src');

/** What is the same in German: names, signs, formulas, and words that both have. */
const same =
  /^(?:[\W\d]|α|γ|β|w|A|R|c|T|k|b|s|n|ms|nats|nats\/token|KL|LoRA|MLP|AdamW|RLOO|REINFORCE|GRPO|Dr\.|Boost|Repairer|Three turns|Beginner|CoCoS|SCoRe|Adam|Top-p|Attention|Adapter|Experiment|Episode|Policy|Syntax|Test|Tests|Token|Tensor|Alarm|Link|Format|Pause|Code|Logits|Training|Reward Hacking|greedy|Hub|\{\w+\})+$/i;

const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort().join();
const entries = Object.entries(de);

describe('German', () => {
  it('says everything with the same values', () => {
    const wrong = entries.filter(
      ([text, said]) =>
        said.trim() === '' ||
        places(said) !== places(text) ||
        said.split('**').length !== text.split('**').length,
    );
    expect(wrong).toEqual([]);
  });

  it('has no English left', () => {
    const english =
      /\b(?:the|and|of|with|which|that|this|from|are|not|task|reward|update|step|turn|try|tries|push|pushed)\b/i;
    expect(entries.filter(([text, said]) => text === said && !same.test(said))).toEqual([]);
    expect(entries.filter(([, said]) => english.test(said.replace(/Reward Hacking|\{\w+\}/g, '')))).toEqual(
      [],
    );
  });

  it('has no text that nobody says', () => {
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|svelte)$/.test(name) && !name.includes(join('ui', 'words')))
      .map((name) => readFileSync(join(src, name), 'utf8'));
    const code = files.join('\n').replaceAll('\\u00a0', '\u00a0').replaceAll("\\'", "'");
    const nobody = entries
      .map(([text]) => text)
      .filter((text) => !text.split(/\{\d\}/).every((part) => code.includes(part)));
    // Plurals are made where things are counted.
    expect(nobody.filter((text) => !code.includes(`'${text.replace(/s$/, '')}'`))).toEqual([]);
  });
});

describe('what other rooms say', () => {
  beforeAll(() => speak('de', () => true));
  afterAll(() => speak('en', () => true));
  const left = (texts: readonly string[]) =>
    texts.filter((text) => text !== '' && told(text) === text && !same.test(text));

  it('is said in German: fields, their help, choices, sources and groups', () => {
    const texts = fieldNames.flatMap((name) => {
      const row = field(name);
      const choices = row.kind === 'choice' ? row.choices.flatMap(({ label, help }) => [label, help]) : [];
      const unit = row.kind === 'int' || row.kind === 'float' ? row.unit : '';
      const accepts = row.kind === 'choice' ? '' : describeValues(row);
      return [row.label, row.help, row.source, unit, accepts, ...choices];
    });
    expect(left([...texts, ...Object.values(groupLabels)])).toEqual([]);
  });

  it('presets, rules, and why a field has no effect', () => {
    const shown = [...presets, ...broughtPresets].flatMap(({ title, story }) => [title, story]);
    const messages = rules.flatMap(({ message }) => (typeof message === 'string' ? [message] : []));
    const idle = [
      defaultExperiment,
      { ...defaultExperiment, turns: 1 },
      { ...defaultExperiment, tasks: 'own', heldOut: 0, model: 'other' },
      { ...defaultExperiment, returns: 'per-turn', reward: 'binary', accumulate: 'last' },
      { ...defaultExperiment, objective: 'released-code' },
    ] as const;
    expect(
      left([...shown, ...messages, ...idle.flatMap((e) => idleFields(e).map(({ why }) => why))]),
    ).toEqual([]);
  });

  it('metrics and alarms, with their numbers', () => {
    const metrics = metricTable.flatMap(({ label, explanation, unit }) => [label, explanation, unit]);
    const alarms = signatures.flatMap((one) => [
      one.title,
      one.explanation,
      one.advice,
      ...one
        .remedies({ ...defaultExperiment, k: 3, temperature: 1.2 })
        .flatMap(({ label, why }) => [label, why]),
      ...[1, 2, 3].flatMap((turns) =>
        one.ways(turns).flatMap((all) => all.flatMap(({ what, than }) => [what.label, than])),
      ),
    ]);
    expect(left([...metrics, ...alarms])).toEqual([]);
    expect(told('test 3 could not be run: the test is not valid Python')).toBe(
      'Test 3 konnte nicht ausgeführt werden: the test is not valid Python',
    );
  });

  it('puts values in, and leaves what it does not know', () => {
    expect(say('turn {number}', { number: 2 })).toBe('Runde 2');
    expect(loopStages.map(({ label }) => say(label))[0]).toBe('schreiben');
    expect(told('a sentence of nobody')).toBe('a sentence of nobody');
  });
});
