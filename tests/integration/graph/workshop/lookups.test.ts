import { beforeAll, expect, test } from 'vitest';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { send, signIn, type Auth } from '../../../support/client.js';
import { signedIn } from '../../../support/users.js';
import { startWorkshop } from '../../../support/workshop/app.js';
import { answer, ask } from '../../../support/workshop/ask.js';
import { plantTongs } from '../../../support/workshop/planted.js';
import { Tong } from '../../../support/workshop/tong.entity.js';

const app = await startWorkshop();
const admin = await signIn(app.url);
let stranger: Auth;
let ids: Record<'saw' | 'blade' | 'guard' | 'secret' | 'case', string>;

beforeAll(async () => {
  stranger = await signedIn(app, 'stranger');
  const { saw, secret } = await plantTongs(app, {
    saw: { shelf: 'open', slot: 1, code: 'A1', name: 'saw', lead: 4 },
    secret: { shelf: 'back', slot: 1, code: 'S1', name: 'secret', isHidden: true },
  });
  const parts = await plantTongs(app, {
    blade: { shelf: 'open', slot: 2, code: 'A2', name: 'blade', whole: saw },
    guard: { shelf: 'back', slot: 2, code: 'B2', name: 'guard', whole: saw },
    case: { shelf: 'open', slot: 3, code: 'A3', name: 'case', whole: secret },
  });
  ids = { saw, secret, ...parts };
});

const find = (args: string, auth: Auth = admin) => ask(app.url, `{ tong(${args}) { id serial } }`, {}, auth);
const found = (serial: keyof typeof ids) => ({ tong: { id: ids[serial], serial } });
const nothing = { tong: null };

test('an object is found by its id and by each of its natural keys', async () => {
  expect(await find(`id: "${ids.saw}"`)).toEqual(found('saw'));
  expect(await find('serial: "saw"')).toEqual(found('saw'));
  expect(await find('code: "A1"')).toEqual(found('saw'));
  expect(await find('shelf: "open", slot: 2')).toEqual(found('blade'));
  expect(await find('slot: 2, shelf: "back"')).toEqual(found('guard'));
  expect(await find(`whole: "${ids.saw}", name: "blade"`)).toEqual(found('blade'));
});

test('an argument that is null is not given', async () => {
  expect(await find('id: null, serial: "saw", code: null, shelf: null')).toEqual(found('saw'));
});

test.each([
  `id: "${newId(declarationOf(Tong).type)}"`,
  'id: "saw"',
  'serial: "SAW"',
  'serial: ""',
  'serial: "saw\' or 1=1 --"',
  'shelf: "open", slot: 9',
  'shelf: "2", slot: 2',
  `whole: "${newId(declarationOf(Tong).type)}", name: "blade"`,
  'whole: "blade", name: "blade"',
])('tong(%s) finds nothing', async (args) => {
  expect(await find(args)).toEqual(nothing);
});

const ways = 'Give exactly one of id, serial, code, shelf with slot, whole with name';
test.each([
  '(id: null)',
  '(shelf: "open")',
  '(slot: 1)',
  '(slot: 1, name: "saw")',
  '(name: "saw")',
  '(serial: "saw", code: "A1")',
  '(shelf: "open", slot: 1, serial: "saw")',
  '(shelf: "open", slot: 1, name: "saw", whole: "x")',
])('tong%s is refused, because it is no way to name one', async (args) => {
  const { data, errors } = await answer(app.url, `{ tong${args} { id } }`, {}, admin);

  expect([data, errors]).toEqual([
    { tong: null },
    [
      {
        message: ways,
        locations: [{ line: 1, column: 3 }],
        path: ['tong'],
        extensions: { code: 'BAD_USER_INPUT', paths: ['id', 'serial', 'code', 'shelf', 'slot', 'whole', 'name'] },
      },
    ],
  ]);
});

test('two keys at once are refused although they name the same object', async () => {
  const { errors } = await answer(app.url, 'query($id: ID!) { tong(id: $id, serial: "saw") { id } }', { id: ids.saw }, admin);

  expect(errors).toMatchObject([{ message: ways, extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('the key of several columns is unique in the database', async () => {
  await expect(plantTongs(app, { other: { shelf: 'open', slot: 1 } })).rejects.toThrow(/tongs_shelf_slot_unique/);
  await expect(plantTongs(app, { other: { whole: ids.saw, name: 'blade' } })).rejects.toThrow(/tongs_whole_id_name_unique/);
});

test('a hidden object is found by no key', async () => {
  for (const args of [`id: "${ids.secret}"`, 'serial: "secret"', 'code: "S1"', 'shelf: "back", slot: 1']) {
    expect((await find(args)).tong.serial).toBe('secret');
    expect(await find(args, stranger)).toEqual(nothing);
  }
});

test('a key finds nothing where the caller may not see its column, or what it points at', async () => {
  expect([await find('code: "A1"', stranger), await find('code: "B2"', stranger)]).toEqual([found('saw'), nothing]);
  expect(await find('serial: "guard"', stranger)).toEqual(found('guard'));
  const ofHidden = `whole: "${ids.secret}", name: "case"`;
  expect([await find(ofHidden), await find(ofHidden, stranger)]).toEqual([found('case'), nothing]);
});

test('a column may have any name', async () => {
  expect(await ask(app.url, '{ tong(serial: "saw") { lead parts(first: 1) { nodes { lead } } } }', {}, admin)).toEqual({
    tong: { lead: 4, parts: { nodes: [{ lead: null }] } },
  });
});

test('a lookup takes one statement, whatever it finds and however the object is named', async () => {
  const statements = async (args: string, auth: Auth) =>
    (await send(app.url, `{ tong(${args}) { id maker { name region { name } } whole { serial } } }`, {}, auth)).extensions!.statements;

  for (const args of [`id: "${ids.secret}"`, `id: "${newId(4003)}"`, 'serial: "secret"', 'serial: "nope"', 'shelf: "back", slot: 1'])
    expect([args, await statements(args, admin), await statements(args, stranger)]).toEqual([args, 1, 1]);
});
