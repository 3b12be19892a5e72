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
import { valueWords } from '../../../src/ui/charts/catalogue.ts';
import { fixed, signed, significant, typedNumber, typedValues, whole } from '../../../src/ui/format.ts';
import { preferredOf } from '../../../src/ui/state/language.svelte.ts';
import { rewardGradientOf } from '../../../src/ui/rewardGradient.ts';
import { loopStages } from '../../../src/ui/status.ts';
import { say, speak, told } from '../../../src/ui/say.svelte.ts';
import { de } from '../../../src/ui/words/inGerman.ts';
import { deLater } from '../../../src/ui/words/inGermanLater.ts';

const src = join(import.meta.dirname, '../../../src');

/** What is the same in German: names, signs, formulas, and words that both have. */
const same =
  /^(?:[\W\d]|α|γ|β|w|A|R|c|T|k|b|s|n|ms|nats|nats\/token|KL|LoRA|MLP|AdamW|RLOO|REINFORCE|GRPO|Dr\.|Boost|Repairer|Three turns|Beginner|CoCoS|SCoRe|Adam|Top-p|Attention|Adapter|Experiment|Episode|Policy|Syntax|Test|Tests|Token|Tensor|Alarm|Link|Format|Pause|Code|Logits|Training|Name|Threads|Browser|Terminal|in|Reward Hacking|greedy|Hub|\{\w+\})+$/i;

const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort().join();
const entries = [...Object.entries(de), ...Object.entries(deLater)];

describe('German', () => {
  it('says nothing twice', () => {
    expect(Object.keys(deLater).filter((text) => text in de)).toEqual([]);
  });

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

it('opens in the first of the browser’s languages that the page has', () => {
  expect(preferredOf(['de-DE', 'en'])).toBe('de');
  expect(preferredOf(['fr-FR', 'en-GB', 'de'])).toBe('en');
  expect(preferredOf(['fr'])).toBe('en');
  expect(preferredOf([])).toBe('en');
});

describe('numbers in German', () => {
  beforeAll(() => speak('de', () => true));
  afterAll(() => speak('en', () => true));

  it('have a decimal comma, wherever they come from', () => {
    expect([significant(0.25), fixed(-1.5), signed(2), whole(0.0006)]).toEqual([
      '0,25',
      '−1,50',
      '+2,00',
      '0,0006',
    ]);
    expect(significant(8.7e-4)).toBe('8,7·10⁻⁴');
    expect(valueWords('gamma', 0.75)).toBe('0,75');
    expect(rewardGradientOf({ ...defaultExperiment, gamma: 0.75 }).formula).toBe('R = r₂ − 0,25·r₁');
    expect(say('{value} nats', { value: 1.5 })).toBe('1,5 nats');
  });

  it('are read as they are written, one or several', () => {
    expect(['0,5', '0.5', ',5'].map((text) => typedNumber(text, 'float'))).toEqual(['0.5', '0.5', '.5']);
    expect(['12', '1.000', '12.500', '1.5'].map((text) => typedNumber(text, 'int'))).toEqual([
      ...['12', '1000', '12500', '1.5'],
    ]);
    expect(typedValues('0,1, 0,2', 'float')).toEqual(['0.1', '0.2']);
    expect(typedValues('0; 0,5; 1.5', 'float')).toEqual(['0', '0.5', '1.5']);
    expect(typedValues('1.000; 2,3', 'int')).toEqual(['1000', '2.3']);
    expect(typedValues('1,2,3', 'int')).toEqual(['1', '2', '3']);
    expect(typedValues('max(r[1],0); r[2]', 'text')).toEqual(['max(r[1],0)', 'r[2]']);
  });

  it('leave what the user wrote as it is', () => {
    const own = { ...defaultExperiment, accumulate: 'formula' as const, formula: 'max(r[1], 0.5) + r[2]' };
    expect(rewardGradientOf(own).formula).not.toContain('0,5');
  });

  it('are no others in the catalogue', () => {
    const texts = entries
      .map(([, said]) => said)
      .filter((text) => /\d\.\d/.test(text.replace(/(arXiv|Node ab) [\d.]+/g, '')));
    expect(texts).toEqual([]);
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
