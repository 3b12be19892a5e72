/**
 * An experiment as a Python project that runs it with transformers, PEFT and Accelerate, on as many GPUs as there are; or with TRL.
 * Its Python is in project/, as it is written; here it is put together with the experiment, its tasks and its model.
 */
import { diff } from '../../config/experiment.ts';
import { counterpart, type Program } from '../../config/elsewhere.ts';
import { fieldNames, type Experiment } from '../../config/fields.ts';
import { formulaOf, linear } from '../../config/formula/index.ts';
import { idleFields } from '../../config/rules.ts';
import type { Task } from '../../tasks/types.ts';
import type { Bytes } from '../../train/store.ts';
import { loadable, type ModelFiles } from '../modelFolder.ts';
import { pythonOf } from './formula.ts';

/** Files of project/ by path, as text; the page and the command line read them in their own ways. */
export type Sources = ReadonlyMap<string, string>;

/** What a project's folder is called in an archive. */
export const projectFolder: Readonly<Record<Program, string>> = {
  pytorch: 'cocos-pytorch',
  trl: 'cocos-trl',
};

export interface ProjectParts {
  readonly program: Program;
  readonly sources: Sources;
  /** For people: of the run, or of what the experiment started from. */
  readonly name: string;
  readonly experiment: Experiment;
  readonly train: readonly Task[];
  readonly heldOut: readonly Task[];
  /** π_ref, the model that the run begins with. */
  readonly reference: ModelFiles;
  /** What the policy starts with, and what that is: "after 150 updates". */
  readonly policy: { readonly files: ModelFiles; readonly what: string };
}

/** Files that only one of the two projects has. */
const only: Readonly<Record<string, Program>> = {
  'train.py': 'pytorch',
  'README.md': 'pytorch',
  'train_trl.py': 'trl',
  'README-trl.md': 'trl',
  'requirements.txt': 'pytorch',
};

/**
 * @returns the project's files by path
 * @throws Error naming the field whose value has no counterpart there, and what to do
 */
export function pythonProject(parts: ProjectParts): Map<string, Bytes> {
  const { program, sources, experiment, train, heldOut, reference, policy } = parts;
  checkCounterparts(experiment, program);
  const files = new Map<string, Bytes>();
  for (const [path, content] of sources) {
    if ((only[path] ?? (path.startsWith('configs/') ? 'pytorch' : program)) !== program) continue;
    files.set(path.replace('-trl', ''), text(told(content, parts)));
  }
  files.set('experiment.json', text(`${JSON.stringify(settings(experiment), null, 2)}\n`));
  files.set('tasks.jsonl', text([...lines(train, 'train'), ...lines(heldOut, 'heldout')].join('')));
  for (const [folder, model] of [
    ['reference', reference],
    ['model', policy.files],
  ] as const)
    for (const [name, bytes] of loadable(model)) files.set(`${folder}/${name}`, new Uint8Array(bytes));
  return files;
}

/** @throws Error naming the field whose value has no counterpart */
export function checkCounterparts(e: Experiment, program: Program): void {
  for (const field of fieldNames) {
    const why = counterpart(field, program).refuses?.(e) ?? '';
    const others = program === 'trl' ? ' Choose another value, or export to PyTorch.' : '';
    if (why !== '') throw new Error(`${field}: ${why}.${others}`);
  }
}

/** The experiment under the names of the project's Python. */
export function settings(e: Experiment): Record<string, number | string | boolean> {
  const formula = idleFields(e).some(({ field }) => field === 'formula') ? null : formulaOf(e);
  const named = fieldNames.flatMap((field) => {
    const there = counterpart(field, 'pytorch');
    if (!('name' in there)) return [];
    return [[there.name, field === 'formula' ? (formula ? pythonOf(formula) : '') : e[field]] as const];
  });
  return {
    ...Object.fromEntries(named),
    formula_is_linear: formula !== null && linear(formula, e.turns, e) !== null,
  };
}

const lines = (tasks: readonly Task[], split: 'train' | 'heldout'): string[] =>
  tasks.map(({ id, instruction, entryPoint, setup, tests }) => {
    const line = { split, id, instruction, entry_point: entryPoint, setup, tests };
    return `${JSON.stringify(line)}\n`;
  });

/** What a README says of this experiment. */
function told(content: string, { name, experiment, train, heldOut, policy }: ProjectParts): string {
  const changed = Object.entries(diff(experiment)).map(([field, value]) => `${field} ${value}`);
  const words: Readonly<Record<string, string>> = {
    NAME: name,
    CHANGED: changed.length === 0 ? 'nothing' : changed.join(', '),
    TRAIN: String(train.length),
    HELD_OUT: String(heldOut.length),
    POLICY: policy.what,
  };
  return content.replace(/\{\{([A-Z_]+)\}\}/g, (whole, word: string) => words[word] ?? whole);
}

const text = (content: string): Bytes => new TextEncoder().encode(content);
