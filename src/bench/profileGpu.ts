/** How long each kind of kernel takes on the GPU itself, by the GPU's own clock. */

/** By the kernel's name: how often it ran, and milliseconds of all together. */
type GpuProfile = ReadonlyMap<string, { readonly count: number; readonly ms: number }>;

/** Dispatches that a set of queries has room for; a device promises 4096 queries. */
const room = 2048;

interface Noted {
  readonly names: string[];
  readonly queries: GPUQuerySet;
  readonly resolved: GPUBuffer;
}

/**
 * Runs `work` with every dispatch in a pass of its own between two timestamps. That makes the whole slower, so the sum is not the
 * time of `work`; what starting a kernel costs is not in it either.
 *
 * The device must have `timestamp-query`; browsers round its answers to 100 µs, Dawn does not with its toggle
 * `timestamp_quantization` off.
 */
export async function profileGpu(device: GPUDevice, work: () => Promise<unknown>): Promise<GpuProfile> {
  const sets: Noted[] = [];
  const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  /** Each encoder fills a set of its own, so that a set is resolved by the list of commands that writes it. */
  const open = (): Noted => {
    const set = {
      names: [],
      queries: device.createQuerySet({ type: 'timestamp', count: 2 * room }),
      resolved: device.createBuffer({ size: 16 * room, usage: QUERY_RESOLVE | COPY_SRC }),
    };
    sets.push(set);
    return set;
  };
  const encoders = new WeakMap<GPUCommandEncoder, Noted>();
  const encoder = GPUCommandEncoder.prototype;
  const { beginComputePass, finish } = encoder;
  encoder.beginComputePass = function (descriptor) {
    const noted = encoders.get(this) ?? open();
    encoders.set(this, noted);
    return splitPass((name, record) => {
      const at = noted.names.push(name) - 1;
      if (at >= room) throw new Error(`More than ${room} dispatches in one list of commands.`);
      const timestampWrites = {
        ...{ querySet: noted.queries, beginningOfPassWriteIndex: 2 * at },
        endOfPassWriteIndex: 2 * at + 1,
      };
      const pass = beginComputePass.call(this, { ...descriptor, timestampWrites });
      record(pass);
      pass.end();
    });
  };
  encoder.finish = function (descriptor) {
    const noted = encoders.get(this);
    if (noted) this.resolveQuerySet(noted.queries, 0, 2 * noted.names.length, noted.resolved, 0);
    return finish.call(this, descriptor);
  };
  try {
    await work();
    await device.queue.onSubmittedWorkDone();
  } finally {
    Object.assign(encoder, { beginComputePass, finish });
  }
  const profile = new Map<string, { count: number; ms: number }>();
  for (const { names, queries, resolved } of sets) {
    const size = 16 * names.length;
    const staging = device.createBuffer({ size, usage: COPY_DST | MAP_READ });
    const copy = device.createCommandEncoder();
    copy.copyBufferToBuffer(resolved, 0, staging, 0, size);
    device.queue.submit([copy.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const times = new BigUint64Array(staging.getMappedRange().slice(0));
    names.forEach((name, i) => {
      const one = profile.get(name) ?? { count: 0, ms: 0 };
      const nanoseconds = Number((times[2 * i + 1] ?? 0n) - (times[2 * i] ?? 0n));
      profile.set(name, { count: one.count + 1, ms: one.ms + nanoseconds / 1e6 });
    });
    for (const used of [staging, resolved, queries]) used.destroy();
  }
  return profile;
}

/** A pass that makes a real one of each dispatch. */
function splitPass(
  dispatch: (name: string, record: (pass: GPUComputePassEncoder) => void) => void,
): GPUComputePassEncoder {
  let pipeline: GPUComputePipeline | null = null;
  const groups: (readonly [number, GPUBindGroup | null])[] = [];
  const own: Partial<GPUComputePassEncoder> = {
    setPipeline(next) {
      pipeline = next;
      return undefined;
    },
    setBindGroup(index: number, group: GPUBindGroup | null) {
      groups[index] = [index, group];
      return undefined;
    },
    dispatchWorkgroups(...sizes) {
      dispatch(pipeline?.label ?? '', (pass) => {
        if (pipeline) pass.setPipeline(pipeline);
        for (const [index, group] of groups) pass.setBindGroup(index, group);
        pass.dispatchWorkgroups(...sizes);
      });
      return undefined;
    },
    end: () => undefined,
  };
  // What asks whether it is a pass of the GPU's is told so.
  return Object.assign(Object.create(GPUComputePassEncoder.prototype), own) as GPUComputePassEncoder;
}

/** The slowest first: name, how often, microseconds of one, milliseconds together. */
export function profileRows(profile: GpuProfile): string[] {
  return [...profile]
    .sort(([, a], [, b]) => b.ms - a.ms)
    .map(
      ([name, { count, ms }]) =>
        `${name}: ${count} × ${((1000 * ms) / count).toFixed(1)} µs = ${ms.toFixed(2)} ms`,
    );
}
