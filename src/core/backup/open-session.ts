import { Client } from 'pg';
import { keepAlive } from '#core/database/keep-alive.js';

/** Opens a session in which values have the same text on every server, and which may take its time. */
export async function openSession(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'signalbox backup', ...keepAlive });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(`
      set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set extra_float_digits = 1;
      set bytea_output = 'hex'; set client_encoding = 'UTF8';
      select set_config(name, '0', false) from pg_settings
        where name in ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')`);
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}
