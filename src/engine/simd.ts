/** Whether this engine has WebAssembly SIMD, by the module (v128.const; drop) that only engines with it accept. */
export function hasSimd(): boolean {
  if (typeof WebAssembly === 'undefined') return false;
  const code = [0x0a, 23, 1, 21, 0, 0xfd, 0x0c, ...new Array<number>(16).fill(0), 0x1a, 0x0b];
  return WebAssembly.validate(
    new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, ...code]),
  );
}
