import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { commandHere } from '../../e2e/support/command.js';
import { startTestApp } from '../../support/app.js';
import { data, signIn } from '../../support/client.js';
import { openSql } from '../../support/probe.js';

const ENCRYPTION_KEY = randomBytes(32).toString('base64');
const app = await startTestApp({ ROLE: 'api', ENCRYPTION_KEY });
const sql = await openSql(app.databaseUrl);
const admin = await signIn(app.url);
const elsewhere = await mkdtemp(join(tmpdir(), 'signalbox-elsewhere-'));
afterAll(() => rm(elsewhere, { recursive: true, force: true }));

test.each([[['audit', 'checkpoint']], [['audit', 'export', join(elsewhere, 'trail.ndjson')]]])(
  '%j without the encryption key is refused, and makes no key that nobody can use',
  async (args) => {
    const { code, stderr } = await commandHere(args, { DATABASE_URL: app.databaseUrl, DATA_DIR: elsewhere });

    expect(stderr).toMatch(/needs the encryption key of the installation: set ENCRYPTION_KEY, or DATA_DIR/);
    expect(code).toBe(1);
    expect(await sql('select id from audit_keys')).toEqual([]);
    expect(await sql(`select action from changes where action in ('audit.checkpoint.signed', 'audit.trail.exported')`)).toEqual([]);
    expect(existsSync(join(elsewhere, 'trail.ndjson'))).toBe(false);
  },
);

test('when the key is gone with which the newest signing key was sealed, a new one signs, and what was signed before still verifies', async () => {
  const sign = async () =>
    (await data(app.url, 'mutation { createAuditCheckpoint { checkpoint { id } } }', {}, admin)).createAuditCheckpoint;
  await sign();
  // As if sealed with a key that nobody has any more.
  await sql(`update audit_keys set sealed_private_jwk = replace(sealed_private_jwk, split_part(sealed_private_jwk, ':', 2), '00000000')`);

  await sign();
  await sign();

  expect(await sql('select count(*)::int as n from audit_keys')).toEqual([{ n: 2 }]);
  const { verifyAuditChain } = await data(app.url, '{ verifyAuditChain { isIntact checkpointCount } }', {}, admin);
  expect(verifyAuditChain).toEqual({ isIntact: true, checkpointCount: 3 });
});
