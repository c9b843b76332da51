import { randomBytes } from 'node:crypto';
import { afterAll, inject } from 'vitest';
import { Client } from 'pg';

/** Clones the migrated template for one test file; it is dropped when the file is done. Returns the clone's URL. */
export async function cloneDatabase(): Promise<string> {
  const serverUrl = inject('serverUrl');
  const name = `signalbox_test_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name} template ${inject('template')}`);
  afterAll(() => onServer(`drop database if exists ${name} with (force)`));
  return Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
}

/** Makes a database with nothing in it for one test file; it is dropped when the file is done. Returns its URL. */
export async function emptyDatabase(): Promise<string> {
  const name = `signalbox_empty_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name} template template0 encoding 'UTF8'`);
  afterAll(() => onServer(`drop database if exists ${name} with (force)`));
  return Object.assign(new URL(inject('serverUrl')), { pathname: `/${name}` }).href;
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: inject('serverUrl') });
  await client.connect();
  await client.query(statement);
  await client.end();
}
