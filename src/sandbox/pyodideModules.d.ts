/** Pyodide's Emscripten module has no types of its own; only what interpreter.ts touches is declared. */
declare module 'pyodide/pyodide.asm.mjs' {
  type Create = NonNullable<
    NonNullable<Parameters<typeof import('pyodide').loadPyodide>[0]>['createPyodideModule']
  >;
  const createPyodideModule: Create;
  export default createPyodideModule;
}
