/** A chart as a table: every value of every line, and the same as a file that others read. */
import { describe, expect, it } from 'vitest';
import { chartData, charts } from '../../../src/ui/charts/catalogue.ts';
import { speak } from '../../../src/ui/say.svelte.ts';
import { turnLook } from '../../../src/ui/charts/series.ts';
import { csvOf, tableOf } from '../../../src/ui/charts/table.ts';

const look = turnLook(1);
const data = {
  steps: [1, 2, 3],
  series: [
    { label: 'turn 1', look, values: [0.1 + 0.2, NaN, -1] },
    { label: 'a "b", c', look, values: [1, 2, 1e-9] },
  ],
};

describe('a chart as a table', () => {
  it('has the same header in a file whatever the page speaks', async () => {
    const [chart] = charts;
    if (!chart) throw new Error('There is no chart.');
    const points = [{ step: 1, metrics: {} }];
    const written = () => {
      const lines = chartData(chart, points, 2);
      return tableOf(lines, lines);
    };
    const { columns, names } = written();
    const file = csvOf(written());
    await speak('de', () => true);
    const inGerman = written();
    const itsFile = csvOf(inGerman);
    await speak('en', () => true);
    expect(names).toEqual(columns);
    expect(inGerman.columns).toEqual(['Runde 1', 'Runde 2', 'Runde 1, vorher', 'Runde 2, vorher']);
    expect(itsFile).toBe(file);
    expect(file).toMatch(/^update,turn 1,turn 2,"turn 1, before","turn 2, before"\r\n/);
  });

  it('has a row for each update and a column for each line', () => {
    expect(tableOf(data, null)).toEqual({
      columns: ['turn 1', 'a "b", c'],
      names: ['turn 1', 'a "b", c'],
      rows: [
        { step: 1, values: [0.1 + 0.2, 1] },
        { step: 2, values: [NaN, 2] },
        { step: 3, values: [-1, 1e-9] },
      ],
    });
  });

  it('has the run before beside it, at its own updates', () => {
    const ghost = { steps: [2, 9], series: [{ label: 'turn 1', look, values: [5, 6] }] };
    const { columns, rows } = tableOf(data, ghost);
    expect(columns).toEqual(['turn 1', 'a "b", c', 'turn 1, before']);
    expect(rows.map(({ step }) => step)).toEqual([1, 2, 3, 9]);
    expect(rows[1]?.values).toEqual([NaN, 2, 5]);
    expect(rows[3]?.values).toEqual([NaN, NaN, 6]);
  });

  it('is written with every digit, and nothing where nothing was measured', () => {
    expect(csvOf(tableOf(data, null))).toBe(
      'update,turn 1,"a ""b"", c"\r\n1,0.30000000000000004,1\r\n2,,2\r\n3,-1,1e-9\r\n',
    );
  });
});
