/** The column of the field table that says what a field is called in the exported projects. */
import { describe, expect, it } from 'vitest';
import { counterpart, programs } from '../../../src/config/elsewhere.ts';
import { fieldNames } from '../../../src/config/fields.ts';
import { renderFieldNames } from '../../../src/config/fieldDocs.ts';
import { sources } from '../../../src/cli/pythonProject.ts';

describe('names elsewhere', () => {
  it('are read by the Python that they are for', async () => {
    const files = await sources();
    const python = (names: readonly string[]) => names.map((name) => files.get(name) ?? '').join('\n');
    const shared = python(['credit.py', 'episodes.py', 'metrics.py']);
    const read = { pytorch: shared + python(['train.py']), trl: python(['train_trl.py']) };
    const unread = fieldNames.flatMap((field) =>
      programs.flatMap((program) => {
        const there = counterpart(field, program);
        if (!('name' in there)) return files.size > 0 ? [] : [field];
        const used = program === 'pytorch' ? `e\\.${there.name}\\b` : `\\b${there.name}=`;
        return new RegExp(used).test(read[program]) ? [] : [`${field}: ${program}'s ${there.name}`];
      }),
    );
    expect(unread).toEqual([]);
  });

  it('are different ones within a project', () => {
    const names = fieldNames.flatMap((field) => {
      const there = counterpart(field, 'pytorch');
      return 'name' in there ? [there.name] : [];
    });
    expect(new Set(names).size).toBe(names.length);
  });

  it('docs/field-names.md is up to date (update with -u)', async () => {
    await expect(renderFieldNames()).toMatchFileSnapshot('../../../docs/field-names.md');
  });
});
