/**
 * Runs before anything else in a worker of the sandbox. Pyodide refuses classic workers, which it recognises by
 * importScripts; and finalizers would touch Python's memory after it was rolled back.
 */
Reflect.defineProperty(globalThis, 'importScripts', { value: undefined });
Reflect.defineProperty(globalThis, 'FinalizationRegistry', {
  value: class {
    register(): void {}
    unregister(): void {}
  },
});
