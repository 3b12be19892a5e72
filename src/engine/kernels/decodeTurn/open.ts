/** Which decoder runs where, and the checks before any of them. */
import { sizeOfTable } from '../../blockMatrix.ts';
import type { DecoderModel } from '../../decoder.ts';
import type { KVCache } from '../../kvCache.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import { runningGpu } from '../../webgpu/running.ts';
import { checkSampling } from '../sampleToken/op.ts';
import { openDecoderReference } from './op.ts';
import type { Decoder, TurnStart } from './op.ts';
import { openDecoderWasm } from './wasm.ts';

/** Dispose of it before the cache. */
export function openDecoder(model: DecoderModel, cache: KVCache): Decoder {
  return checked(model, cache, openFastest(model, cache));
}

function openFastest(model: DecoderModel, cache: KVCache): Decoder {
  const wasm = wasmKernels();
  if (wasm) return openDecoderWasm(wasm, model, cache);
  const gpu = runningGpu();
  return gpu ? gpu.kernels.openDecoderGpu(gpu.backend, model, cache) : openDecoderReference(model, cache);
}

/** Looks at everything that is passed before a kernel trusts it. */
function checked(model: DecoderModel, cache: KVCache, decoder: Decoder): Decoder {
  const [vocabulary, width] = sizeOfTable(model.embed);
  const checkStart = ({ last, positions }: TurnStart, longest: (row: number) => number) => {
    const rows = cache.batch;
    if (last.shape[0] !== rows || last.shape[1] !== width || positions.length !== rows) {
      throw new Error(
        `decodeTurn: hidden states [${last.shape.join(', ')}] and ${positions.length} positions do not fit ` +
          `${rows} cached rows of width ${width}.`,
      );
    }
    positions.forEach((position, row) => {
      const end = position + longest(row);
      if (position < 0 || end > cache.slots) {
        throw new Error(
          `The context is full: ${position} + ${longest(row)} tokens exceed ${cache.slots} slots.`,
        );
      }
    });
  };
  return {
    startTurn(start, sampling) {
      const { maxNewTokens, uniforms } = sampling;
      checkSampling(sampling);
      // The last token is not fed.
      checkStart(start, () => maxNewTokens - 1);
      if (!(maxNewTokens >= 1) || uniforms.length !== maxNewTokens * cache.batch) {
        throw new Error(
          `decodeTurn: ${uniforms.length} uniform numbers for ${maxNewTokens} tokens of ${cache.batch} rows.`,
        );
      }
      return decoder.startTurn(start, sampling);
    },
    feed(start, tokens) {
      if (tokens.length !== cache.batch) {
        throw new Error(`decodeTurn: ${tokens.length} lists of tokens for ${cache.batch} rows.`);
      }
      checkStart(start, (row) => tokens[row]?.length ?? 0);
      for (const id of tokens.flat()) {
        if (!(Number.isInteger(id) && id >= 0 && id < vocabulary)) {
          throw new Error(`decodeTurn: id ${id} is not in [0, ${vocabulary}).`);
        }
      }
      return decoder.feed(start, tokens);
    },
    dispose: () => decoder.dispose(),
  };
}
