import { beforeAll, expect, test } from 'vitest';
import { randomUUID } from 'node:crypto';
import { send, signIn } from '../../../support/client.js';
import { startWorkshop } from '../../../support/workshop/app.js';
import { answer, ask } from '../../../support/workshop/ask.js';
import { plant, plantOne, plantTongs } from '../../../support/workshop/planted.js';
import { Tag } from '../../../support/workshop/tag.entity.js';
import { Tagging } from '../../../support/workshop/tagging.entity.js';

const app = await startWorkshop();
const admin = await signIn(app.url);
const batchId = randomUUID();
const spec = { b: [1, 2.5, null], a: { deep: 'ä"\\' } };
let saw: string;

beforeAll(async () => {
  ({ saw } = await plantTongs(app, {
    saw: {
      shelf: 'open',
      slot: 7,
      name: 'Säge 🪚',
      motto: 'sharp\n\'"\\',
      grade: 'WORN',
      weight: 10.25,
      turns: 2 ** 53 - 1,
      cuts: -(2 ** 31),
      isLent: true,
      boughtAt: new Date('1999-12-31T23:59:59.009Z'),
      batchId,
      spec,
      lead: 0,
      price: 120,
      code: 'A7',
      pin: '1234',
    },
  }));
  await plantTongs(app, {
    bare: { shelf: 'bare', slot: 1, name: '', code: '' },
    blade: { whole: saw, grade: 'WORN', boughtAt: new Date('2020-01-01') },
    handle: { whole: saw, grade: 'FINE', boughtAt: new Date('2021-06-01') },
    screw: { whole: saw, grade: 'BROKEN', boughtAt: new Date('2022-01-01') },
  });
  const words = ['heavy', 'hot', 'old'];
  for (const word of words) await plantOne(app, Tagging, { tong: saw, tag: await plantOne(app, Tag, { word }) });
  await plant(app, Tag, [{ word: 'hollow' }]);
});

const kinds =
  'id serial shelf slot name motto grade weight turns cuts isLent boughtAt batchId spec lead price code revision createdAt updatedAt';

test('every kind of column reads as what was stored, to the last digit', async () => {
  const { tong, tongs } = await ask(
    app.url,
    `{ tong(serial: "saw") { ${kinds} } tongs(filter: { serial: { eq: "saw" } }) { nodes { ${kinds} } } }`,
    {},
    admin,
  );

  expect(tong).toEqual({
    id: saw,
    serial: 'saw',
    shelf: 'open',
    slot: 7,
    name: 'Säge 🪚',
    motto: 'sharp\n\'"\\',
    grade: 'WORN',
    weight: 10.25,
    turns: 9007199254740991,
    cuts: -2147483648,
    isLent: true,
    boughtAt: '1999-12-31T23:59:59.009Z',
    batchId,
    spec,
    lead: 0,
    price: 120,
    code: 'A7',
    revision: 1,
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  expect(tongs.nodes).toEqual([tong]);
});

test('columns without a value read as null', async () => {
  const { tong } = await ask(app.url, `{ tong(serial: "bare") { ${kinds} maker { id } whole { id } } }`, {}, admin);

  expect(tong).toMatchObject({
    name: '',
    motto: null,
    weight: null,
    turns: null,
    cuts: null,
    isLent: null,
    boughtAt: null,
    batchId: null,
    spec: null,
    lead: null,
    price: null,
    maker: null,
    whole: null,
  });
});

test('secret and hidden columns are no fields, filters or orders', async () => {
  const { tong, filter, order } = await ask(
    app.url,
    `{ tong: __type(name: "Tong") { fields { name } } filter: __type(name: "TongFilter") { inputFields { name } }
      order: __type(name: "TongOrderField") { enumValues { name } } }`,
  );
  const names = [...tong.fields, ...filter.inputFields, ...order.enumValues].map(({ name }: { name: string }) => name);

  expect(names).toEqual(expect.arrayContaining(['serial', 'keeperId', 'SERIAL']));
  for (const name of ['pin', 'PIN', 'isHidden', 'IS_HIDDEN']) expect(names).not.toContain(name);
});

test('a computed field is made of the columns that it needs, times as dates, in a lookup, a list and below', async () => {
  const computed = 'label boughtIn isHeavy book isDear';
  const { tong, tongs } = await ask(
    app.url,
    `{ tong(serial: "saw") { ${computed} parts(first: 1, orderBy: [{ field: SERIAL }]) { nodes { ${computed} whole { ${computed} } } } }
      tongs(filter: { serial: { eq: "bare" } }) { edges { node { ${computed} } } } }`,
    {},
    admin,
  );

  const ofSaw = { label: 'saw Säge 🪚', boughtIn: 1999, isHeavy: true, book: 'A', isDear: true };
  expect(tong).toMatchObject(ofSaw);
  expect(tong.parts.nodes).toMatchObject([{ boughtIn: 2020, isHeavy: false, whole: ofSaw }]);
  expect(tongs.edges).toEqual([{ node: { label: 'bare ', boughtIn: null, isHeavy: false, book: '', isDear: false } }]);
});

test('a computed field beside a column that it needs changes nothing for either', async () => {
  expect(await ask(app.url, '{ tong(serial: "saw") { boughtAt boughtIn again: boughtAt serial label } }', {}, admin)).toEqual({
    tong: {
      boughtAt: '1999-12-31T23:59:59.009Z',
      boughtIn: 1999,
      again: '1999-12-31T23:59:59.009Z',
      serial: 'saw',
      label: 'saw Säge 🪚',
    },
  });
});

test('a derived field takes arguments, each set of which has its own answer', async () => {
  const { tong } = await ask(
    app.url,
    `query($since: DateTime) { tong(serial: "saw") { all: countParts fine: countParts(grade: FINE) late: countParts(since: $since)
      none: countParts(grade: FINE, since: "2022-01-01T00:00:00Z") null: countParts(grade: null) words(start: "h") every: words(start: "") bestGrade } }`,
    { since: '2021-01-01T00:00:00Z' },
    admin,
  );

  expect(tong).toEqual({
    all: 3,
    fine: 1,
    late: 2,
    none: 0,
    null: 3,
    words: ['heavy', 'hot'],
    every: ['heavy', 'hot', 'old'],
    bestGrade: 'FINE',
  });
});

test('a derived field of many objects takes one statement for each set of arguments', async () => {
  const query = (fields: string) => `{ tongs(orderBy: [{ field: SERIAL }]) { nodes { serial ${fields} } } }`;

  const one = await send(app.url, query('countParts(grade: FINE) words(start: "o")'), {}, admin);
  const two = await send(app.url, query('a: countParts b: countParts c: countParts(grade: WORN)'), {}, admin);

  expect([one.extensions!.statements, two.extensions!.statements]).toEqual([3, 3]);
  expect(one.data.tongs.nodes).toEqual(
    ['bare', 'blade', 'handle', 'saw', 'screw'].map((serial) => ({
      serial,
      countParts: serial === 'saw' ? 1 : 0,
      words: serial === 'saw' ? ['old'] : [],
    })),
  );
  expect(two.data.tongs.nodes[3]).toEqual({ serial: 'saw', a: 3, b: 3, c: 1 });
});

test('what a derived field has no value for is null', async () => {
  expect(await ask(app.url, '{ tong(serial: "bare") { bestGrade } }', {}, admin)).toEqual({ tong: { bestGrade: null } });
});

test.each([
  ['an argument that is missing', 'words'],
  ['an argument of another type', 'words(start: 1)'],
  ['a value that the enum does not have', 'countParts(grade: GOOD)'],
  ['a time that is none', 'countParts(since: "yesterday")'],
])('%s is bad input', async (_name, field) => {
  const { errors } = await answer(app.url, `{ tong(serial: "saw") { ${field} } }`, {}, admin);

  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('a derived field costs what it says, for each object', async () => {
  const cost = async (fields: string) =>
    (await send(app.url, `{ tongs(first: 10) { nodes { id ${fields} } } }`, {}, admin)).extensions!.cost.requested;

  expect([await cost(''), await cost('countParts'), await cost('countParts words(start: "")')]).toEqual([
    await cost(''),
    (await cost('')) + 30,
    (await cost('')) + 40,
  ]);
});
