import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { readSecretForRun } from '#domains/vault/index.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, signIn } from '../../support/client.js';
import { mutate, mutated } from '../../support/mutation.js';
import { enqueue, jobIn } from '../../support/probe.js';
import { accessesOf, aSecret } from '../../support/secrets.js';
import { aServer } from '../../support/tools.js';

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64')) as [string, string];
const app = await startTestApp({ ROLE: 'api', ENCRYPTION_KEY: oldKey });
const admin = await signIn(app.url);
const { id: serverId } = await aServer(app);
const by = { id: null, name: 'a run' };

interface Stored {
  id: string;
  secret_id: string;
  sealed_value: string;
  encryption_key_id: string;
}
const stored = (of: TestApp): Promise<Stored[]> =>
  rowsOf<Stored>(of, sql`select id, secret_id, sealed_value, encryption_key_id from secret_versions order by id`);
const partOf = (sealed: string, place: number): string => sealed.split(':')[place]!;

/** Puts something in the place of the sealed value of a secret, and makes sure that neither a person nor a run gets any value by it. */
async function notOpened({ id, name }: { id: string; name: string }, sealed: string, why = 'cannot be decrypted: set it anew') {
  await rowsOf(app, sql`update secret_versions set sealed_value = ${sealed} where secret_id = ${id} and is_active`);
  const message = `The secret ${name} ${why}`;

  const { data: answer, errors } = await mutate(app, 'revealSecret', { id }, admin, 'value');

  expect(answer).toBeNull();
  expect(errors).toMatchObject([{ message, extensions: { code: 'PRECONDITION_FAILED' } }]);
  await expect(readSecretForRun(app.system, { serverId, name, by })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED', message });
  expect((await accessesOf(app, name)).slice(-2)).toEqual([
    { by: 'admin', type: 'READ', ok: false, detail: message },
    { by: 'a run', type: 'READ', ok: false, detail: message },
  ]);
}

const sealedOf = async ({ id }: { id: string }): Promise<string> =>
  (await rowsOf(app, sql`select sealed_value as v from secret_versions where secret_id = ${id} and is_active`))[0]!.v;

test('[mcpbox-20] the sealed value of another row opens for nobody', async () => {
  const one = await aSecret(app, null, { serverId, value: 'of one' });
  const two = await aSecret(app, null, { serverId, value: 'of two' });

  await notOpened(one, await sealedOf(two));
});

test('an older version of the same secret opens for nobody in the place of the present one', async () => {
  const secret = await aSecret(app, null, { serverId, value: 'old' });
  const old = await sealedOf(secret);
  await mutated(app, 'rotateSecret', { id: secret.id, value: 'new' }, admin);

  await notOpened(secret, old);
});

test('a value whose tag was cut to four bytes, or that was changed, opens for nobody', async () => {
  const secret = await aSecret(app, null, { serverId, value: 'a value' });
  const sealed = await sealedOf(secret);
  const changed = (place: number, change: (bytes: Buffer) => Uint8Array): string => {
    const parts = sealed.split(':');
    parts[place] = Buffer.from(change(Buffer.from(parts[place]!, 'base64'))).toString('base64');
    return parts.join(':');
  };

  await notOpened(
    secret,
    changed(3, (bytes) => bytes.subarray(0, 16)),
  );
  await notOpened(
    secret,
    changed(2, (bytes) => bytes.subarray(0, 16)),
  );
  await notOpened(
    secret,
    changed(3, (bytes) => bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1)),
  );
  await notOpened(secret, 'a value');
  await rowsOf(app, sql`update secret_versions set sealed_value = ${sealed} where secret_id = ${secret.id}`);
  expect(await readSecretForRun(app.system, { serverId, name: secret.name, by })).toBe('a value');
});

test('a secret whose name was changed behind the back of Signalbox does not open under the new one', async () => {
  const secret = await aSecret(app, null, { serverId, value: 'a value' });
  await rowsOf(app, sql`update secrets set name = 'RENAMED' where id = ${secret.id}`);

  await notOpened({ id: secret.id, name: 'RENAMED' }, await sealedOf(secret));
});

test('a value whose key is missing is named with that key', async () => {
  const secret = await aSecret(app, null, { serverId, value: 'a value' });
  const foreign = new KeyRing(randomBytes(32));

  await notOpened(
    secret,
    (await sealedOf(secret)).replace(/^e1:\w+/, `e1:${foreign.currentId}`),
    `is encrypted with the key ${foreign.currentId}, which this process does not have: add that to RETIRED_ENCRYPTION_KEYS, or set it anew`,
  );
});

test('[cdsa-58] with another key only the wrapped keys of values are sealed anew, and the old key can be removed', async () => {
  await rowsOf(app, sql`delete from secrets`);
  const { id, name } = await aSecret(app, null, { serverId, value: 'kept' });
  await mutated(app, 'rotateSecret', { id, value: 'kept too' }, admin);
  const before = await stored(app);
  const revision = await rowsOf(app, sql`select revision, updated_at from secrets`);

  const both = await startTestApp({ ENCRYPTION_KEY: newKey, RETIRED_ENCRYPTION_KEYS: oldKey, DATABASE_URL: app.databaseUrl });
  expect(await readSecretForRun(both.system, { serverId, name, by })).toBe('kept too');
  const auth = await signIn(both.url);
  const job = await enqueue(both.url, 'upkeep.reencrypt', {}, auth);
  await jobIn(both.url, job.id, 'SUCCEEDED', auth);

  const after = await stored(both);
  const { currentId } = new KeyRing(Buffer.from(newKey, 'base64'));
  expect(after).toHaveLength(2);
  for (const [i, { sealed_value: sealed, encryption_key_id: key, ...row }] of after.entries()) {
    expect(row).toEqual({ id: before[i]!.id, secret_id: id });
    expect([key, partOf(sealed, 1)]).toEqual([currentId, currentId]);
    expect(partOf(sealed, 2)).not.toBe(partOf(before[i]!.sealed_value, 2));
    expect(partOf(sealed, 3)).toBe(partOf(before[i]!.sealed_value, 3));
  }
  expect(await rowsOf(both, sql`select revision, updated_at from secrets`)).toEqual(revision);
  const last = await startTestApp({ ROLE: 'api', ENCRYPTION_KEY: newKey, DATABASE_URL: app.databaseUrl });
  expect(await readSecretForRun(last.system, { serverId, name, by })).toBe('kept too');
  const shown = await data(last.url, `{ secret(id: "${id}") { encryptionKeyId } }`, {}, await signIn(last.url));
  expect(shown.secret.encryptionKeyId).toBe(currentId);
});
