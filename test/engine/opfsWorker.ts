/** Runs the contract of every store on the browser's own file system, in the worker where such a store lives. */
import { OpfsStore } from '../../src/worker/opfsStore.ts';
import { storeContract } from '../unit/train/storeContract.ts';

async function run(): Promise<Record<string, string>> {
  const root = await navigator.storage.getDirectory();
  const results: Record<string, string> = {};
  const attempt = async (name: string, work: () => Promise<void>) => {
    results[name] = await work().then(
      () => 'ok',
      (error: unknown) => String(error),
    );
  };
  const contract = async (suffix: string) => {
    for (const [at, [name, check]] of Object.entries(storeContract).entries()) {
      const folder = await root.getDirectoryHandle(`run-${at}${suffix}`, { create: true });
      await attempt(`${name}${suffix}`, () => check(() => OpfsStore.open(folder)));
    }
  };
  await contract('');
  await attempt('two at once are refused', async () => {
    const folder = await root.getDirectoryHandle('twice', { create: true });
    const first = await OpfsStore.open(folder);
    const second = await OpfsStore.open(folder).catch((error: unknown) => String(error));
    if (typeof second !== 'string' || !second.includes('twice is open in another tab'))
      throw new Error('it opened');
    await first.close();
    await (await OpfsStore.open(folder)).close();
  });
  // A browser whose files cannot be moved.
  if (!Reflect.deleteProperty(FileSystemFileHandle.prototype, 'move')) throw new Error('move is still there');
  await contract(' (without move)');
  return results;
}

run().then(
  (results) => postMessage(results),
  (error: unknown) => postMessage({ run: String(error) }),
);
