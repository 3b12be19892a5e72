/** Models of others as they are opened: what is known of them, and parts that do not belong together. */
import { describe, expect, it } from 'vitest';
import { bytesInMemory } from '../../../src/model/byteSource.ts';
import { openModel, type OpenedModel } from '../../../src/train/openedModel.ts';
import { tinyConfig, tinyFolder, tinyGguf } from '../../tinyModel.ts';

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function open(files: Readonly<Record<string, Uint8Array | null>>): Promise<OpenedModel> {
  const there = Object.entries(files).flatMap(([name, bytes]) => (bytes ? [[name, bytes] as const] : []));
  const byName = new Map(there);
  return openModel({
    names: [...byName.keys()],
    open: async (name) => {
      const bytes = byName.get(name);
      return bytes ? bytesInMemory(name, bytes) : null;
    },
  });
}
const folder = tinyFolder();
const changed = (name: string, keys: object): Record<string, Uint8Array> => ({
  ...folder,
  [name]: json({ ...(JSON.parse(new TextDecoder().decode(folder[name])) as object), ...keys }),
});

describe('a model of others', () => {
  it('says the same of itself as a folder and as a GGUF file', async () => {
    const [a, b] = [await open(folder), await open({ 'tiny.gguf': tinyGguf() })];
    for (const model of [a, b]) {
      expect(model.facts).toEqual({
        ...{ family: 'qwen2', layers: 2, width: 32, vocabulary: tinyConfig.vocab_size, context: 4096 },
        ...{ parameters: 27_808, dtypes: ['F32'], storedBytes: 4 * (27_808 + 284 * 32) }, // the head is packed once more
      });
      expect(model.tokenizer.encode('def add(a', false)).toEqual(a.tokenizer.encode('def add(a', false));
      expect(model.template?.render([{ role: 'user', content: 'hi' }], true)).toBe(
        '<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n',
      );
      expect(model.stopIds[0]).toBe(tinyConfig.eos_token_id);
    }
    expect(b.licence).toBe('apache-2.0');
    expect(await a.tensors.read('model.norm.weight')).toEqual(await b.tensors.read('model.norm.weight'));
  });

  it('takes a template from its own file, and says why there is none', async () => {
    const own = await open({
      ...folder,
      'chat_template.jinja': new TextEncoder().encode('{{ messages[0].content }}!'),
    });
    expect(own.template?.render([{ role: 'user', content: 'hi' }], true)).toBe('hi!');
    const none = await open({ ...folder, 'tokenizer_config.json': null });
    expect(none.template).toBeNull();
    expect(none.whyNoTemplate).toContain('chat_template is nothing');
  });

  it.each([
    ['no tokenizer.json', { ...folder, 'tokenizer.json': null }, 'tokenizer.json is missing'],
    [
      'an embedding that is too small',
      changed('config.json', { vocab_size: 100 }),
      'has shape [284, 32]; config.json says [100, 32]',
    ],
    [
      'special tokens of another tokenizer',
      changed('tokenizer_config.json', { eos_token: '<|eot_id|>' }),
      'eos_token is "<|eot_id|>", which tokenizer.json does not have',
    ],
    [
      'an end of text that is no token',
      changed('generation_config.json', { eos_token_id: 128_001 }),
      'token 128001 (eos_token_id)',
    ],
    [
      'a scaling that is not known',
      changed('config.json', { rope_scaling: { type: 'yarn', factor: 4 } }),
      '"yarn" is not supported',
    ],
    [
      'quantised weights',
      changed('config.json', { quantization_config: { quant_method: 'gptq' } }),
      'quantization_config',
    ],
    ['two GGUF files', { 'a.gguf': tinyGguf(), 'b.gguf': tinyGguf() }, 'There are several GGUF files'],
    [
      'a GGUF tokenizer of another model',
      { 'a.gguf': tinyGguf({ 'tokenizer.ggml.eos_token_id': 151_645 }) },
      'token 151645 (eos_token_id)',
    ],
  ])('is refused with %s', async (_, files: Record<string, Uint8Array | null>, sentence) => {
    await expect(open(files)).rejects.toThrow(sentence);
  });

  it('is refused when its tokenizer has more tokens than the embedding has rows', async () => {
    const tokenizer = JSON.parse(new TextDecoder().decode(folder['tokenizer.json'])) as {
      added_tokens: object[];
    };
    for (let id = 281; id < 300; id++) tokenizer.added_tokens.push({ id, content: `<${id}>`, special: true });
    await expect(open({ ...folder, 'tokenizer.json': json(tokenizer) })).rejects.toThrow(
      'The tokenizer has 300 tokens and the embedding 284 rows',
    );
  });
});
