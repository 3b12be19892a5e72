/** Cached attention on WASM: writes the new keys and values into the cache in place, then one query per head over the slots. */
import { expRow, maxOf, sum4 } from '../../wasm/math.as';

export function attendScratch(slots: i32): usize {
  return (<usize>(slots + 4)) << 2;
}

function dot(a: usize, b: usize, bytes: usize): f32 {
  let sums = f32x4.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) sums = f32x4.add(sums, f32x4.mul(v128.load(a + i), v128.load(b + i)));
  let sum = sum4(sums);
  for (; i < bytes; i += 4) sum += f32.load(a + i) * f32.load(b + i);
  return sum;
}

/** to += factor·from */
function addScaled(to: usize, from: usize, factor: f32, bytes: usize): void {
  const f = f32x4.splat(factor);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    v128.store(to + i, f32x4.add(v128.load(to + i), f32x4.mul(f, v128.load(from + i))));
  }
  for (; i < bytes; i += 4) f32.store(to + i, f32.load(to + i) + factor * f32.load(from + i));
}

export function attend(
  batch: i32,
  slots: i32,
  slot: i32,
  heads: i32,
  kvHeads: i32,
  headDim: i32,
  qkv: usize,
  keys: usize,
  values: usize,
  mask: usize,
  out: usize,
  scratch: usize,
): void {
  const head = (<usize>headDim) << 2;
  const width = <usize>kvHeads * head;
  const live = slot + 1;
  const scale = <f32>1 / sqrt<f32>(<f32>headDim);
  const perGroup = heads / kvHeads;
  for (let b = 0; b < batch; b++) {
    memory.copy(keys + <usize>slot * width, qkv + <usize>heads * head, width);
    memory.copy(values + <usize>slot * width, qkv + <usize>heads * head + width, width);
    memory.fill(out, 0, <usize>heads * head);
    for (let h = 0; h < heads; h++) {
      const group = <usize>(h / perGroup) * head;
      const q = qkv + <usize>h * head;
      let key = keys + group;
      for (let s = 0; s < live; s++, key += width) {
        const at = (<usize>s) << 2;
        f32.store(scratch + at, dot(q, key, head) * scale + f32.load(mask + at));
      }
      const sum = expRow(scratch, live, maxOf(scratch, live), 1);
      let value = values + group;
      for (let s = 0; s < live; s++, value += width) {
        const weight = f32.load(scratch + ((<usize>s) << 2)) / sum;
        if (weight != 0) addScaled(out + <usize>h * head, value, weight, head);
      }
    }
    qkv += <usize>heads * head + 2 * width;
    out += <usize>heads * head;
    keys += <usize>slots * width;
    values += <usize>slots * width;
    mask += (<usize>slots) << 2;
  }
}
