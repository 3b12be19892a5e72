/** In an exported Node project, where the file lies elsewhere, cli/nodeProject/ownBinary.ts stands in this one's place. */

/** A .wasm file of TensorFlow.js, in Node. Names of modules that only Node has are hidden from bundlers. */
export async function nodeBinary(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const [fsName, moduleName] = ['node:fs/promises', 'node:module'];
  const { readFile } = (await import(/* @vite-ignore */ fsName)) as typeof import('node:fs/promises');
  const { createRequire } = (await import(/* @vite-ignore */ moduleName)) as typeof import('node:module');
  const folder = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  return Uint8Array.from(await readFile(new URL(`./dist/${name}`, `file://${folder}`)));
}
