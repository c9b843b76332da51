import 'reflect-metadata';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '#core/database/embedded/start-embedded-postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    serverUrl: string;
    template: string;
  }
}

/** Starts a PostgreSQL server for the tests, unless TEST_DATABASE_URL names one, and makes the template that every file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const dataDir = join(tmpdir(), `signalbox-tests-${process.pid}`);
  const embedded = given ? null : await startEmbeddedPostgres({ dataDir });
  const serverUrl = given ?? embedded!.url;
  const template = `signalbox_template_${process.pid}`;
  await onServer(serverUrl, `drop database if exists ${template} with (force)`, `create database ${template}`);
  const { fillTemplate } = await import('./fill-template.js');
  await fillTemplate(urlOf(serverUrl, template));
  project.provide('serverUrl', serverUrl);
  project.provide('template', template);
  return async () => {
    await onServer(serverUrl, `drop database if exists ${template} with (force)`);
    await embedded?.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

const urlOf = (serverUrl: string, database: string): string => Object.assign(new URL(serverUrl), { pathname: `/${database}` }).href;

async function onServer(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
