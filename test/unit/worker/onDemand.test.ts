import { describe, expect, it } from 'vitest';
import { keptOnDemand } from '../../../src/worker/onDemand.ts';

describe('what is kept for use offline only once it was used', () => {
  const scripts = new Map([
    ['index.html', '<script src="./assets/index-a.js"></script>'],
    [
      'assets/index-a.js',
      'import("./Lessons-b.js"); new Worker("trainer.worker-c.js"); new Worker("speed.worker-d.js")',
    ],
    ['assets/Lessons-b.js', 'import "./index-a.js"'],
    [
      'assets/trainer.worker-c.js',
      'import("./wasm-e.js"); import("./webgpu-f.js"); import("./cpu-g.js"); import "./names-h.js"',
    ],
    ['assets/wasm-e.js', 'import "./names-h.js"; import "./thread.worker-i.js"'],
    ['assets/webgpu-f.js', 'import "./names-h.js"'],
    ['assets/cpu-g.js', 'import "./topK-k.js"'],
    ['assets/speed.worker-d.js', 'import("./wasm-l.js"); import("./webgpu-m.js")'],
    ['assets/names-h.js', ''],
    ['assets/thread.worker-i.js', ''],
    ['assets/topK-k.js', ''],
    ['assets/wasm-l.js', ''],
    ['assets/webgpu-m.js', ''],
  ]);
  const files = [
    ...scripts.keys(),
    'assets/index-a.css',
    'models/boost/model.safetensors',
    'models/cheating/model.safetensors',
  ];

  it('is what few visitors want, and what only that leads to', () => {
    expect(keptOnDemand(files, scripts).sort()).toEqual([
      'assets/cpu-g.js',
      'assets/speed.worker-d.js',
      'assets/topK-k.js',
      'assets/wasm-l.js',
      'assets/webgpu-f.js',
      'assets/webgpu-m.js',
      'models/cheating/model.safetensors',
    ]);
  });
});
