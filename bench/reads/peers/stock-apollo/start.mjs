import { join } from 'node:path';
import { startChild } from '../../../child.mjs';
import { documents } from '../../documents.mjs';
import { makeGraphqlRequests } from '../../requests.mjs';

/** Starts Apollo Server with MikroORM. */
export async function start({ databaseUrl, withPolicy, callerId }) {
  const { pid, url, stop } = await startChild(join(import.meta.dirname, 'server.mjs'), {
    DATABASE_URL: databaseUrl,
    WITH_POLICY: String(withPolicy),
  });
  const headers = withPolicy ? { 'x-user-id': callerId } : {};
  return { pid, requests: await makeGraphqlRequests({ url, documents, headers }), stop };
}
