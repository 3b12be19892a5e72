/** The house rules of ARCHITECTURE.md, enforced. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { suites } from '../vitest.config.ts';
import { filesBelow, findCycle, importsOf, loadedWith, readText, root, typeHoles } from './source.ts';

/** A room or one file of it; with `types:` in front, for its types only. */
type Door = string;

/** Which room may import what. Keep it equal to the table in ARCHITECTURE.md. */
const rooms: Record<string, readonly Door[]> = {
  config: [],
  // Records are validated with the schemas of what they carry.
  rl: [
    'types:config',
    'config/backends.ts',
    'config/experiment.ts',
    'config/fields.ts',
    'config/formula',
    'config/rules.ts',
    'sandbox/types.ts',
  ],
  lessons: ['config', 'rl'],
  tasks: ['config'],
  sandbox: ['tasks/types.ts'],
  engine: [],
  model: ['config', 'engine'],
  receipts: ['config', 'rl', 'model/digest.ts'],
  train: ['config', 'rl', 'tasks', 'model', 'engine', 'sandbox/types.ts'],
  keep: ['config', 'train'],
  hub: ['config', 'model', 'train/failure.ts', 'train/openedModel.ts', 'train/store.ts'],
  exports: [
    'config',
    'rl',
    'model/digest.ts',
    'types:tasks/types.ts',
    'train/log.ts',
    'train/store.ts',
    'types:keep/keptRuns.ts',
  ],
  bench: ['config', 'rl', 'tasks', 'sandbox', 'engine', 'model', 'train', 'exports/svg.ts'],
  worker: ['config', 'rl', 'tasks', 'sandbox', 'engine', 'model', 'train', 'keep', 'hub', 'bench'],
  cli: [
    'config',
    'rl',
    'tasks',
    'sandbox',
    'engine',
    'model',
    'train',
    'bench',
    'lessons',
    'receipts',
    'exports',
    'types:keep/keptRuns.ts',
    'hub',
    'worker/isolation.ts',
    'worker/startMarks.ts',
  ],
  ui: [
    'config',
    'rl',
    'lessons',
    'receipts',
    'tasks/readers/python.ts',
    'tasks/taskList.ts',
    'tasks/types.ts',
    'keep/keptRuns.ts',
    'keep/past.ts',
    'keep/reading.ts',
    'keep/runId.ts',
    'exports',
    'types:train/log.ts',
    'worker/client.ts',
    'worker/keptRuns.ts',
    'worker/models.ts',
    'worker/offline.ts',
    'worker/ownProblems.ts',
    'worker/problems.ts',
    'worker/protocol.ts',
    'worker/speed.ts',
    'worker/window.ts',
  ],
};

/** Packages that only some rooms may know about. */
const packages: readonly { readonly name: RegExp; readonly rooms: readonly string[] }[] = [
  { name: /^@tensorflow\//, rooms: ['engine'] },
  { name: /^webgpu$/, rooms: ['engine'] },
  { name: /^@jax-js\//, rooms: ['bench'] },
  { name: /^pyodide/, rooms: ['sandbox'] },
  { name: /^(svelte|uplot|@xterm\/|@webcontainer\/|@stackblitz\/)/, rooms: ['ui'] },
  { name: /^@noble\//, rooms: ['hub'] },
  { name: /^@lezer\//, rooms: ['ui', 'tasks'] },
  { name: /^node:/, rooms: ['cli', 'sandbox', 'engine'] },
];

const maxLines = 450;
const source = filesBelow('src');
const code = source.filter((path) => /\.(ts|svelte)$/.test(path));
const tests = filesBelow('test').filter((path) => path.endsWith('.ts'));
const imports = code.flatMap(importsOf);
const roomOf = (path: string): string => path.split('/')[1] ?? '';

function mayEnter(room: string, path: string, typeOnly: boolean): boolean {
  if (roomOf(path) === room) return true;
  return (rooms[room] ?? []).some((door) => {
    const place = `src/${door.replace('types:', '')}`;
    if (door.startsWith('types:') && !typeOnly) return false;
    return path === place || path.startsWith(`${place}/`);
  });
}

describe('rooms', () => {
  it('are the folders of src/', () => {
    expect([...new Set(source.map(roomOf))].filter((room) => !(room in rooms))).toEqual([]);
  });

  it('import only what their table allows', () => {
    const wrong = imports
      .filter(({ from, to, ours, typeOnly }) => ours && !mayEnter(roomOf(from), to, typeOnly))
      .map(({ from, to, line }) => `${from}:${line} imports ${to}`);
    expect(wrong).toEqual([]);
  });

  it('keep each heavy package behind its door', () => {
    const wrong = imports
      .filter(({ ours }) => !ours)
      .filter(({ from, to }) =>
        packages.some(({ name, rooms }) => name.test(to) && !rooms.includes(roomOf(from))),
      )
      .map(({ from, to, line }) => `${from}:${line} imports ${to}`);
    expect(wrong).toEqual([]);
  });

  it('have no import cycle', () => {
    expect(findCycle(imports)).toBeNull();
  });

  it('measures in Node without the driver of a browser and without a bundler', () => {
    const drivers = /^(playwright|vite|esbuild|rolldown|svelte|@sveltejs|vitest|tsx)\b/;
    const packages = (files: string[]) => [...loadedWith(files)].filter((name) => drivers.test(name));
    expect(packages(['src/cli/bench.ts', 'src/cli/bench/inNode.ts'])).toEqual([]);
    expect(packages(['src/cli/bench/inChromium.ts'])).not.toEqual([]); // or the rule above is worth nothing
  });

  it('reads imports in every form', () => {
    // The rules above are worth nothing if the reader misses imports: these files are known to have them.
    expect(importsOf('src/worker/protocol.ts').map(({ to }) => to)).toEqual([
      'valibot',
      'src/config/backends.ts',
      'src/config/experiment.ts',
      'src/train/messages.ts',
      'src/train/live.ts',
      'src/train/messages.ts',
    ]);
    expect(imports.some(({ from, ours }) => from.endsWith('.svelte') && ours)).toBe(true);
    expect(findCycle([edge('a', 'b'), edge('b', 'c'), edge('c', 'b')])).toEqual(['b', 'c', 'b']);
  });
});

const edge = (from: string, to: string) => ({ from, to, ours: true, typeOnly: false, late: false, line: 1 });

describe('source files', () => {
  it(`have at most ${maxLines} lines`, () => {
    const long = [...code, ...tests]
      .map((path) => ({ path, lines: readText(path).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > maxLines)
      .map(({ path, lines }) => `${path}: ${lines} lines`);
    expect(long).toEqual([]);
  });

  it('have no way around the type checker', () => {
    const checked = [...code, ...tests].filter((path) => path !== 'test/source.ts'); // it names them to find them
    expect(checked.flatMap(typeHoles)).toEqual([]);
  });

  it('are named in camelCase, Svelte components in PascalCase, and so are their constants', () => {
    const named =
      /^[a-z][A-Za-z0-9]*((\.(worker|svelte))?\.ts|\.d\.ts|\.as\.ts|\.py|\.css|\.html)$|^[A-Z][A-Za-z0-9]*\.svelte$|^README\.md$/;
    // An exported project's files have the names that Python's tools and people expect.
    const ours = source.filter((path) => !path.startsWith('src/exports/pytorch/project/'));
    expect(ours.filter((path) => !named.test(path.split('/').at(-1) ?? ''))).toEqual([]);
    // Names from elsewhere: errno, fields of CPython, types of WebAssembly; and what a kernel is compiled from.
    const foreign = /^(E[A-Z]+|TP_[A-Z_]+|M_ML|ML_METH|I32)$/;
    const kernels = /^src\/engine\/(kernels\/|wasm\/thread\.ts$|webgpu\/program\.ts$)|\.as\.ts$/;
    const shouted = code
      .filter((path) => !kernels.test(path))
      .flatMap((path) =>
        [...readText(path).matchAll(/^\s*(?:export )?const ([A-Z][A-Z0-9_]+)\b/gm)]
          .filter(([, name = '']) => !foreign.test(name))
          .map(([, name]) => `${path}: ${name}`),
      );
    expect(shouted).toEqual([]);
  });

  it('have no unfinished marks', () => {
    const mark = /\b(TO[D]O|FIX[M]E|XX[X])\b/;
    expect([...source, ...tests].filter((path) => mark.test(readText(path)))).toEqual([]);
  });
});

describe('an algorithm', () => {
  it('is chosen in src/rl/algorithms only: nothing else asks for the objective or the returns', () => {
    const exempt = /^src\/(config|rl\/algorithms)\//;
    const read = /[\w)\]]\??\.(objective|returns)\b|\{[^{}()]*\b(objective|returns)\b[^{}()]*\}\s*(=[^=>]|:)/;
    expect('e.objective').toMatch(read);
    expect('({ turns, returns }: Fields)').toMatch(read);
    expect('const { objective } = e').toMatch(read);
    expect(code.filter((path) => !exempt.test(path) && read.test(readText(path)))).toEqual([]);
  });
});

describe('tests', () => {
  it('all belong to a suite', () => {
    const patterns = Object.values(suites).flatMap((suite) => suite.include);
    const orphans = tests
      .filter((path) => path.endsWith('.test.ts'))
      .filter((path) => !patterns.some((pattern) => matches(path, pattern)));
    expect(orphans).toEqual([]);
  });

  it('are never skipped or singled out in the code', () => {
    const skipped = /\b(it|test|describe)\.(skip|only|todo|skipIf|runIf)\b/;
    const own = 'test/architecture.test.ts';
    expect(tests.filter((path) => path !== own && skipped.test(readText(path)))).toEqual([]);
  });

  it('are skipped by notRun alone, which says why', () => {
    expect(tests.filter((path) => /\bskip\(/.test(readText(path)))).toEqual(['test/notRun.ts']);
  });
});

describe('ARCHITECTURE.md', () => {
  const text = readText('ARCHITECTURE.md');
  const tree = readTree(text);

  it('lists every folder and file of src/ to two levels', () => {
    const wanted = new Set(source.flatMap((path) => twoLevels(path)));
    expect([...wanted].filter((path) => !tree.has(path))).toEqual([]);
  });

  it('lists nothing that does not exist', () => {
    expect([...tree.keys()].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('says of each thing what it is', () => {
    expect([...tree].filter(([, note]) => note === '').map(([path]) => path)).toEqual([]);
  });

  it('has the table of rooms that is enforced here', () => {
    const table = new Map(
      [...text.matchAll(/^\| `(\w+)` \| ([^|]*) \|/gm)].map((row) => [
        row[1],
        [...(row[2] ?? '').matchAll(/`([^`]+)`/g)].map((door) => door[1]),
      ]),
    );
    expect(Object.fromEntries(table)).toEqual(rooms);
  });
});

describe.each(['README.md', 'docs/command-line.md'])('%s', (path) => {
  it('names only npm commands that exist', () => {
    const scripts = Object.keys((JSON.parse(readText('package.json')) as { scripts: object }).scripts);
    const text = readText(path);
    const named = [...text.matchAll(/npm (?:run ([\w-]+)|(start|test)\b)/g)].map(
      (match) => match[1] ?? match[2],
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !scripts.includes(name ?? ''))).toEqual([]);
  });
});

describe('src/rl/README.md', () => {
  it('names only functions that the program uses', () => {
    const rows = [
      ...readText('src/rl/README.md').matchAll(/^\|.*\| (`\w+`(?:, `\w+`)*) \| ([\w/]+\.ts) \|$/gm),
    ];
    const named = rows.flatMap(([, names = '', file = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => ({ name, home: `src/rl/${file}` })),
    );
    expect(named.length).toBeGreaterThan(10);
    const unused = named.filter(({ name, home }) => {
      const own = readText(home);
      const declared = new RegExp(`^export function ${name}\\b`, 'm').test(own);
      const imported = new RegExp(`import [^;]*\\b${name}\\b[^;]*;`);
      const called = own.split(new RegExp(`\\b${name}\\(`)).length > 2; // beside its declaration
      return !declared || !(called || code.some((path) => path !== home && imported.test(readText(path))));
    });
    expect(unused.map(({ name }) => name)).toEqual([]);
  });
});

/** 'src/a/b/c.ts' → 'src/a', 'src/a/b'. */
function twoLevels(path: string): string[] {
  const parts = path.split('/');
  return [parts.slice(0, 2).join('/'), ...(parts.length > 2 ? [parts.slice(0, 3).join('/')] : [])];
}

/** The annotated tree: each path of the first code block that starts with "src/", with what is said of it. */
function readTree(text: string): Map<string, string> {
  const block = [...text.matchAll(/```\w*\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  const lines = (block.find((body) => body.startsWith('src/')) ?? '').trimEnd().split('\n');
  const tree = new Map<string, string>();
  const folders: string[] = [];
  for (const line of lines) {
    const match = /^( *)(\S+)\s*(.*)$/.exec(line);
    if (!match) continue;
    const depth = (match[1] ?? '').length / 2;
    const name = (match[2] ?? '').replace(/\/$/, '');
    folders.splice(depth, folders.length, name);
    tree.set(folders.join('/'), match[3] ?? '');
  }
  return tree;
}

/** Vitest's include patterns: a folder with two stars, or one file. */
function matches(path: string, pattern: string): boolean {
  const [folder, rest] = pattern.split('/**/');
  return rest === undefined
    ? path === pattern
    : path.startsWith(`${folder}/`) && path.endsWith(rest.replace('*', ''));
}
