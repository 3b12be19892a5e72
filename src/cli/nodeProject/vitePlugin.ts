/** Gives the page the kit of Node projects as node-project.zip, which it fetches when somebody asks for a project. */
import type { Plugin } from 'vite';
import { zip } from '../../exports/zip.ts';
import { makeKit } from './kit.ts';

const fileName = 'node-project.zip';

export function nodeProjectKit(): Plugin {
  return {
    name: 'node-project-kit',
    configureServer(server) {
      server.middlewares.use(`/${fileName}`, (_, response, next) => {
        makeKit().then((kit) => response.setHeader('Content-Type', 'application/zip').end(zip(kit)), next);
      });
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName, source: zip(await makeKit()) });
    },
  };
}
