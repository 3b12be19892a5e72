/** Which back end `auto` takes where there is a real GPU: the one that is faster for the work at hand. */

export type Fast = 'webgpu' | 'wasm';

export interface Choice {
  readonly name: Fast;
  /** A sentence for the user. */
  readonly why: string;
}

/**
 * A GPU starts every kernel at a price, so that a tiny model may be faster without it.
 *
 * @param measure milliseconds of the work on a back end; it rejects where that does not run
 * @throws when neither runs, with both reasons
 */
export async function fasterOf(gpu: string, measure: (name: Fast) => Promise<number>): Promise<Choice> {
  const [wasm, webgpu] = [await attempt(measure, 'wasm'), await attempt(measure, 'webgpu')];
  if (typeof webgpu === 'string') {
    if (typeof wasm === 'string') throw new Error(`Neither back end could be tried. ${wasm} ${webgpu}`);
    return { name: 'wasm', why: `the GPU (${gpu}) failed in a short trial: ${webgpu}` };
  }
  if (typeof wasm === 'string') {
    return { name: 'webgpu', why: `WebGPU runs on a real GPU; WebAssembly could not be tried: ${wasm}` };
  }
  if (webgpu <= wasm) {
    return {
      name: 'webgpu',
      why: `WebGPU runs on a real GPU, ${times(wasm / webgpu)} as fast as WebAssembly in a short trial with this model`,
    };
  }
  return {
    name: 'wasm',
    why: `this model is small: in a short trial WebAssembly was ${times(webgpu / wasm)} as fast as the GPU (${gpu})`,
  };
}

const times = (ratio: number): string => `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} times`;

async function attempt(measure: (name: Fast) => Promise<number>, name: Fast): Promise<number | string> {
  try {
    const ms = await measure(name);
    return Number.isFinite(ms) ? ms : `it took ${ms} ms.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
