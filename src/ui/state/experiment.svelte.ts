/** The experiment being edited, beside the one in force, and how the two and the preset differ. */
import {
  besides,
  defaultExperiment,
  diff,
  parseExperiment,
  valueFromText,
  type Experiment,
  type FieldName,
} from '../../config/experiment.ts';
import { field, fieldNames, isFieldName } from '../../config/fields.ts';
import { nearestPreset, presetExperiment, type Preset } from '../../config/presets.ts';
import { idleFields } from '../../config/rules.ts';
import type { ChangeRecord } from '../../rl/records.ts';
import { say, told } from '../say.svelte.ts';

type Draft = Readonly<Record<FieldName, string | number | boolean>>;

/** Read it anywhere; it is written by its own methods only. */
export class ExperimentState {
  preset = $state.raw<Preset>(nearestPreset(defaultExperiment));
  /** The preset that was chosen when the experiment in force was loaded. */
  #loaded = $state.raw<Preset>(nearestPreset(defaultExperiment));
  /** The values in the form; some may be illegal, or text that is not a number yet. */
  draft = $state.raw<Draft>(defaultExperiment);
  /** The experiment the trainer works with. */
  applied = $state.raw<Experiment>(defaultExperiment);

  #parsed = $derived(parseExperiment(this.draft));
  #errors = $derived(this.#parsed.ok ? [] : this.#parsed.errors);
  #base = $derived(presetExperiment(this.preset));
  #idle = $derived(this.#parsed.ok ? idleFields(this.#parsed.experiment) : []);

  /** The draft as a whole, or null while a field is wrong. */
  get valid(): Experiment | null {
    return this.#parsed.ok ? this.#parsed.experiment : null;
  }
  /** Fields whose value differs from the preset's. */
  get changed(): readonly FieldName[] {
    return fieldNames.filter((name) => this.draft[name] !== this.#base[name]);
  }
  /** Those of them that make another experiment of it: what its preset promises need not come true. */
  get telling(): readonly FieldName[] {
    return this.changed.filter((name) => !besides.includes(name));
  }
  /** What is in the form: the preset's name, or that it is no longer that. */
  get presetWords(): string {
    const title = told(this.preset.title);
    return this.telling.length === 0 ? title : say('Changed from “{title}”', { title });
  }
  /** Fields whose new value waits for a reload. */
  get pending(): readonly FieldName[] {
    return fieldNames.filter(
      (name) => field(name).when === 'restart' && this.draft[name] !== this.applied[name],
    );
  }
  /** What is not in force yet and when it will be, a sentence or two; '' when nothing waits. @param begun the run has */
  waiting(begun: boolean): string {
    const n = this.pending.length;
    if (n === 0) return '';
    if (!begun)
      return say(
        n === 1
          ? '{n} change will be loaded when you press Run.'
          : '{n} changes will be loaded when you press Run.',
        { n },
      );
    if (this.preset === this.#loaded)
      return say(
        n === 1
          ? '{n} change applies after Reset: the run keeps what it began with.'
          : '{n} changes apply after Reset: the run keeps what it began with.',
        { n },
      );
    return (
      say('“{title}” loads on Reset: {n} of its settings cannot change in mid-run.', {
        title: told(this.preset.title),
        n,
      }) +
      ' ' +
      say('Until then this is still “{title}”, with the other settings changed.', {
        title: told(this.#loaded.title),
      })
    );
  }
  /** What is wrong with the draft, first field first; '' when nothing is. */
  get problem(): string {
    const first = this.#errors.at(0);
    if (!first) return '';
    return isFieldName(first.field)
      ? `${told(field(first.field).label)} ${told(first.message)}`
      : told(first.message);
  }

  /** Why nothing can be run with the draft. */
  get hindrance(): string {
    return say('Nothing can be run with these settings: {problem}.', { problem: this.problem });
  }

  errorOf(name: FieldName): string {
    return this.#errors.find((error) => error.field === name)?.message ?? '';
  }
  /** Why the field has no effect in this experiment, or ''. */
  idleReason(name: FieldName): string {
    return this.#idle.find((row) => row.field === name)?.why ?? '';
  }
  presetValue(name: FieldName): string | number | boolean {
    return this.#base[name];
  }

  /** Takes a value as typed or chosen; text is read by the field's kind. */
  set(name: FieldName, value: string | number | boolean): void {
    const read = typeof value === 'string' ? valueFromText(field(name), value.trim()) : value;
    this.draft = { ...this.draft, [name]: read };
  }

  /** Takes several legal values at once. */
  change(changes: Partial<Experiment>): void {
    this.draft = { ...this.draft, ...changes };
  }

  resetField(name: FieldName): void {
    this.set(name, this.#base[name]);
  }

  choose(preset: Preset): void {
    this.preset = preset;
    this.draft = presetExperiment(preset);
  }

  /** Shows an experiment that came from a link. */
  open(experiment: Experiment): void {
    this.preset = nearestPreset(experiment);
    this.draft = experiment;
  }

  /** A form that begins with an experiment, which has this name, and says how its entries differ from it. */
  static from(experiment: Experiment, title: string): ExperimentState {
    const form = new ExperimentState();
    form.preset = { id: title, title, story: '', changes: diff(experiment) };
    form.draft = experiment;
    form.applyAll(experiment);
    return form;
  }

  /** Another form with the same entries. */
  copy(): ExperimentState {
    const copy = new ExperimentState();
    copy.preset = this.preset;
    copy.draft = this.draft;
    return copy;
  }

  /** Takes back what was entered and is not in force. */
  takeBack(): void {
    this.preset = this.#loaded;
    this.draft = this.applied;
  }

  /** The draft becomes the experiment in force, because the trainer is about to load it. */
  applyAll(experiment: Experiment): void {
    this.applied = experiment;
    this.#loaded = this.preset;
  }

  /** Fields were changed in the run, perhaps not from here: what is in force follows, and entries that had the value of before. */
  follow(changes: ChangeRecord['changes']): void {
    const after = (values: Draft) =>
      changes.filter(({ field, from }) => values[field] === from).map(({ field, to }) => [field, to]);
    this.applied = { ...this.applied, ...Object.fromEntries(after(this.applied)) };
    this.draft = { ...this.draft, ...Object.fromEntries(after(this.draft)) };
  }

  /** Brings legal changes of live fields into force; gives the new experiment, or null when nothing changed. */
  applyLive(): Experiment | null {
    const live = fieldNames.filter((name) => field(name).when === 'live' && this.errorOf(name) === '');
    const changes = Object.fromEntries(live.map((name) => [name, this.draft[name]]));
    const parsed = parseExperiment({ ...this.applied, ...changes });
    if (!parsed.ok || Object.keys(diff(parsed.experiment, this.applied)).length === 0) return null;
    this.applied = parsed.experiment;
    return parsed.experiment;
  }
}
