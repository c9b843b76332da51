import { expect, test } from 'vitest';
import { permissions } from '#domains/identity/roles/roles.js';
import { startTestApp } from '../../support/app.js';
import { recording } from '../../support/changes.js';
import { data, signIn, type Auth } from '../../support/client.js';
import { aMachine } from '../../support/machine.js';
import { mutated, refused } from '../../support/mutation.js';
import { accessesOf, vaultOf } from '../../support/secrets.js';
import { signedIn } from '../../support/users.js';
import { aServer } from '../../support/tools.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const operator = await signedIn(app, 'olga', ['operator']);
const fields = `id name displayName description type encryptionKeyId metadata tags owner { username } ownerName requiredPermission isActive
  isRotatable isRotationEnabled rotationDays lastRotatedAt nextRotationAt expiresAt isExpired needsRotation hasValue lastAccessedAt revision
  accesses { totalCount } versions { totalCount }`;
const create = async (input: object, auth: Auth): Promise<Record<string, any>> =>
  (await mutated(app, 'createSecret', input, auth, `secret { ${fields} }`)).secret;

/** The refusal, after making sure that no secret has changed. */
async function refusedUnchanged(input: object, auth: Auth) {
  const before = await vaultOf(app);
  const refusal = await refused(app, 'createSecret', input, auth);
  expect(await vaultOf(app)).toBe(before);
  return refusal;
}

test('somebody keeps a secret of their own; what is left out has its default', async () => {
  const { result, changes } = await recording(app, () => create({ name: 'MY_KEY', value: 'a value' }, operator));

  expect(result).toEqual({
    id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7032-/),
    name: 'MY_KEY',
    displayName: null,
    description: null,
    type: 'GENERIC',
    encryptionKeyId: expect.stringMatching(/^[\da-f]{8}$/),
    metadata: {},
    tags: [],
    owner: { username: 'olga' },
    ownerName: 'olga',
    requiredPermission: null,
    isActive: true,
    isRotatable: true,
    isRotationEnabled: false,
    rotationDays: null,
    lastRotatedAt: null,
    nextRotationAt: null,
    expiresAt: null,
    isExpired: false,
    needsRotation: false,
    hasValue: true,
    lastAccessedAt: null,
    revision: 1,
    accesses: { totalCount: 1 },
    versions: { totalCount: 1 },
  });
  expect(changes).toMatchObject([
    { action: 'vault.secret.created', actor_id: operator.id, target_type: 'Secret', target_id: result.id, after: { name: 'MY_KEY' } },
  ]);
  expect(await accessesOf(app, 'MY_KEY')).toEqual([{ by: 'olga', type: 'WRITE', ok: true, detail: null }]);
});

test('a secret takes all that is known of it', async () => {
  const given = {
    displayName: 'Key of the API',
    description: 'What the tools send',
    type: 'API_KEY',
    metadata: { b: 1, a: [2] },
    tags: ['prod', 'mail'],
    requiredPermission: 'job:read',
    isRotatable: true,
    isRotationEnabled: true,
    rotationDays: 30,
    expiresAt: '2099-01-01T00:00:00.000Z',
  };

  const placeholder = await create({ name: 'FULL', ...given }, operator);

  expect(placeholder).toMatchObject({ ...given, hasValue: false, nextRotationAt: null, encryptionKeyId: null });
  expect(await accessesOf(app, 'FULL')).toEqual([]);
});

test('[mcpbox-41] an API token, such as that of a language model, creates placeholders only', async () => {
  const root = await signedIn(app, 'root', [], { isSuperuser: true });
  const model = await aMachine(app, root, Object.keys(permissions), { name: 'a model' });
  const { id: serverId } = await aServer(app);

  const placeholder = await create({ name: 'MODEL_KEY', serverId, description: 'Key of the weather service' }, model);

  expect(placeholder).toMatchObject({ hasValue: false, versions: { totalCount: 0 }, owner: { username: 'root' } });
  expect(await refusedUnchanged({ name: 'OTHER', serverId, value: 's3cr3t' }, model)).toEqual({
    code: 'FORBIDDEN',
    message: 'This takes a person who is signed in: no API token may do it',
    paths: undefined,
  });
  for (const [name, input] of [
    ['setSecretValue', { id: placeholder.id, value: 's3cr3t' }],
    ['rotateSecret', { id: placeholder.id, value: 's3cr3t' }],
    ['revealSecret', { id: placeholder.id }],
    ['updateSecret', { id: placeholder.id, expectedRevision: 1, isActive: false }],
    ['deleteSecret', { id: placeholder.id }],
  ] as const)
    expect(await refused(app, name, input, model)).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('no API token') });
  expect(await data(app.url, `{ secret(id: "${placeholder.id}") { hasValue isActive } }`, {}, admin)).toEqual({
    secret: { hasValue: false, isActive: true },
  });

  const { secret } = await mutated(app, 'setSecretValue', { id: placeholder.id, value: 's3cr3t' }, admin, 'secret { hasValue }');
  expect(secret).toEqual({ hasValue: true });
});

test('an operator creates placeholders for servers, and neither gives them a value nor changes nor deletes them', async () => {
  const { id: serverId } = await aServer(app);
  expect(await refusedUnchanged({ name: 'KEY', serverId, value: 's3cr3t' }, operator)).toMatchObject({
    code: 'FORBIDDEN',
    message: 'This needs the permission secret:manage',
  });

  const { id } = await create({ name: 'KEY', serverId }, operator);

  for (const [name, input, permission] of [
    ['setSecretValue', { id, value: 's3cr3t' }, 'secret:manage'],
    ['updateSecret', { id, expectedRevision: 1, isActive: false }, 'secret:manage'],
    ['deleteSecret', { id }, 'secret:manage'],
    ['revealSecret', { id }, 'secret:reveal'],
  ] as const)
    expect(await refused(app, name, input, operator)).toMatchObject({
      code: 'FORBIDDEN',
      message: `This needs the permission ${permission}`,
    });
  expect((await create({ name: 'KEY2', serverId, value: 's3cr3t' }, admin)).hasValue).toBe(true);
});

test('whoever lacks secret:create creates nothing', async () => {
  const viewer = await signedIn(app, 'vera', ['viewer']);

  expect(await refusedUnchanged({ name: 'VIEWED' }, viewer)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refusedUnchanged({ name: 'VIEWED' }, {})).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('[mcpbox-40] names are unique in a server; without one, among the secrets of their owner', async () => {
  const [one, two] = [(await aServer(app)).id, (await aServer(app)).id];
  await create({ name: 'SAME', serverId: one }, operator);
  await create({ name: 'SAME', serverId: two }, operator);
  await create({ name: 'SAME' }, operator);
  await create({ name: 'SAME' }, admin);

  expect(await refusedUnchanged({ name: 'SAME', serverId: one }, admin)).toEqual({
    code: 'CONFLICT',
    message: 'Another secret of this server has this name already',
    paths: ['input.name'],
  });
  expect(await refusedUnchanged({ name: 'SAME' }, operator)).toEqual({
    code: 'CONFLICT',
    message: 'Another secret of yours has this name already',
    paths: ['input.name'],
  });
});

test('of several who create the same secret at once one succeeds', async () => {
  const { id: serverId } = await aServer(app);
  const input = { name: 'RACE', serverId };

  const all = await Promise.all(Array.from({ length: 5 }, () => create(input, operator).catch((error: Error) => error.message)));

  expect(all.filter((each) => typeof each !== 'string')).toHaveLength(1);
  expect(all.filter((each) => typeof each === 'string' && each.includes('"CONFLICT"'))).toHaveLength(4);
});

test.each<[string, object, string[]]>([
  ['a name with a blank', { name: 'MY KEY' }, ['input.name']],
  ['a name that begins with a digit', { name: '1KEY' }, ['input.name']],
  ['an empty name', { name: '' }, ['input.name']],
  ['an empty value', { name: 'K', value: '' }, ['input.value']],
  ['a value with half a character', { name: 'K', value: 'a\ud800' }, ['input.value']],
  ['a value that is too long', { name: 'K', value: 'x'.repeat(65_537) }, ['input.value']],
  ['a server that is no id', { name: 'K', serverId: 'srv' }, ['input.serverId']],
  ['metadata that is no object', { name: 'K', metadata: [1] }, ['input.metadata']],
  ['the same tag twice', { name: 'K', tags: ['a', 'a'] }, ['input.tags']],
  ['a permission that is none', { name: 'K', requiredPermission: 'no:such' }, ['input.requiredPermission']],
  ['a rotation without days', { name: 'K', isRotationEnabled: true }, ['input.rotationDays']],
  ['a rotation every 0 days', { name: 'K', rotationDays: 0 }, ['input.rotationDays']],
  [
    'a rotation of what is not rotatable',
    { name: 'K', isRotationEnabled: true, rotationDays: 1, isRotatable: false },
    ['input.isRotationEnabled'],
  ],
  ['several at once', { name: '', displayName: '', description: '' }, ['input.name', 'input.displayName', 'input.description']],
])('%s is refused with its place', async (_, input, paths) => {
  expect(await refusedUnchanged(input, operator)).toMatchObject({ code: 'BAD_USER_INPUT', paths });
});
