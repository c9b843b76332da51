import { Client } from 'pg';

const oldest = 15;
const patienceMs = 10_000;

/** Connects once to the database that DATABASE_URL names; when that fails, the error says what to do. */
export async function tryDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: patienceMs });
  let version = 0;
  try {
    await client.connect();
    const { rows } = await client.query<{ n: number }>(`select current_setting('server_version_num')::int / 10000 as n`);
    version = rows[0]!.n;
  } catch (error) {
    throw new Error(`DATABASE_URL: ${advice(new URL(url), error as Error & { code?: string })}`, { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
  if (version < oldest)
    throw new Error(`DATABASE_URL: PostgreSQL ${version} is at ${new URL(url).host}: use PostgreSQL ${oldest} or newer`);
}

function advice({ host: address, username, pathname, searchParams }: URL, { message, code = '' }: Error & { code?: string }): string {
  const host = address || searchParams.get('host') || 'this machine';
  const database = decodeURIComponent(pathname.slice(1));
  if (code === '3D000') return `there is no database ${database} at ${host}: create it, as with createdb`;
  if (code.startsWith('28'))
    return `PostgreSQL at ${host} does not let ${decodeURIComponent(username)} in (${message}): correct the name or the password`;
  if (code === '57P03' || code === '53300') return `PostgreSQL at ${host} takes no connection now (${message}): start again in a moment`;
  return `no PostgreSQL answers at ${host} (${message || code}): start it, or correct the address`;
}
