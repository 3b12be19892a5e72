/** What is said by parts of the page that few open, in German: fetched with the first of them. */
import { files } from './de/later/files.ts';
import { models } from './de/later/models.ts';
import { problems } from './de/later/problems.ts';
import { project } from './de/later/project.ts';
import { receipts } from './de/later/receipts.ts';
import { speed } from './de/later/speed.ts';

export const deLater = {
  ...files,
  ...models,
  ...problems,
  ...project,
  ...receipts,
  ...speed,
} satisfies Readonly<Record<string, string>>;
