/** Looks after kept runs for the page: which there are, their names, taking them away, files in and out. Entry of the worker. */
import { sentence } from '../train/failure.ts';
import { Library } from '../keep/library.ts';
import { keepCallSchema, type KeepAnswer, type KeepCall } from './keepProtocol.ts';
import { openKeeping } from './kept.ts';
import { parseMessage } from './protocol.ts';

const library = openKeeping().then(async (keeping) => {
  if (typeof keeping === 'string') return keeping;
  const made = new Library(keeping);
  await made.tidy().catch((error: unknown) => console.warn(sentence(error))); // the next visit tries again
  return made;
});

function obey(library: Library, command: KeepCall): Promise<unknown> {
  switch (command.call) {
    case 'list':
      return library.list();
    case 'unreadable':
      return library.unreadable();
    case 'inUse':
      return library.inUse();
    case 'rename':
      return library.rename(command.id, command.name);
    case 'delete':
      return library.delete(command.id);
    case 'undelete':
      return library.undelete(command.id);
    case 'forget':
      return library.forget(command.id);
    case 'log':
      return library.log(command.id);
    case 'read':
      return library.read(command.id);
    case 'write':
      return library.write(command.file, command.name);
    default:
      return command satisfies never;
  }
}

async function answer(data: unknown): Promise<KeepAnswer> {
  try {
    const opened = await library;
    if (typeof opened === 'string') return { refused: opened };
    return { value: await obey(opened, parseMessage(keepCallSchema, data)) };
  } catch (error) {
    return { problem: sentence(error) };
  }
}

addEventListener('message', ({ data, ports: [port] }: MessageEvent<unknown>) => {
  void answer(data).then((answered) => port?.postMessage(answered));
});
