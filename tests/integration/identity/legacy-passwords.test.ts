import { createHash } from 'node:crypto';
import argon2 from 'argon2';
import bcrypt from 'bcrypt';
import { describe, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { mutate } from '../../support/mutation.js';
import { aUser } from '../../support/users.js';
import { unlimited } from '../../support/unlimited.js';

const app = await startTestApp({ ROLE: 'api' });
await unlimited(app);
const password = 'old but right';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const cost = 4;
const bcrypted = (text: string, variant = '2b'): Promise<string> =>
  bcrypt.hash(text, cost).then((hash) => hash.replace(/^\$2b/, `$${variant}`));

const hashOf = async (username: string): Promise<string> =>
  (await rowsOf<{ password_hash: string }>(app, sql`select password_hash from users where username = ${username}`))[0]!.password_hash;
const codeOf = async (username: string, given: string): Promise<string | null> =>
  (await mutate(app, 'signIn', { username, password: given })).errors?.[0]!.extensions.code ?? null;

const forms: Record<string, () => Promise<string>> = {
  'bcrypt 2a': () => bcrypted(password, '2a'),
  'bcrypt 2b': () => bcrypted(password),
  'bcrypt 2y': () => bcrypted(password, '2y'),
  'bcrypt over SHA-256': () => bcrypted(sha256(password)),
  'bcrypt 2y over SHA-256': () => bcrypted(sha256(password), '2y'),
  'SHA-256': () => Promise.resolve(sha256(password)),
  'SHA-256 in upper case': () => Promise.resolve(sha256(password).toUpperCase()),
};

describe.each(Object.entries(forms))('[scheduler-43] a hash of another system, %s,', (name, make) => {
  const username = `from ${name}`;

  test('refuses a wrong password and a hash in its place, lets the password in and becomes Argon2id', async () => {
    const legacy = await make();
    const { id } = await aUser(app, username, [], { passwordHash: legacy });

    for (const wrong of ['wrong', '', legacy, sha256(password), sha256(password).toUpperCase(), sha256(sha256(password))])
      expect(await codeOf(username, wrong), wrong).toBe('UNAUTHENTICATED');
    expect(await hashOf(username)).toBe(legacy);

    const { changes } = await recording(app, async () => expect(await codeOf(username, password)).toBe(null));
    expect(changes.map(({ action, target_id }) => [action, target_id])).toEqual([
      ['identity.user.passwordUpgraded', id],
      ['login_success', expect.any(String)],
    ]);
    expect(JSON.stringify(changes)).not.toContain('$argon2id$');
    const upgraded = await hashOf(username);
    expect(upgraded).toMatch(/^\$argon2id\$/);
    expect(await argon2.verify(upgraded, password)).toBe(true);

    expect(await codeOf(username, password)).toBe(null);
    expect(await codeOf(username, sha256(password))).toBe('UNAUTHENTICATED');
    expect(await hashOf(username)).toBe(upgraded);
  });
});

test('sign-ins at the same instant all succeed, and one Argon2id hash is left', async () => {
  await aUser(app, 'several', [], { passwordHash: await bcrypted(password) });

  expect(await Promise.all(Array.from({ length: 4 }, () => codeOf('several', password)))).toEqual([null, null, null, null]);

  expect(await hashOf('several')).toMatch(/^\$argon2id\$/);
});

test.each([
  ['a text that is no hash', 'nothing of the kind'],
  ['an empty text', ''],
  ['a bcrypt hash that was cut off', '$2b$12$abc'],
  ['a bcrypt hash that would cost hours', `$2b$31$${'.'.repeat(53)}`],
  ['a bcrypt hash of the faulty variant 2x', `$2x$04$${'.'.repeat(53)}`],
  ['an Argon2 hash that was cut off', '$argon2id$v=19$m=65536,t=3,p=4$abc'],
])('nothing fits %s', async (name, passwordHash) => {
  await aUser(app, name, [], { passwordHash });

  for (const given of ['', passwordHash, 'anything']) expect(await codeOf(name, given)).toBe('UNAUTHENTICATED');
  expect(await hashOf(name)).toBe(passwordHash);
});
