/** The benchmark in Node. */
import { cpus } from 'node:os';
import process from 'node:process';
import { measureGpuCounters, noCounters, wasmCounters } from '../../bench/counters.ts';
import { measureGrowth } from '../../bench/growth.ts';
import { jaxJs } from '../../bench/jaxJs.ts';
import { contestants, runBench } from '../../bench/run.ts';
import { defaultExperiment } from '../../config/experiment.ts';
import { FlagError } from '../../config/flags.ts';
import { createNodeSandbox } from '../../sandbox/node.ts';
import { openNodeBackend } from '../common.ts';
import { updateModel, type Measured, type Request } from './request.ts';

/** @throws FlagError, or an Error saying what went wrong */
export async function benchInNode(request: Request): Promise<Measured> {
  const { quick, model, wants, onProgress } = request;
  const base = await updateModel(model);
  const backend = await openNodeBackend(request.options);
  const byProcessor = request.options['clock'] === 'cpu';
  if (byProcessor && backend.name === 'webgpu') {
    throw new FlagError('--clock cpu does not see what a GPU does; use --clock wall.');
  }
  const [processor] = cpus();
  const shared = {
    backend,
    machine: `${processor?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}`,
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

/** Milliseconds of processor time, all threads of this process. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
