import { join } from 'node:path';
import { startChild } from '../../../child.mjs';
import { makeRequests } from '../../requests.mjs';

/** Starts the server written by hand. */
export async function start({ databaseUrl, withPolicy, callerId }) {
  const { pid, url, stop } = await startChild(join(import.meta.dirname, 'server.mjs'), {
    DATABASE_URL: databaseUrl,
    WITH_POLICY: String(withPolicy),
  });
  const headers = withPolicy ? { 'x-user-id': callerId } : {};
  const request = (path) => (parameters) => {
    const given = Object.entries(parameters).filter(([, value]) => value !== null);
    return { url: `${url}/${path}?${new URLSearchParams(given)}`, method: 'GET', headers };
  };
  const requests = await makeRequests({
    nested: request('nested'),
    flat: request('flat'),
    lookup: request('lookup'),
    deep: request('deep'),
  });
  return { pid, requests, stop };
}
