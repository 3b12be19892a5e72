/**
 * Compiles the AssemblyScript kernels (`*.as.ts`) to `module.ts`, the module as base64: it reaches browser bundles, workers and
 * Node alike, without a loader. Run `npm run build:kernels` after changing a kernel; a test compares the two.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = dirname(fileURLToPath(import.meta.url));
const engine = resolve(here, '..');

/** The compiled module. @throws with the compiler's messages */
export async function compileKernels(): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      'wasm/index.as.ts',
      '--baseDir',
      engine,
      '--outFile',
      'kernels.wasm',
      '--runtime',
      'stub',
      '--importMemory',
      // As the back end's memory has it: shared memory needs a maximum.
      '--maximumMemory',
      '65536',
      '--enable',
      'simd',
      // Some kernels' threads meet in the middle (`meeting.as.ts`).
      '--enable',
      'threads',
      '--optimizeLevel',
      '3',
      '--noAssert',
    ],
    {
      readFile: (name, base) => readFile(resolve(base, name), 'utf8').catch(() => null),
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error || !binary)
    throw new Error(`The kernels do not compile: ${error?.message ?? ''}\n${stderr.toString()}`);
  return binary;
}

/** The text of `module.ts` for this binary. */
export function moduleText(binary: Uint8Array): string {
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,100}/g);
  const quoted = (lines ?? []).map((line) => `  '${line}',`).join('\n');
  return `/** Generated from the *.as.ts files by \`npm run build:kernels\`; do not edit. */\nexport const kernelsBase64 = [\n${quoted}\n].join('');\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const binary = await compileKernels();
  await writeFile(resolve(here, 'module.ts'), moduleText(binary));
  console.log(`${binary.length} bytes of WebAssembly written to src/engine/wasm/module.ts`);
}
