/**
 * Command-line flags, derived from the field table: `learningRate` is `--learning-rate`. No Node modules here,
 * so that the page can show the command line of an experiment too.
 */
import { closest, distance } from 'fastest-levenshtein';
import { defaultExperiment, describeError, describeValues, parseExperiment } from './experiment.ts';
import { valueFromText, type Experiment } from './experiment.ts';
import { field, fieldNames, type FieldName } from './fields.ts';
import { findPreset, presetExperiment, presets } from './presets.ts';
import { fieldGroups, groupLabels, type Field } from './types.ts';

/** An option of one command that is not a field of the experiment, e.g. `out`. */
export interface ExtraOption {
  /** Placeholder of its value in the help, e.g. 'DIR'; '' for a switch that takes no value. */
  readonly value: string;
  readonly help: string;
  /** Legal values, when there are only a few. */
  readonly choices?: readonly string[];
  /** The field in whose place it is given. */
  readonly insteadOf?: FieldName;
}
export type ExtraOptions = Readonly<Record<string, ExtraOption>>;

/** An experiment that flags change, in place of a preset. */
export interface Start {
  readonly experiment: Experiment;
  readonly name: string;
}

/** A mistake on the command line. The message is one line for the user. */
export class FlagError extends Error {
  override name = 'FlagError';
}

export interface ParsedFlags {
  /** The preset (the default one unless `--preset` was given) with the flags' changes. */
  readonly experiment: Experiment;
  /** Only what the flags themselves set, for a resumed run that keeps its own experiment. */
  readonly changes: Partial<Experiment>;
  /** What the experiment starts from: the preset, or the name that `startFrom` gave. */
  readonly preset: string;
  /** Values of the extra options that were given; true for a switch. */
  readonly options: Readonly<Record<string, string | true>>;
  /** `--help` or `-h` was among them. */
  readonly help: boolean;
}

/** `--preset`; a command that knows more experiments has an option of its own in its place. */
export const presetOption: ExtraOption = {
  value: 'NAME',
  help: 'Experiment to start from; other flags change it.',
  choices: presets.map((p) => p.id),
};
const helpOption: ExtraOption = { value: '', help: 'Show this help.' };

/** learningRate → --learning-rate, adamBeta1 → --adam-beta1 */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** What a command accepts: flag → field or extra option. An extra option takes the place of a field with the same flag. */
function acceptedFlags(extra: ExtraOptions, accepted: readonly FieldName[]) {
  const flags = new Map<string, { field: FieldName } | { option: string; spec: ExtraOption }>();
  for (const name of accepted) flags.set(flagOf(name), { field: name });
  if (accepted.length > 0) flags.set('--preset', { option: 'preset', spec: presetOption });
  flags.set('--help', { option: 'help', spec: helpOption });
  for (const [option, spec] of Object.entries(extra)) flags.set(flagOf(option), { option, spec });
  return flags;
}

function unknownFlag(flag: string, known: readonly string[]): FlagError {
  const nearest = closest(flag, [...known]);
  const hint = distance(flag, nearest) <= 4 ? ` Did you mean ${nearest}?` : '';
  return new FlagError(`Unknown flag ${flag}.${hint} --help lists them all.`);
}

/**
 * Reads `--name value` and `--name=value`.
 * @param argv without the program's name.
 * @param extra options of this command beside the experiment's fields.
 * @param accepted the fields this command reads; all unless given.
 * @param startFrom reads the experiment to start from, if the options name one that is not among the presets.
 * @throws FlagError naming the flag, what was wrong and what is legal.
 */
export function parseFlags(
  argv: readonly string[],
  extra: ExtraOptions = {},
  accepted: readonly FieldName[] = fieldNames,
  startFrom: (options: ParsedFlags['options']) => Start | null = () => null,
): ParsedFlags {
  const flags = acceptedFlags(extra, accepted);
  const given = new Map<string, string | true>();
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] === '-h' ? '--help' : argv[i];
    if (!word.startsWith('--'))
      throw new FlagError(`Unexpected "${word}": every setting is a flag, --name value.`);
    const cut = word.indexOf('=');
    const flag = cut < 0 ? word : word.slice(0, cut);
    const target = flags.get(flag);
    if (target === undefined) throw unknownFlag(flag, [...flags.keys()]);
    if (given.has(flag)) throw new FlagError(`${flag} was given twice.`);
    if ('option' in target && target.spec.value === '') {
      if (cut >= 0) throw new FlagError(`${flag} takes no value.`);
      given.set(flag, true);
    } else {
      const value = cut < 0 ? argv[++i] : word.slice(cut + 1);
      if (value === undefined || (cut < 0 && value.startsWith('--')))
        throw new FlagError(`${flag} needs a value.`);
      given.set(flag, value);
    }
  }

  const changes: Record<string, unknown> = {};
  const options: Record<string, string | true> = {};
  for (const [flag, value] of given) {
    const target = flags.get(flag);
    if (target === undefined) continue;
    if ('field' in target) changes[target.field] = valueFromText(field(target.field), String(value));
    else {
      const { choices } = target.spec;
      if (choices && !choices.includes(String(value))) {
        throw new FlagError(`${flag} must be one of ${choices.join(', ')}, not "${value}".`);
      }
      options[target.option] = value;
    }
  }

  const { help, preset: chosen, ...rest } = options;
  const preset = findPreset(typeof chosen === 'string' ? chosen : 'default');
  const start = help === true ? null : startFrom(options);
  if (start && chosen !== undefined && start.name !== chosen)
    throw new FlagError(
      '--preset names an experiment to start from, and so does another flag: leave one out.',
    );
  const base = start?.experiment ?? (preset ? presetExperiment(preset) : defaultExperiment);
  const parsed = parseExperiment({ ...base, ...changes });
  if (!parsed.ok) {
    const error = parsed.errors[0];
    const other = Object.entries(extra).find(([, { insteadOf }]) => insteadOf === error.field);
    const hint = other ? `; for a ${other[1].value} there is ${flagOf(other[0])}` : '';
    throw new FlagError(describeError({ field: flagOf(error.field), message: error.message + hint }));
  }
  const changed = Object.keys(changes);
  return {
    experiment: parsed.experiment,
    changes: Object.fromEntries(Object.entries(parsed.experiment).filter(([name]) => changed.includes(name))),
    preset: start?.name ?? preset?.id ?? 'default',
    options: rest,
    help: help === true,
  };
}

const placeholders: Readonly<Record<Field['kind'], string>> = {
  int: 'N',
  float: 'X',
  choice: 'NAME',
  boolean: 'true|false',
  text: 'TEXT',
};

/** Wraps text at 78 columns, each line indented. */
function wrap(text: string, indent: string): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    if (line !== '' && indent.length + line.length + word.length >= 78) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => indent + line).join('\n');
}

/**
 * The text of `--help`.
 * @param usage first lines, e.g. 'npm run train -- [flags]', examples and a sentence on what the command does.
 * @param accepted fields that the command reads
 * @param defaults of the command, where they are not those of the fields
 */
export function helpText(
  usage: string,
  extra: ExtraOptions = {},
  accepted: readonly FieldName[] = fieldNames,
  defaults: Partial<Experiment> = {},
): string {
  const sections = new Map<string, string[]>([['Command', []]]);
  for (const group of fieldGroups) sections.set(groupLabels[group], []);
  for (const [flag, target] of acceptedFlags(extra, accepted)) {
    if ('field' in target) {
      const f = field(target.field);
      const legal = `${describeValues(f)}; default ${defaults[target.field] ?? f.default}`;
      const entry = `  ${flag} ${placeholders[f.kind]}\n${wrap(`${f.help} (${legal})`, '      ')}`;
      sections.get(groupLabels[f.group])?.push(entry);
    } else {
      const { value, help, choices } = target.spec;
      const text = choices ? `${help} (one of ${choices.join(', ')})` : help;
      sections.get('Command')?.push(`  ${flag}${value === '' ? '' : ` ${value}`}\n${wrap(text, '      ')}`);
    }
  }
  const blocks = [...sections].filter(([, entries]) => entries.length > 0);
  return `${usage}\n\n${blocks.map(([title, entries]) => `${title}\n${entries.join('\n')}`).join('\n\n')}\n`;
}
