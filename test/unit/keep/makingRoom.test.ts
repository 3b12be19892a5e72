import { expect, it } from 'vitest';
import { MakingRoom } from '../../../src/keep/makingRoom.ts';
import { MemoryStore, NoRoomError, type Bytes } from '../../../src/train/store.ts';

/** Takes no blob of more bytes than these. */
class Small extends MemoryStore {
  override put(name: string, bytes: Bytes): Promise<void> {
    return bytes.length > 10 ? Promise.reject(new NoRoomError('full')) : super.put(name, bytes);
  }
  override putOver(name: string, bytes: Bytes): Promise<void> {
    return this.put(name, bytes);
  }
}

it('does without what it cannot store even when all that may go has gone, unless a run needs it', async () => {
  const store = new Small();
  const dropped: string[] = [];
  const roomy = new MakingRoom(store, {
    elsewhere: async function* () {},
    onDropped: (what) => dropped.push(what),
  });
  await roomy.put('checkpoint-1', new Uint8Array(10));
  await roomy.put('rollouts-1', new Uint8Array(10));
  await roomy.put('checkpoint-2', new Uint8Array(11));
  expect(await store.list()).toEqual([]);
  expect(dropped).toEqual(['checkpoints', 'answers', 'checkpoints']);
  await expect(roomy.put('last-1', new Uint8Array(11))).rejects.toThrow('full');
  await expect(roomy.putOver('last-1', new Uint8Array(11))).rejects.toThrow('full');
});
