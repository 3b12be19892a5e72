import { describe, expect, it } from 'vitest';
import { isSpoken, keptWith, machineKey, onDemand } from '../../../src/worker/onDemand.ts';

describe('what not everybody keeps for use offline', () => {
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
    ['assets/webgpu-f.js', 'import "./names-h.js"; import "./topK-k.js"'],
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

  const seldom = [
    'assets/Lessons-b.js',
    'assets/speed.worker-d.js',
    'assets/wasm-l.js',
    'assets/webgpu-m.js',
    'models/cheating/model.safetensors',
  ];

  it('is what few visitors want, and the back ends of other machines, with what only those lead to', () => {
    const waits = onDemand(files, scripts);
    const of = (...has: ('webgpu' | 'cpu')[]) =>
      waits[machineKey(has)]?.filter((path) => !seldom.includes(path));
    expect(Object.values(waits).every((list) => seldom.every((path) => list.includes(path)))).toBe(true);
    expect(of()).toEqual(['assets/webgpu-f.js', 'assets/cpu-g.js', 'assets/topK-k.js']);
    expect(of('webgpu')).toEqual(['assets/cpu-g.js']);
    expect(of('cpu')).toEqual(['assets/webgpu-f.js']);
    expect(of('cpu', 'webgpu')).toEqual([]);
  });

  it('is not the language that the browser speaks, without which the page would open in another', () => {
    const words = ['assets/inGerman-a.js', 'assets/inGermanLater-b.js'];
    const spokenBy = (...tags: string[]) => words.filter((path) => isSpoken(path, tags));
    expect(spokenBy('de-AT', 'en')).toEqual(['assets/inGerman-a.js']);
    expect(spokenBy('en-US', 'fr', 'constructor')).toEqual([]);
  });

  it('comes with what is wanted later, perhaps without a network', () => {
    const files = [
      'index.html',
      'assets/Models-a.js',
      'assets/Models-a.css',
      'assets/otherModel-b.js',
      'assets/Files-c.js',
    ];
    expect(keptWith('assets/Models-a.js', files)).toContain('assets/otherModel-b.js');
    expect(keptWith('assets/Files-c.js', files)).toEqual([]);
  });
});
