declare module 'virtual:sandbox-frame-worker' {
  /** The script of the frame's workers. */
  const script: string;
  export default script;
  /** SHA-256 of the frame's own script, base64. */
  export const hash: string;
}
