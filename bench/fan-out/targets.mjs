import { join } from 'node:path';
import { startChild } from '../child.mjs';
import { enqueue, productSettings, startProduct } from '../product.mjs';

const here = (name) => join(import.meta.dirname, name);

/**
 * What is compared. Each starts with the flags that it is given for Node.js and resolves with the process that serves the sockets
 * (`server`), how to publish items from a place on (`publish`), and what a client needs (`subscription`).
 */
export const targets = {
  signalbox: { title: 'Signalbox', start: startSignalbox },
  stock: { title: 'graphql-ws as it comes', start: (conditions) => startPeer('stock.mjs', {}, conditions) },
  raw: { title: 'prebuilt frames', start: (conditions) => startPeer('raw.mjs', { isRaw: true }, conditions) },
};

async function startSignalbox({ databaseUrl, dataDir, nodeArgs }) {
  const server = await startProduct({ databaseUrl, dataDir }, { nodeArgs });
  const writer = await startChild(here('../writer.mjs'), productSettings({ databaseUrl, dataDir, ROLE: 'api' }), { nodeArgs: [] });
  let jobId;
  return {
    server,
    // Nobody runs this job: it only has streams.
    async renew() {
      jobId = (await enqueue(server, 'bench.nothing')).id;
      return { url: server.url, token: server.token, variables: { jobId } };
    },
    publish: (first, count) => writer.tell('publish', { jobId, first, count }),
    async stop() {
      await writer.stop();
      await server.stop();
    },
  };
}

async function startPeer(file, more, { nodeArgs }) {
  const server = await startChild(here(file), {}, { nodeArgs });
  return {
    server,
    renew: async () => ({ url: server.url, variables: { jobId: crypto.randomUUID() }, ...more }),
    publish: (first, count) => server.tell('publish', { first, count }),
    stop: server.stop,
  };
}
