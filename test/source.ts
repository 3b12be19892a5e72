/** Reads the project's own source for architecture.test.ts: its files, their imports and forbidden constructs. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

export const root = resolve(import.meta.dirname, '..');

/** Every file below `folder` (a path from the project's root), as paths from the root with forward slashes, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

export const readText = (path: string): string => readFileSync(join(root, path), 'utf8');

export interface Import {
  /** The file that imports. */
  readonly from: string;
  /** A path from the root for a file of ours, else the package's name as written. */
  readonly to: string;
  readonly ours: boolean;
  /** True when nothing is left of it at run time. */
  readonly typeOnly: boolean;
  /** `import()`: loaded when that line runs, if it does. */
  readonly late: boolean;
  readonly line: number;
}

/** The TypeScript of a file; of a Svelte component, its scripts, with line numbers kept. */
function scriptOf(path: string): string {
  const text = readText(path);
  if (!path.endsWith('.svelte')) return text;
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ');
  let script = '';
  let end = 0;
  for (const match of text.matchAll(/(<script[^>]*>)([\s\S]*?)<\/script>/g)) {
    const start = match.index + (match[1] ?? '').length;
    const body = match[2] ?? '';
    script += blank(text.slice(end, start)) + body;
    end = start + body.length;
  }
  return script + blank(text.slice(end));
}

/** @param visit its second argument tells the node's line: few are asked for */
function walk(path: string, visit: (node: ts.Node, line: () => number) => void): void {
  const source = ts.createSourceFile(path, scriptOf(path), ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const step = (node: ts.Node): void => {
    visit(node, () => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1);
    ts.forEachChild(node, step);
  };
  step(source);
}

/** The module a node imports, and whether only for its types; null when the node imports nothing. */
function importedBy(node: ts.Node): { name: string; typeOnly: boolean; late: boolean } | null {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const clause = node.importClause;
    const named = clause?.namedBindings;
    const allTypes =
      clause !== undefined &&
      clause.name === undefined &&
      named !== undefined &&
      ts.isNamedImports(named) &&
      named.elements.length > 0 &&
      named.elements.every((element) => element.isTypeOnly);
    const typeOnly = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes;
    return { name: node.moduleSpecifier.text, typeOnly, late: false };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { name: node.moduleSpecifier.text, typeOnly: node.isTypeOnly, late: false };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const name = node.arguments[0];
    return name && ts.isStringLiteralLike(name) ? { name: name.text, typeOnly: false, late: true } : null;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const name = node.argument.literal;
    return ts.isStringLiteral(name) ? { name: name.text, typeOnly: true, late: false } : null;
  }
  return null;
}

const importsByFile = new Map<string, readonly Import[]>();

/** Every static, dynamic and type import of a .ts or .svelte file, which is read once. */
export function importsOf(path: string): readonly Import[] {
  const known = importsByFile.get(path);
  if (known) return known;
  const imports: Import[] = [];
  importsByFile.set(path, imports);
  walk(path, (node, line) => {
    const imported = importedBy(node);
    if (!imported) return;
    const ours = imported.name.startsWith('.');
    const file = imported.name.replace(/\?.*$/, ''); // Vite's ?url, ?worker and ?raw name the same file
    const to = ours
      ? relative(root, resolve(root, dirname(path), file))
          .split(sep)
          .join('/')
      : imported.name;
    const { typeOnly, late } = imported;
    imports.push({ from: path, to, ours, typeOnly, late, line: line() });
  });
  return imports;
}

/** The packages that are loaded with these files, and the files themselves, without what is imported late. */
export function loadedWith(files: readonly string[]): ReadonlySet<string> {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { to, ours, typeOnly, late } of importsOf(file)) {
      if (typeOnly || late) continue;
      if (ours && /\.(ts|svelte)$/.test(to)) load(to);
      else loaded.add(to);
    }
  };
  files.forEach(load);
  return loaded;
}

/** Ways around the type checker, as "path:line what". */
export function typeHoles(path: string): string[] {
  const found: string[] = [];
  walk(path, (node, line) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${path}:${line()} any`);
    if (
      ts.isAsExpression(node) &&
      ts.isAsExpression(node.expression) &&
      node.expression.type.kind === ts.SyntaxKind.UnknownKeyword
    ) {
      found.push(`${path}:${line()} as unknown as`);
    }
  });
  readText(path)
    .split('\n')
    .forEach((text, index) => {
      if (/@ts-(ignore|nocheck|expect-error)/.test(text)) found.push(`${path}:${index + 1} ${text.trim()}`);
    });
  return found;
}

/** The files of one import cycle among `imports`, first and last the same; null when there is none. */
export function findCycle(imports: readonly Import[]): string[] | null {
  const targets = new Map<string, string[]>();
  for (const { from, to, ours } of imports) if (ours) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    path.push(file);
    for (const target of targets.get(file) ?? []) {
      const cycle = visit(target);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(file);
    return null;
  };
  for (const file of targets.keys()) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return null;
}
