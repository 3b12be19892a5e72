import fc from '../../property.ts';
import { describe, expect, it } from 'vitest';
import { bugRates } from '../../../src/tasks/families/family.ts';
import { oursFormat } from '../../../src/tasks/formats/ours.ts';
import { families } from '../../../src/tasks/families/index.ts';
import { makeFamilyTasks, makeTasks, predictedPasses } from '../../../src/tasks/makeTasks.ts';
import { Stream } from '../../../src/tasks/random.ts';
import {
  bugSites,
  compositionOf,
  drawSpec,
  heldoutPercent,
  levelOf,
  mutateSpec,
  renderInstruction,
  renderProgram,
  splitOf,
} from '../../../src/tasks/spec.ts';
import { compilePython } from '../../../src/tasks/python/evaluate.ts';
import { supervisedExample } from '../../../src/tasks/supervised.ts';
import { everySpec, shippedTokenizer } from './helpers.ts';

const recipe = { bugScale: 1.25, repair: 0.25, break: 0.05 };

describe('train/held-out split', () => {
  const specs = everySpec();
  const heldout = new Set(specs.filter((spec) => splitOf(spec) === 'heldout').map(compositionOf));

  it(`holds out about ${heldoutPercent} % of the compositions`, () => {
    const share = heldout.size / new Set(specs.map(compositionOf)).size;
    expect(share).toBeGreaterThan(0.13);
    expect(share).toBeLessThan(0.17);
  });

  it('never trains on a held-out composition', () => {
    const drawn = new Set<string>();
    for (let index = 0, made = 0; made < 20_000; index++) {
      const spec = drawSpec(new Stream(5, index));
      if (splitOf(spec) !== 'train') continue;
      drawn.add(compositionOf(spec));
      made++;
    }
    expect(drawn.size).toBeGreaterThan(2000);
    expect([...drawn].filter((composition) => heldout.has(composition))).toEqual([]);
    const tasks = makeTasks({ count: 300, seed: 1, split: 'train', level: 'all' });
    expect(tasks.filter((task) => heldout.has(task.composition))).toEqual([]);
  });

  it('never shows a held-out program to supervised training', () => {
    // Compositions that only differ in words share a program; those are told apart by their instruction.
    const instructionsOf = (seed: number, spec: (typeof specs)[number]) =>
      renderInstruction(spec, new Stream(seed));
    const forbidden = new Set<string>();
    for (const spec of specs) {
      if (splitOf(spec) !== 'heldout') continue;
      for (let seed = 0; seed < 8; seed++) forbidden.add(instructionsOf(seed, spec));
    }
    for (let i = 0; i < 5000; i++)
      expect(forbidden).not.toContain(supervisedExample(2, i, recipe).instruction);
  });

  it('gives held-out tasks of different compositions', () => {
    const tasks = makeTasks({ count: 200, seed: 3, split: 'heldout', level: 'all' });
    expect(new Set(tasks.map((task) => task.composition)).size).toBe(200);
    expect(tasks.filter((task) => !heldout.has(task.composition))).toEqual([]);
  });

  it('accepts repeated compositions when there are too few', () => {
    const options = { count: 60, seed: 3, split: 'heldout', level: '1' } as const;
    expect(makeTasks(options)).toHaveLength(60);
  });
});

describe('generated tasks', () => {
  const made = makeFamilyTasks({ count: 1500, seed: 7, split: 'train', level: 'all' });

  it('are a function of the options', () => {
    const options = { count: 40, seed: 9, split: 'train', level: 'all' } as const;
    expect(makeTasks(options)).toEqual(makeTasks(options));
    expect(makeTasks({ ...options, count: 20 })).toEqual(makeTasks(options).slice(0, 20));
    expect(makeTasks({ ...options, seed: 10 })).not.toEqual(makeTasks(options));
  });

  it('have references that pass and wrong programs that pass only some tests', () => {
    const passes = new Array<number>(7).fill(0);
    for (const item of made) {
      expect(predictedPasses(item, new Set())).toEqual(new Array(6).fill(true));
      const sites = bugSites(item.spec);
      if (sites.length > 0) passes[predictedPasses(item, new Set(sites)).filter(Boolean).length]!++;
    }
    // Dense: every number of passed tests has its share; few wrong programs go unnoticed.
    const total = passes.reduce((a, b) => a + b);
    for (const count of passes.slice(0, 6)) expect(count / total).toBeGreaterThan(0.05);
    expect(passes[6]! / total).toBeLessThan(0.12);
  });

  it('have tests that tell most neighbouring tasks apart', () => {
    let told = 0;
    made.slice(0, 500).forEach((item, i) => {
      const mutant = renderProgram(mutateSpec(item.spec, new Stream(77, i)));
      const run = compilePython(mutant);
      const same = item.inputs.every((input, t) => {
        try {
          return JSON.stringify(run(...input)) === JSON.stringify(item.expected[t]);
        } catch {
          return false;
        }
      });
      if (!same) told++;
    });
    expect(told / 500).toBeGreaterThan(0.85);
  });

  it('are complete records', () => {
    expect(new Set(made.map(({ task }) => task.id)).size).toBe(made.length);
    for (const { task } of made) {
      expect(task.tests).toHaveLength(6);
      expect(new Set(task.tests).size).toBe(6);
      expect(task.instruction).toMatch(new RegExp(`^(Write|Define) ${task.entryPoint}\\(.+\\): .+\\.$`));
      expect(task.instruction + task.reference).not.toMatch(/[{}]/);
      expect(task.reference.startsWith(`def ${task.entryPoint}(`)).toBe(true);
      for (const test of task.tests) expect(test.startsWith(`assert ${task.entryPoint}(`)).toBe(true);
    }
  });

  it('come at the level asked for; level 4 has at least two bug sites', () => {
    for (const level of ['1', '2', '3', '4'] as const) {
      for (const { task, spec } of makeFamilyTasks({ count: 30, seed: 4, split: 'train', level })) {
        expect(task.level).toBe(Number(level));
        expect(bugSites(spec).length >= 2).toBe(level === '4');
      }
    }
  });

  it('refuse a count that is no whole number', () => {
    expect(() => makeTasks({ count: 1.5, seed: 1, split: 'train', level: 'all' })).toThrow(/count/);
  });
});

describe('families', () => {
  it('render every composition, its bugs included, to a program of the subset within the answer length', () => {
    const format = oursFormat(shippedTokenizer());
    for (const spec of everySpec()) {
      const right = renderProgram(spec);
      for (const bugs of [[], bugSites(spec)]) {
        const code = renderProgram(spec, new Set(bugs));
        expect(() => compilePython(code)).not.toThrow();
        expect(format.answer(code).length + 1, code).toBeLessThanOrEqual(46);
      }
      for (const site of bugSites(spec)) expect(renderProgram(spec, new Set([site]))).not.toBe(right);
      expect([1, 2, 3, 4]).toContain(levelOf(spec));
    }
  });

  it('stay within the prompt budget', () => {
    const format = oursFormat(shippedTokenizer());
    const lengths = Array.from(
      { length: 1000 },
      (_, i) => format.prompt(supervisedExample(3, i, recipe)).length,
    );
    expect(lengths.reduce((a, b) => a + b) / 1000).toBeLessThan(25);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(44);
  });

  it('use every kind of bug, and shares of the tasks that sum to 1', () => {
    const kinds = families.flatMap(({ slots }) =>
      Object.values(slots).flatMap((slot) => Object.values(slot).flatMap(({ novice }) => novice?.kind ?? [])),
    );
    expect(new Set(kinds)).toEqual(new Set(Object.keys(bugRates)));
    expect(families.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1);
  });
});

describe('supervised examples', () => {
  it('are a function of seed and index', () => {
    expect(supervisedExample(1, 5, recipe)).toEqual(supervisedExample(1, 5, recipe));
    expect(supervisedExample(1, 5, recipe)).not.toEqual(supervisedExample(1, 6, recipe));
  });

  it('copy the first answer without repair and break, and end right with full repair', () => {
    for (let i = 0; i < 200; i++) {
      const copy = supervisedExample(1, i, { bugScale: 1.25, repair: 0, break: 0, turns: 3 });
      expect(new Set(copy.answers).size).toBe(1);
      const repaired = supervisedExample(1, i, { bugScale: 1.25, repair: 1, break: 0 });
      const right = supervisedExample(1, i, { bugScale: 0, repair: 1, break: 0 });
      expect(repaired.answers[1]).toBe(right.answers[0]);
    }
  });

  it('say which test failed when asked', () => {
    for (let i = 0; i < 100; i++) {
      const told = supervisedExample(1, i, { ...recipe, feedback: true });
      expect(told.feedback[0]).toMatch(/^(ok|.+ == .+ got .+)$/);
      expect({ ...told, feedback: [''] }).toEqual(supervisedExample(1, i, recipe));
    }
  });
});

describe('random stream', () => {
  it('is uniform enough and stays in range', () => {
    const stream = new Stream(3);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) counts[stream.integer(0, 9)]!++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(250);
  });

  it('gives unrelated draws for neighbouring seeds and indices', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(), (seed, index) => {
        const first = (s: number, i: number): number => new Stream(s, i).uniform();
        expect(first(seed, index)).not.toBe(first(seed + 1, index));
        expect(first(seed, index)).not.toBe(first(seed, index + 1));
      }),
    );
  });
});
