/** The benchmark in Node. */
import { cpus, loadavg } from 'node:os';
import process from 'node:process';
import { measureGpuCounters, noCounters, wasmCounters } from '../../bench/counters.ts';
import { measureGrowth } from '../../bench/growth.ts';
import { jaxJs } from '../../bench/jaxJs.ts';
import { realShape } from '../../bench/realModel.ts';
import { realTable } from '../../bench/realTargets.ts';
import { measureReal, type RealSizes } from '../../bench/realTurns.ts';
import { contestants, runBench } from '../../bench/run.ts';
import { defaultExperiment } from '../../config/experiment.ts';
import { FlagError } from '../../config/flags.ts';
import type { OpenedBackend } from '../../engine/index.ts';
import { createNodeSandbox } from '../../sandbox/node.ts';
import { openNodeBackend } from '../common.ts';
import { openPeers } from './peers/peers.ts';
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

/** A model of the size that others train, beside other programs, as Markdown. @throws FlagError */
export async function benchRealInNode(
  options: Request['options'],
  onProgress: (what: string) => void,
): Promise<string> {
  const began = performance.now();
  const loadBefore = loadavg()[0];
  const backend = await openNodeBackend(options);
  const clock = clocksProcessor(options, backend.name) ? 'cpu' : 'wall';
  const quick = options['quick'] === true;
  const sizes: RealSizes = {
    ...{ prefill: 128, rows: 16, written: [12, 4], rounds: quick ? 2 : 3 },
    step: quick ? { one: [1, 128], all: [1, 256] } : { one: [1, 256], all: [4, 256] },
    long: quick ? null : [16, 256],
  };
  const clocks = { wall: () => performance.now(), cpu: processorTime };
  onProgress('peers');
  const { contestants, missing } = await openPeers(realShape, sizes, backend.threads, clocks);
  try {
    const report = await measureReal(realShape, sizes, backend.threads, clocks, contestants, onProgress);
    return [
      `${backend.name} (${backend.device}) on ${machine()}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ` +
        `${quick ? '`--quick`, ' : ''}${clock === 'cpu' ? 'processor time of what one thread does, wall time of what several do' : 'wall time'}, ` +
        `load ${loadBefore.toFixed(1)} before and ${loadavg()[0].toFixed(1)} after, ${((performance.now() - began) / 1000).toFixed(0)} s.`,
      realTable(report, clock),
      ...[...missing, ...report.failed].map((why) => `**Not there: ${why}**\n`),
      `The process with all three models held ${(process.resourceUsage().maxRSS / 1e6).toFixed(2)} GB at most.\n`,
    ].join('\n\n');
  } finally {
    for (const one of contestants) await one.dispose();
  }
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
