/** What a row of the field table looks like. The table itself is in fields.ts. */

export interface Choice {
  /** What files, links and the command line say. */
  readonly value: string;
  readonly label: string;
  /** One plain sentence. */
  readonly help: string;
}

/** Where a field stands in the form, in its order. */
export const fieldGroups = ['task', 'method', 'sampling', 'optimiser', 'run'] as const;
export type Group = (typeof fieldGroups)[number];

export const groupLabels: Readonly<Record<Group, string>> = {
  task: 'Task and model',
  method: 'Method',
  sampling: 'Sampling',
  optimiser: 'Optimiser',
  run: 'Run and evaluation',
};

interface Common {
  /** Name for people, with the paper's symbol where there is one. */
  readonly label: string;
  /** One to three plain sentences for a learner. */
  readonly help: string;
  /** The paper's section, its released code, or our decision. */
  readonly source: string;
  readonly group: Group;
  /** The first format that has the field (`formats.ts`); 1 unless given. */
  readonly since?: number;
  /** What leaving the field out meant in the formats up to and including `until`, oldest first, where it was not today's default. */
  readonly formerDefaults?: readonly { readonly until: number; readonly value: string | number | boolean }[];
  /** 'live': may change during a run, from the next update on. 'restart': a run keeps the value it began with. */
  readonly when: 'live' | 'restart';
}

export interface NumberField extends Common {
  readonly kind: 'int' | 'float';
  readonly default: number;
  /** Smallest and largest legal value, both included. */
  readonly min: number;
  readonly max: number;
  /** Step of the slider; on a log scale, the factor between neighbours. Values between steps are legal. */
  readonly step: number;
  readonly scale: 'linear' | 'log';
  /** '' for a pure number. */
  readonly unit: string;
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly unit?: string;
}

/** A range as a row states it. */
export const linear = (range: Range) => ({ unit: '', ...range, scale: 'linear' as const });
export const log = (range: Range) => ({ unit: '', ...range, scale: 'log' as const });

export interface ChoiceField extends Common {
  readonly kind: 'choice';
  readonly default: string;
  readonly choices: readonly Choice[];
}

export interface BooleanField extends Common {
  readonly kind: 'boolean';
  readonly default: boolean;
}

/** A line of text; what it may say is a matter of rules.ts. */
export interface TextField extends Common {
  readonly kind: 'text';
  readonly default: string;
  /** Characters. */
  readonly maxLength: number;
}

export type Field = NumberField | ChoiceField | BooleanField | TextField;

/** Type of a field's value; a choice gives the union of its values. */
export type ValueOf<F extends Field> = F extends ChoiceField
  ? F['choices'][number]['value']
  : F extends BooleanField
    ? boolean
    : F extends TextField
      ? string
      : number;
