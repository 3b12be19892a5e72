/** docs/field-names.md, made from the field table and its column elsewhere.ts. */
import { defaultExperiment } from './experiment.ts';
import { counterpart, programs, type Program } from './elsewhere.ts';
import { field, fieldNames, type FieldName } from './fields.ts';
import type { Experiment } from './fields.ts';
import { flagOf } from './flags.ts';

/** Values that are refused, as far as one alone decides. */
const examples: readonly Partial<Experiment>[] = [
  ...fieldNames.flatMap((name) => {
    const f = field(name);
    return f.kind === 'choice' ? f.choices.map(({ value }) => ({ [name]: value })) : [];
  }),
  { innerEpochs: 2 },
  { turns: 3 },
];

function refused(name: FieldName, program: Program): string {
  const { refuses } = counterpart(name, program);
  if (!refuses) return '';
  const why = examples
    .map((changes) => refuses({ ...defaultExperiment, ...changes }))
    .find((words) => words !== '');
  return why === undefined ? '' : `refused: ${why}`;
}

function cell(name: FieldName, program: Program): string {
  const there = counterpart(name, program);
  const place = 'name' in there ? `\`${there.name}\`` : `in \`${there.file}\``;
  const rest = [there.note ?? '', refused(name, program)].filter((words) => words !== '').join('; ');
  return (rest === '' ? place : `${place} (${rest})`).replaceAll('|', '\\|');
}

/** The whole text of docs/field-names.md. */
export function renderFieldNames(): string {
  const rows = fieldNames.map(
    (name) =>
      `| ${[`\`${name}\``, `\`${flagOf(name)}\``, ...programs.map((program) => cell(name, program))].join(' | ')} |`,
  );
  return `# What each field is called elsewhere

<!-- Made from src/config/elsewhere.ts. Change it there, then: npx vitest run test/unit/config/elsewhere.test.ts -u -->

The projects that \`npm run export -- --to pytorch\` and \`--to trl\` write ([python-projects.md](python-projects.md)) hold every field of the experiment.
"PyTorch" is the name in the project's \`experiment.json\`, which its Python reads as \`e.NAME\`: that of PyTorch's and Hugging Face's own
settings where they have one. "TRL" is the argument of TRL 1.16's \`GRPOConfig\`; what stands "in" a file is read from there by the
rollout that TRL calls. A value that cannot be said there is refused at export, by the field's name.

| field | flag | PyTorch | TRL |
|---|---|---|---|
${rows.join('\n')}
`;
}
