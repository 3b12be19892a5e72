/** What a worker needs to keep runs in this browser, or why the browser refuses. */
import { OpfsModels } from './opfsModels.ts';
import { OpfsShelf } from './opfsShelf.ts';
import { keptChannel } from './keepProtocol.ts';
import { BrowserRunIndex } from './runIndex.ts';
import { whyRefused } from './window.ts';

export interface Keeping {
  readonly shelf: OpfsShelf;
  readonly index: BrowserRunIndex;
  readonly onChanged: () => void;
}

/** @throws Error where the browser has no file system of its own */
function checkAble(): void {
  const able =
    'storage' in navigator &&
    'getDirectory' in navigator.storage &&
    'createSyncAccessHandle' in FileSystemFileHandle.prototype;
  if (!able) throw new Error('this browser gives pages no files of their own');
}

/** @returns why no model can be kept, for the end of a sentence, where it cannot */
export async function openModelShelf(): Promise<OpfsModels | string> {
  try {
    checkAble();
    return await OpfsModels.open();
  } catch (error) {
    return whyRefused(error);
  }
}

/** @returns why nothing can be kept, for the end of a sentence, where it cannot */
export async function openKeeping(): Promise<Keeping | string> {
  try {
    checkAble();
    const shelf = await OpfsShelf.open();
    const channel = new BroadcastChannel(keptChannel);
    return { shelf, index: new BrowserRunIndex(), onChanged: () => channel.postMessage(null) };
  } catch (error) {
    return whyRefused(error);
  }
}
