declare module 'virtual:sandbox-frame-worker' {
  /** The script of the frame's workers. */
  const script: string;
  export default script;
  /** SHA-256, hexadecimal, of all that a memory snapshot depends on: this script and Pyodide's WebAssembly. */
  export const key: string;
}

declare module 'virtual:sandbox-frame-hash' {
  /** SHA-256 of the frame's own script, base64. */
  const hash: string;
  export default hash;
}
