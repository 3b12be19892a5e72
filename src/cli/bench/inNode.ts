/** The benchmark in Node. */
import { cpus, loadavg } from 'node:os';
import process from 'node:process';
import { measureGpuCounters, noCounters, wasmCounters } from '../../bench/counters.ts';
import { measureGrowth } from '../../bench/growth.ts';
import { jaxJs } from '../../bench/jaxJs.ts';
import { measureReal, realShape, realTable } from '../../bench/realModel.ts';
import { contestants, runBench } from '../../bench/run.ts';
import { defaultExperiment } from '../../config/experiment.ts';
import { FlagError } from '../../config/flags.ts';
import type { OpenedBackend } from '../../engine/index.ts';
import { createNodeSandbox } from '../../sandbox/node.ts';
import { openNodeBackend } from '../common.ts';
import { updateModel, type Measured, type Request } from './request.ts';

/** @throws FlagError, or an Error saying what went wrong */
export async function benchInNode(request: Request): Promise<Measured> {
  const { quick, model, wants, onProgress } = request;
  const base = await updateModel(model);
  const backend = await openNodeBackend(request.options);
  const byProcessor = clocksProcessor(request.options, backend.name);
  const shared = {
    backend,
    machine: machine(),
    // jax-js has no WebGPU in Node, and its WASM on one thread.
    contestants: backend.name === 'wasm' ? [...contestants, jaxJs] : contestants,
    python: {
      createSandbox: (workers: number) => createNodeSandbox({ workers }),
      memoryBytes: () => process.memoryUsage.rss(),
      subject: { experiment: defaultExperiment, base, model },
    },
    onProgress,
  };
  const report = wants.report
    ? await runBench({
        ...shared,
        quick,
        clock: byProcessor
          ? { name: 'processor time', now: processorTime }
          : { name: 'wall time', now: () => performance.now() },
      })
    : undefined;
  const growth = wants.growth ? await measureGrowth(shared) : undefined;
  if (!report) return { growth };
  const counters = backend.name === 'webgpu' ? await measureGpuCounters() : wasmCounters(report);
  return {
    growth,
    report: {
      ...report,
      counters: { ...noCounters, ...counters },
      counters_gpu: backend.name === 'webgpu' ? backend.device : null,
    },
  };
}

/** A model of the size that others train, as Markdown. @throws FlagError */
export async function benchRealInNode(options: Request['options']): Promise<string> {
  const backend = await openNodeBackend(options);
  const byProcessor = clocksProcessor(options, backend.name);
  const quick = options['quick'] === true;
  const report = await measureReal(
    realShape,
    {
      // Steps are nearly all of the time: 4·N operations a token, in three forms, four times each; 3.3e12 with 2 × 256 tokens.
      ...{ prefill: 128, step: quick ? [1, 128] : [2, 256], rounds: quick ? 2 : 3 },
      decode: [
        [1, 8],
        [16, 4],
      ],
    },
    byProcessor ? processorTime : () => performance.now(),
  );
  return (
    `${backend.name} (${backend.device}) on ${machine()}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ` +
    `${byProcessor ? 'processor time' : 'wall time'}, load ${loadavg()[0].toFixed(1)}.\n\n${realTable(report)}\n` +
    `The process with all three models: ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB.\n`
  );
}

function machine(): string {
  const [processor] = cpus();
  return `${processor?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}`;
}

/** @throws FlagError where processor time says nothing */
function clocksProcessor(options: Request['options'], backend: OpenedBackend['name']): boolean {
  const byProcessor = options['clock'] === 'cpu';
  if (byProcessor && backend === 'webgpu') {
    throw new FlagError('--clock cpu does not see what a GPU does; use --clock wall.');
  }
  return byProcessor;
}

/** Milliseconds of processor time, all threads of this process. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
