/** Which packages Python code imports that the sandbox lacks: it has the standard library of Pyodide and nothing else. */
import type { SyntaxNode } from '@lezer/common';
import { importsOf, names, nodes, parsePython, textOf } from './python.ts';

/** The standard library as Pyodide 314 has it; test/sandbox/packages.test.ts compares the list with the sandbox. */
export const standardLibrary: ReadonlySet<string> = new Set(
  `__future__ _thread abc annotationlib argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2
  cProfile calendar cmath cmd code codecs codeop collections colorsys compileall compression concurrent configparser
  contextlib contextvars copy copyreg csv ctypes dataclasses datetime decimal difflib dis doctest email encodings enum
  errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext
  glob graphlib gzip hashlib heapq hmac html http imaplib importlib inspect io ipaddress itertools json keyword
  linecache locale logging lzma mailbox marshal math mimetypes mmap modulefinder multiprocessing netrc ntpath nturl2path
  numbers opcode operator optparse os pathlib pdb pickle pickletools pkgutil platform plistlib poplib posix posixpath
  pprint profile pstats pty py_compile pyclbr pydoc pyexpat queue quopri random re reprlib rlcompleter runpy sched
  secrets select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 sre_compile sre_constants
  sre_parse ssl stat statistics string stringprep struct subprocess symtable sys sysconfig tabnanny tarfile tempfile
  termios textwrap threading time timeit token tokenize tomllib trace traceback tracemalloc tty types typing
  unicodedata unittest urllib uuid warnings wave weakref webbrowser wsgiref xml xmlrpc zipapp zipfile zipimport zlib
  zoneinfo`.split(/\s+/),
);

/** The module under which the tests of KodCode know the program. */
export const solutionModule = 'solution';

const packageOf = (module: string): string => module.split('.')[0]!;

const isMissing = (module: string): boolean =>
  !module.startsWith('.') && packageOf(module) !== solutionModule && !standardLibrary.has(packageOf(module));

/** An import inside `try` may fail without harm. */
function mayFail(node: SyntaxNode): boolean {
  for (let at = node.parent; at; at = at.parent) if (at.name === 'TryStatement') return true;
  return false;
}

/** The packages that these pieces of Python import and the sandbox lacks, in the order of the text. */
export function missingPackages(sources: readonly string[]): string[] {
  const found = sources
    .filter((source) => /\bimport\b/.test(source))
    .flatMap((source) =>
      nodes(parsePython(source))
        .filter((node) => node.name === 'ImportStatement' && !mayFail(node))
        .flatMap((node) => importsOf(node, source)),
    )
    .filter(({ module }) => isMissing(module))
    .map(({ module }) => packageOf(module));
  return [...new Set(found)];
}

/**
 * Drops the imports of packages that the sandbox lacks, where the names they bind are mentioned nowhere else.
 * @param statements parts of `source`, imports among them.
 * @param elsewhere other Python that sees the same names.
 */
export function withoutUnusedImports(
  statements: readonly SyntaxNode[],
  source: string,
  elsewhere: readonly string[],
): SyntaxNode[] {
  const isImport = (node: SyntaxNode): boolean => node.name === 'ImportStatement';
  const lacking = statements.filter(
    (node) => isImport(node) && importsOf(node, source).every(({ module }) => isMissing(module)),
  );
  if (lacking.length === 0) return [...statements];
  const wanted = [...lacking.flatMap((node) => importsOf(node, source)).map(({ name }) => name), ...lookups];
  const used = new Set([
    ...statements.filter((node) => !isImport(node)).flatMap((node) => names(node, source)),
    ...elsewhere.filter((text) => mayMention(text, wanted)).flatMap((text) => names(parsePython(text), text)),
  ]);
  const hidden = lookups.some((name) => used.has(name));
  const needed = (node: SyntaxNode): boolean =>
    hidden || importsOf(node, source).some(({ name, member }) => member === '*' || used.has(name));
  return statements.filter((node) => !lacking.includes(node) || needed(node));
}

/** Where these are used, a name may be looked up by its text, which no tree shows. */
const lookups = ['eval', 'exec', 'globals', 'locals', 'vars'];

/** False only when the text has none of the names; far quicker than to parse it. */
const mayMention = (text: string, wanted: readonly string[]): boolean => {
  const plain = text.normalize('NFKC');
  return wanted.some((name) => plain.includes(name));
};

/** The source of some statements, one after the other. */
export const sourceOf = (statements: readonly SyntaxNode[], source: string): string =>
  statements.map((node) => textOf(node, source)).join('\n');
