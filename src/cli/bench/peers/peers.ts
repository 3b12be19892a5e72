/**
 * Programs by others that run models of this size, installed apart from the playground: llama.cpp, natively and in WebAssembly. What
 * cannot be had here is left out, and said.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { drawnGguf, type DrawnType } from '../../../bench/drawnGguf.ts';
import type { Clocks, RealContestant, RealSizes } from '../../../bench/realTurns.ts';
import type { ModelConfig } from '../../../model/modelConfig.ts';
import { projectRoot } from '../../common.ts';

const wllama = '@wllama/wllama@3.13.0';
const llamaVersion = '3.22.1';

/** Its compiled program for this machine, without a GPU; null: there is none. */
function llamaProgram(): string | null {
  const machine = `${process.platform}-${process.arch}`;
  const named: Readonly<Record<string, string>> = {
    'linux-x64': 'linux-x64',
    'linux-arm64': 'linux-arm64',
    'darwin-x64': 'mac-x64',
    'darwin-arm64': 'mac-arm64-metal',
    'win32-x64': 'win-x64',
    'win32-arm64': 'win-arm64',
  };
  const name = named[machine];
  return name ? `@node-llama-cpp/${name}@${llamaVersion}` : null;
}

export interface Peers {
  readonly contestants: readonly RealContestant[];
  /** Sentences: who is not there, and why. */
  readonly missing: readonly string[];
}

/**
 * Installs them with npm the first time, writes models of this shape for them, and starts them.
 * @param threads of the machine; more than one are tried beside one
 */
export async function openPeers(
  config: ModelConfig,
  sizes: RealSizes,
  threads: number,
  clocks: Clocks,
): Promise<Peers> {
  const folder = join(projectRoot, '.cache/peers');
  mkdirSync(folder, { recursive: true });
  const missing: string[] = [];
  const contestants: RealContestant[] = [];
  const attempt = async (what: string, open: () => Promise<RealContestant>): Promise<void> => {
    try {
      contestants.push(await open());
    } catch (error) {
      missing.push(`${what}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  };
  const program = llamaProgram();
  const installed = [
    install(folder, 'node-llama-cpp', program ? [`node-llama-cpp@${llamaVersion}`, program] : null),
    install(folder, '@wllama/wllama', [wllama]),
  ];
  for (const why of installed) if (why !== null) missing.push(why);
  if (installed.every((why) => why !== null)) return { contestants, missing };
  const models: Record<DrawnType, string> = { Q8_0: 'q8_0.gguf', Q4_0: 'q4_0.gguf' };
  for (const type of ['Q8_0', 'Q4_0'] as const) {
    const file = join(folder, models[type]);
    if (!existsSync(file)) await writeModel(file, config, type);
  }
  const request = { folder, sizes, clocks };
  if (installed[0] === null) {
    const { nativePeer } = await import('./native.ts');
    for (const type of ['Q8_0', 'Q4_0'] as const)
      await attempt(`native ${type}`, () => nativePeer(request, type, models[type]));
  }
  if (installed[1] === null) {
    const { wllamaPeer } = await import('./wllama.ts');
    await attempt('wllama Q8_0', () => wllamaPeer(request, 'Q8_0', models.Q8_0, 1));
    if (threads > 1)
      await attempt('wllama Q8_0, threads', () => wllamaPeer(request, 'Q8_0', models.Q8_0, threads));
    await attempt('wllama Q4_0', () => wllamaPeer(request, 'Q4_0', models.Q4_0, 1));
  }
  return { contestants, missing };
}

/** @returns null, or why a package is not there: a sentence */
function install(folder: string, name: string, packages: readonly string[] | null): string | null {
  if (packages === null) return `${name}: there is no program for ${process.platform} on ${process.arch}.`;
  if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return null;
  process.stderr.write(`installing ${packages.join(' and ')} in ${folder}\n`);
  // No scripts of strangers run, and none of the large programs for GPUs comes along.
  const flags = ['--prefix', folder, '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, error, stderr } = spawnSync('npm', ['install', ...flags, ...packages], {
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (status === 0) return null;
  return `${name}: npm could not install it (${error?.message ?? stderr.trim().split('\n')[0] ?? 'no reason given'}).`;
}

/** Letters are tokens: what a prompt counts does not depend on which they are. */
function tokenizerOf({ vocab_size }: ModelConfig) {
  const special = ['<unk>', '<s>', '</s>'];
  const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`);
  const named = [...special, ...bytes];
  const tokens = Array.from({ length: vocab_size }, (_, i) => named[i] ?? `[${i}]`);
  const typeOf = (i: number) => (i === 0 ? 2 : i < special.length ? 3 : i < named.length ? 6 : 1);
  return {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.scores': Float32Array.from(tokens, (_, i) => -i),
    'tokenizer.ggml.token_type': Int32Array.from(tokens, (_, i) => typeOf(i)),
    'tokenizer.ggml.bos_token_id': 1,
    'tokenizer.ggml.eos_token_id': 2,
    'tokenizer.ggml.unknown_token_id': 0,
  };
}

async function writeModel(file: string, config: ModelConfig, type: DrawnType): Promise<void> {
  const begun = `${file}.part`;
  try {
    await writeFile(begun, drawnGguf(config, type, tokenizerOf(config)));
    renameSync(begun, file);
  } finally {
    rmSync(begun, { force: true });
  }
}
