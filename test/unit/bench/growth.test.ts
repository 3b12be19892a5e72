import { describe, expect, it } from 'vitest';
import { exponent, type GrowthReport } from '../../../src/bench/growth.ts';
import { growthPlot, ticks } from '../../../src/bench/growthPlot.ts';
import { growthTable } from '../../../src/bench/whole.ts';
import { withSection } from '../../../src/cli/bench/docs.ts';

const report: GrowthReport = {
  backend: 'wasm',
  device: 'WebAssembly SIMD, 2 threads',
  machine: 'a <test> & nothing more',
  date: '2026-11-23T10:00:00.000Z',
  titles: { ours: 'CoCoS Playground', peer: 'a peer', total: 'whole update' },
  panels: [
    {
      title: 'Training step',
      axis: 'sequences',
      points: [
        { x: 1, ms: { ours: 3, peer: 50 } },
        { x: 4, ms: { ours: 12, peer: 800 } },
        { x: 16, ms: { ours: 48 } }, // the peer was too slow to be asked again
      ],
    },
    { title: 'Whole update', axis: 'turns T', points: [{ x: 1, ms: { total: 600 } }] },
  ],
};

describe('growth', () => {
  it('has the exponent of a power law, and none where a line has one point', () => {
    expect(exponent(report.panels[0].points, 'ours')).toBeCloseTo(1);
    expect(exponent(report.panels[0].points, 'peer')).toBeCloseTo(2);
    expect(exponent(report.panels[1].points, 'total')).toBeNaN();
  });

  it('is told as tables, with a dash for what was not measured', () => {
    const table = growthTable(report);
    expect(table).toContain('| sequences | CoCoS Playground | a peer |');
    expect(table).toContain('| 16 | 48.0 | – |');
    expect(table).toContain('| last exponent | 1.00 | 2.00 |');
  });

  it('is drawn with a mark for every point, and nothing that breaks the document', () => {
    const svg = growthPlot(report);
    const legend = 3;
    expect(svg.match(/class="mark/g)).toHaveLength(6 + legend);
    expect(svg).toContain('a &#60;test&#62; &#38; nothing more');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  it('has round numbers on its axes', () => {
    expect(ticks(3, 5000)).toEqual([10, 100, 1000]);
    expect(ticks(3, 60)).toEqual([5, 10, 20, 50]);
  });
});

describe('a generated section', () => {
  it('is replaced, whatever stood there, and what is around it stays', () => {
    const text = 'before\n<!-- growth -->\n\nold\n\n<!-- /growth -->\nafter\n';
    const once = withSection(text, 'growth', 'new\n');
    expect(once).toBe('before\n<!-- growth -->\n\nnew\n\n<!-- /growth -->\nafter\n');
    expect(withSection(once, 'growth', 'new')).toBe(once);
    expect(() => withSection(text, 'measured', 'x')).toThrow('needs a section <!-- measured -->');
  });
});
