import { describe, expect, it } from 'vitest';
import { leanPyodide } from '../../../src/sandbox/leanPyodide.ts';

/** A module as Emscripten makes it, and what is left of it for those who need these names. */
const lean = (body: string, ...mentioned: string[]): string =>
  leanPyodide(
    `async function make(){${body}var wasmImports={a:_a,b:_b};return Module}export default make;`,
    mentioned,
  )
    .replace('async function make(){', '')
    .replace('return Module}export default make;', '');

const list = 'var wasmImports={};';

describe("what is left of Pyodide's module", () => {
  it('is what something that runs mentions, and what that mentions', () => {
    const body = 'var one=()=>two();function two(){}var three=[one],four={k:()=>three};start(one);';
    expect(lean(body)).toBe(`var one=()=>two();function two(){}start(one);${list}`);
  });

  it('is what others need', () => {
    const body = 'function _a(){}_a.sig="v";function _b(){}_b.sig="v";Module["_a"]=_a;Module["_b"]=_b;';
    expect(lean(body, 'a')).toBe('function _a(){}_a.sig="v";Module["_a"]=_a;var wasmImports={a:_a};');
  });

  it('has the exports that are called', () => {
    const body =
      'var f,g;function assignWasmExports(e){f=Module["f"]=e["f"];g=Module["g"]=e["g"]}assignWasmExports();f();';
    expect(lean(body)).toBe(
      `var f;function assignWasmExports(e){f=Module["f"]=e["f"];}assignWasmExports();f();${list}`,
    );
  });

  it('is all that does something by itself', () => {
    const body = 'var x=count(),y={k:count()},z=[...all];other.sig=count();Module[name]=1;';
    expect(lean(body)).toBe(`${body}${list}`);
  });

  it('has empty functions for what draws', () => {
    const body = 'var GL={};function _glClear(){GL.clear()}_glClear.sig="v";';
    expect(lean(body, '_glClear')).toBe(`function _glClear(){}_glClear.sig="v";${list}`);
  });
});

it('refuses a module of another kind', () => {
  expect(() => leanPyodide('export default 1;', [])).toThrow(/another version/);
  expect(() => leanPyodide('async function make(){}', [])).toThrow(/another version/);
});
