import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, signIn, type Auth } from '../../support/client.js';
import { mutated, refused } from '../../support/mutation.js';
import { accessesOf, aSecret, vaultOf } from '../../support/secrets.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const owner = await signedIn(app, 'otto');
const dayMs = 86_400_000;
const reveal = async (id: string, auth: Auth = owner): Promise<string> => (await mutated(app, 'revealSecret', { id }, auth, 'value')).value;
const look = async (id: string, selection: string): Promise<any> =>
  (await data(app.url, `query($id: ID!) { secret(id: $id) { ${selection} } }`, { id }, owner)).secret;
const versions = 'versions { nodes { versionNumber isActive rotationReason createdBy { username } createdByName encryptionKeyId } }';

/** The refusal, after making sure that no secret has changed. */
async function refusedUnchanged(name: string, input: object, auth: Auth = owner) {
  const before = await vaultOf(app);
  const refusal = await refused(app, name, input, auth);
  expect(await vaultOf(app)).toBe(before);
  return refusal;
}

test('a placeholder gets its value, which then is revealed', async () => {
  const { id, name } = await aSecret(app, owner.id);
  const before = await look(id, 'revision hasValue encryptionKeyId');

  const { result, changes } = await recording(app, () =>
    mutated(app, 'setSecretValue', { id, value: 'first' }, owner, 'secret { hasValue revision encryptionKeyId }'),
  );

  expect(before).toEqual({ revision: 1, hasValue: false, encryptionKeyId: null });
  const { currentId } = app.system.services.get(KeyRing);
  expect(result.secret).toEqual({ hasValue: true, revision: 2, encryptionKeyId: currentId });
  expect(changes).toMatchObject([
    { action: 'vault.secret.set', target_id: id, before: { hasValue: false }, after: { hasValue: true }, is_sensitive: true },
  ]);
  expect(await reveal(id)).toBe('first');
  expect(await accessesOf(app, name)).toEqual([
    { by: 'otto', type: 'WRITE', ok: true, detail: null },
    { by: 'otto', type: 'READ', ok: true, detail: null },
  ]);
});

test('[cdsa-37] every rotation leaves a numbered version with its own sealed value, its key, who made it and why', async () => {
  const { id } = await aSecret(app, owner.id, { value: 'one' });
  await mutated(app, 'setSecretValue', { id, value: 'two' }, owner);

  const { changes } = await recording(app, () => mutated(app, 'rotateSecret', { id, value: 'three', reason: 'It leaked' }, owner));

  const encryptionKeyId = app.system.services.get(KeyRing).currentId;
  const by = { createdBy: { username: 'otto' }, createdByName: 'otto', encryptionKeyId };
  expect((await look(id, versions)).versions.nodes).toEqual([
    { versionNumber: 1, isActive: false, rotationReason: null, ...by, createdByName: 'somebody' },
    { versionNumber: 2, isActive: false, rotationReason: null, ...by },
    { versionNumber: 3, isActive: true, rotationReason: 'It leaked', ...by },
  ]);
  expect(changes).toMatchObject([{ action: 'vault.secret.rotated', message: 'It leaked', is_sensitive: true }]);
  const stored = await rowsOf<{ v: string }>(app, sql`select sealed_value as v from secret_versions where secret_id = ${id}`);
  expect(new Set(stored.map(({ v }) => v)).size).toBe(3);
  expect(await reveal(id)).toBe('three');
});

test('[cdsa-33] values are stored in encrypted form only, each with the id of its key', async () => {
  const { id } = await aSecret(app, owner.id, { value: 'plainly visible' });

  const [row] = await rowsOf(app, sql`select sealed_value, encryption_key_id from secret_versions where secret_id = ${id}`);

  const { currentId } = app.system.services.get(KeyRing);
  expect(row).toEqual({
    sealed_value: expect.stringMatching(new RegExp(`^e1:${currentId}:[\\w+/=]+:[\\w+/=]+$`)),
    encryption_key_id: currentId,
  });
  expect(await rowsOf(app, sql`select 1 from secret_versions where sealed_value not like 'e1:' || encryption_key_id || ':%'`)).toEqual([]);
});

test('[cdsa-35] a secret is due for rotation some days after it has got its value, and again after each rotation', async () => {
  const { id } = await aSecret(app, owner.id, { isRotationEnabled: true, rotationDays: 7 });
  const rotation = 'isRotatable isRotationEnabled rotationDays lastRotatedAt nextRotationAt needsRotation';
  expect(await look(id, rotation)).toMatchObject({ lastRotatedAt: null, nextRotationAt: null, needsRotation: false });

  await mutated(app, 'setSecretValue', { id, value: 'one' }, owner);
  const set = await look(id, `${rotation} versions { nodes { createdAt } }`);
  expect(Date.parse(set.nextRotationAt) - Date.parse(set.versions.nodes[0].createdAt)).toBe(7 * dayMs);
  expect(set).toMatchObject({ lastRotatedAt: null, needsRotation: false });

  await rowsOf(app, sql`update secrets set next_rotation_at = now() - interval '1 second' where id = ${id}`);
  expect(await look(id, rotation)).toMatchObject({ needsRotation: true });
  const due = '{ secrets(filter: { needsRotation: { eq: true } }) { nodes { id } } }';
  expect((await data(app.url, due, {}, owner)).secrets.nodes).toEqual([{ id }]);

  await mutated(app, 'rotateSecret', { id, value: 'two' }, owner);
  const rotated = await look(id, rotation);
  expect(rotated).toMatchObject({ isRotatable: true, isRotationEnabled: true, rotationDays: 7, needsRotation: false });
  expect(Date.parse(rotated.nextRotationAt) - Date.parse(rotated.lastRotatedAt)).toBe(7 * dayMs);
  expect((await data(app.url, due, {}, owner)).secrets.nodes).toEqual([]);
});

test('what is not rotatable and what has no value yet is not rotated, and the try is noted', async () => {
  const fixed = await aSecret(app, owner.id, { value: 'one', isRotatable: false });
  const empty = await aSecret(app, owner.id);

  for (const [{ id, name }, why] of [
    [fixed, 'is not to be rotated: change isRotatable first, with updateSecret'],
    [empty, 'has no value yet: set it with setSecretValue'],
  ] as const) {
    const before = await vaultOf(app);
    const { result, changes } = await recording(app, () =>
      mutated(app, 'rotateSecret', { id, value: 's3cr3t' }, owner).catch((error: Error) => error.message),
    );

    expect(result).toContain(`The secret ${name} ${why}`);
    expect(result).toContain('"PRECONDITION_FAILED"');
    expect(changes).toMatchObject([{ action: 'rotateSecret.denied', outcome: 'FAILURE' }]);
    expect(await vaultOf(app)).toBe(before);
    expect((await accessesOf(app, name)).at(-1)).toEqual({ by: 'otto', type: 'WRITE', ok: false, detail: `The secret ${name} ${why}` });
  }
});

test('a stale revision is a conflict for every change that names it', async () => {
  const { id } = await aSecret(app, owner.id, { value: 'one' });
  const { revision } = await look(id, 'revision');
  await mutated(app, 'setSecretValue', { id, value: 'two', expectedRevision: revision }, owner);

  for (const [name, input] of [
    ['setSecretValue', { value: 'three' }],
    ['rotateSecret', { value: 'three' }],
    ['updateSecret', { description: 'three' }],
  ] as const)
    expect(await refusedUnchanged(name, { id, ...input, expectedRevision: revision })).toMatchObject({ code: 'CONFLICT' });
});

test('of several who rotate at once each leaves its version, and one of them is active', async () => {
  const { id } = await aSecret(app, owner.id, { value: 'start' });

  await Promise.all(['a', 'b', 'c', 'd'].map((value) => mutated(app, 'rotateSecret', { id, value }, owner)));

  const { nodes } = (await look(id, versions)).versions;
  expect(nodes.map(({ versionNumber, isActive }: any) => [versionNumber, isActive]).toSorted(([a]: any, [b]: any) => a - b)).toEqual([
    [1, false],
    [2, false],
    [3, false],
    [4, false],
    [5, true],
  ]);
});

test('what is known of a secret is changed; null clears what may be empty, and the name and the value stay', async () => {
  const { id, name } = await aSecret(app, owner.id, { value: 'kept', description: 'old', tags: ['a'], expiresAt: new Date('2099-01-01') });
  const { revision } = await look(id, 'revision');

  const { result, changes } = await recording(app, () =>
    mutated(
      app,
      'updateSecret',
      {
        id,
        expectedRevision: revision,
        description: null,
        expiresAt: null,
        tags: ['b'],
        type: 'TOKEN',
        isRotationEnabled: true,
        rotationDays: 2,
      },
      owner,
      'secret { name description expiresAt tags type hasValue nextRotationAt versions { nodes { createdAt } } }',
    ),
  );

  expect(result.secret).toMatchObject({ name, description: null, expiresAt: null, tags: ['b'], type: 'TOKEN', hasValue: true });
  expect(Date.parse(result.secret.nextRotationAt) - Date.parse(result.secret.versions.nodes[0].createdAt)).toBe(2 * dayMs);
  expect(changes).toMatchObject([{ action: 'vault.secret.updated', before: { description: 'old' }, after: { description: null } }]);
  expect(await reveal(id)).toBe('kept');
  expect(await refusedUnchanged('updateSecret', { id, expectedRevision: revision + 1, isRotatable: false })).toMatchObject({
    code: 'BAD_USER_INPUT',
    paths: ['input.isRotationEnabled'],
  });
});

test('only who holds the permission that a secret asks for takes it away', async () => {
  const { id } = await aSecret(app, owner.id, { value: 'x', requiredPermission: 'audit:read' });
  const { revision } = await look(id, 'revision');
  const change = (requiredPermission: string | null) => ({ id, expectedRevision: revision, requiredPermission });

  for (const other of [null, 'job:read'])
    expect(await refusedUnchanged('updateSecret', change(other))).toMatchObject({
      code: 'FORBIDDEN',
      message: 'This needs the permission audit:read, which the secret asks for',
    });
  expect(await refusedUnchanged('updateSecret', change('no:such'))).toMatchObject({ paths: ['input.requiredPermission'] });
  await mutated(app, 'updateSecret', change(null), admin);
  expect(await reveal(id)).toBe('x');
});

test('a secret that one may not see is as good as missing, whatever one tries; a try at its value is noted', async () => {
  const { id, name } = await aSecret(app, owner.id, { value: 'x' });
  const stranger = await signedIn(app, 'stranger', ['operator']);
  const missing = '01a21483-0000-7032-8000-000000000000';

  for (const [mutation, input] of [
    ['setSecretValue', { value: 's3cr3t' }],
    ['rotateSecret', { value: 's3cr3t' }],
    ['updateSecret', { expectedRevision: 1 }],
    ['revealSecret', {}],
    ['deleteSecret', {}],
  ] as const) {
    const told = async (of: string) => (await refusedUnchanged(mutation, { id: of, ...input }, stranger)).message.replace(of, '…');
    expect(await told(id)).toBe('Secret … was not found');
    expect(await told(missing)).toBe('Secret … was not found');
    expect(await told('nonsense')).toBe('Secret … was not found');
  }
  const refusals = (await accessesOf(app, name)).filter(({ ok }) => ok === false);
  expect(refusals.map(({ by, type }) => [by, type])).toEqual([
    ['stranger', 'WRITE'],
    ['stranger', 'WRITE'],
    ['stranger', 'READ'],
    ['stranger', 'DELETE'],
  ]);
});
