import type { Outgoing } from '#core/network/outgoing.js';
import type { PythonRun } from './python-run.js';

/** Lets a run make requests by the rules of an `Outgoing`. */
export const fetchThrough =
  (outgoing: Pick<Outgoing, 'fetch'>): PythonRun['fetch'] =>
  async ({ method, url, headers, body }, signal) => {
    const response = await outgoing.fetch(url, { method, headers, body: body as Uint8Array<ArrayBuffer> | null, signal });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: new Uint8Array(await response.arrayBuffer()),
    };
  };
