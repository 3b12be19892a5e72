import { describe, expect, it } from 'vitest';
import { drawnGguf } from '../../../src/bench/drawnGguf.ts';
import { parseConfig } from '../../../src/model/config.ts';
import { bytesInMemory } from '../../../src/model/byteSource.ts';
import { openGgufFile } from '../../../src/model/openCheckpoint.ts';
import { parameterCount } from '../../../src/model/parameters.ts';
import { tinyConfig } from '../../tinyModel.ts';

describe('a GGUF file with drawn weights', () => {
  it.each(['Q8_0', 'Q4_0'] as const)('is read as its shape says: %s', async (type) => {
    const config = parseConfig(tinyConfig);
    const bytes = Buffer.concat([...drawnGguf(config, type, { 'tokenizer.ggml.model': 'none' })]);
    const opened = await openGgufFile(bytesInMemory('drawn.gguf', bytes));
    expect(opened.config).toEqual(config);
    let count = 0;
    for (const [name, { shape }] of opened.tensors.tensors) {
      const values = await opened.tensors.read(name);
      count += values.length;
      if (shape.length < 2) continue;
      const deviation = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
      const wanted = name.includes('embed') ? 0.05 : 1 / Math.sqrt(shape[1] ?? 1);
      expect(deviation / wanted, name).toBeCloseTo(1, 1);
    }
    expect(count).toBe(parameterCount(config));
  });
});
