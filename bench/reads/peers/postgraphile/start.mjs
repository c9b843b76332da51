import { join } from 'node:path';
import { startChild } from '../../../child.mjs';
import { makeGraphqlRequests } from '../../requests.mjs';
import { documents } from './documents.mjs';

/** Starts PostGraphile. */
export async function start({ databaseUrl, withPolicy, callerId }) {
  const { pid, url, stop } = await startChild(join(import.meta.dirname, 'server.mjs'), {
    DATABASE_URL: databaseUrl,
    WITH_POLICY: String(withPolicy),
    GRAPHILE_ENV: 'production',
  });
  const headers = withPolicy ? { 'x-user-id': callerId } : {};
  return { pid, requests: await makeGraphqlRequests({ url: `${url}/graphql`, documents, headers }), stop };
}
