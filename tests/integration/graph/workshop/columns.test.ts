import { beforeAll, expect, test } from 'vitest';
import { signIn, type Auth } from '../../../support/client.js';
import { signedIn } from '../../../support/users.js';
import { startWorkshop } from '../../../support/workshop/app.js';
import { answer, ask } from '../../../support/workshop/ask.js';
import { aClerk } from '../../../support/workshop/clerk.js';
import { Keeper } from '../../../support/workshop/keeper.entity.js';
import { Maker } from '../../../support/workshop/maker.entity.js';
import { Manual } from '../../../support/workshop/manual.entity.js';
import { plant, plantOne, plantTongs } from '../../../support/workshop/planted.js';
import { Tag } from '../../../support/workshop/tag.entity.js';
import { Tagging } from '../../../support/workshop/tagging.entity.js';

const app = await startWorkshop();
const admin = await signIn(app.url);
let stranger: Auth;
let clerk: Auth;
let forge: string;
let saw: string;

beforeAll(async () => {
  stranger = await signedIn(app, 'stranger');
  clerk = await aClerk(app);
  [forge] = (await plant(app, Maker, [{ name: 'forge' }, { name: 'mill' }])) as [string, string];
  const mill = await plantOne(app, Maker, { name: 'other mill' });
  ({ saw } = await plantTongs(app, { saw: { shelf: 'open', code: 'O1', price: 200, seller: forge, maker: forge } }));
  await plantTongs(app, {
    axe: { shelf: 'back', code: 'B1', price: 300, seller: forge, maker: forge, whole: saw },
    awl: { shelf: 'back', code: 'B2', price: 50, seller: mill, maker: forge, whole: saw },
    file: { shelf: 'open', code: 'O2', whole: saw },
  });
  await plantOne(app, Tagging, { tong: saw, tag: await plantOne(app, Tag, { word: 'sharp' }) });
});

const seen = 'serial price code seller { name } book isDear';
const all = {
  awl: { serial: 'awl', price: 50, code: 'B2', seller: { name: 'other mill' }, book: 'B', isDear: false },
  axe: { serial: 'axe', price: 300, code: 'B1', seller: { name: 'forge' }, book: 'B', isDear: true },
  file: { serial: 'file', price: null, code: 'O2', seller: null, book: 'O', isDear: false },
  saw: { serial: 'saw', price: 200, code: 'O1', seller: { name: 'forge' }, book: 'O', isDear: true },
};
const nulls = { price: null, code: null, seller: null, book: null, isDear: false };
const open = { ...all, awl: { serial: 'awl', ...nulls }, axe: { serial: 'axe', ...nulls } };

test.each([
  ['a stranger', () => stranger, open],
  ['who holds the permission', () => clerk, all],
  ['a superuser', () => admin, all],
])('%s reads the columns of the rows where the rule holds, and elsewhere null, whichever way leads there', async (_name, who, rows) => {
  const shown = await ask(
    app.url,
    `query($id: ID!) { tongs(orderBy: [{ field: SERIAL }]) { nodes { ${seen} } edges { node { ${seen} } } } tong(serial: "axe") { ${seen} whole { ${seen} } }
      node(id: $id) { ... on Tong { ${seen} parts(orderBy: [{ field: SERIAL }]) { nodes { ${seen} whole { code } } } } }
      maker(name: "forge") { tongs(orderBy: [{ field: SERIAL }]) { nodes { ${seen} } } } tag(word: "sharp") { tongs { nodes { ${seen} } } } }`,
    { id: saw },
    who(),
  );

  const { awl, axe, file, saw: ofSaw } = rows;
  expect(shown.tongs.nodes).toEqual([awl, axe, file, ofSaw]);
  expect(shown.tongs.edges).toEqual([awl, axe, file, ofSaw].map((node) => ({ node })));
  expect(shown.tong).toEqual({ ...axe, whole: ofSaw });
  expect(shown.node).toEqual({ ...ofSaw, parts: { nodes: [awl, axe, file].map((part) => ({ ...part, whole: { code: 'O1' } })) } });
  expect(shown.maker.tongs.nodes).toEqual([awl, axe, ofSaw]);
  expect(shown.tag.tongs.nodes).toEqual([ofSaw]);
});

test('a field that not everybody sees may be null, and says so', async () => {
  const { __type } = await ask(app.url, '{ __type(name: "Tong") { fields { name description type { kind } } } }');
  const fields = new Map(__type.fields.map((field: { name: string }) => [field.name, field]));

  for (const name of ['code', 'book', 'isDear']) expect(fields.get(name)).not.toMatchObject({ type: { kind: 'NON_NULL' } });
  for (const name of ['serial', 'label', 'isHeavy']) expect(fields.get(name)).toMatchObject({ type: { kind: 'NON_NULL' } });
  expect(fields.get('code')).toMatchObject({ description: 'Code in the books; null for who may not see it' });
});

const filters: [name: string, filter: object, path: string, found: string[]][] = [
  ['the column', { price: { gt: 100 } }, 'filter.price', ['axe', 'saw']],
  ['whether the column is null', { price: { isNull: true } }, 'filter.price', ['file']],
  ['a text', { code: { startsWith: 'B' } }, 'filter.code', ['awl', 'axe']],
  ['the relation', { seller: { isNull: true } }, 'filter.seller', ['file']],
  ['conditions on its target', { seller: { is: { name: { eq: 'forge' } } } }, 'filter.seller', ['axe', 'saw']],
  ['a computed field that needs it', { isDear: { eq: true } }, 'filter.isDear', ['axe', 'saw']],
  ['it within another condition', { or: [{ not: { price: { lte: 100 } } }] }, 'filter.or.0.not.price', ['axe', 'file', 'saw']],
  ['it beyond a relation', { whole: { is: { code: { eq: 'O1' } } } }, 'filter.whole.is.code', ['awl', 'axe', 'file']],
  ['it in a list', { parts: { some: { price: { eq: 300 } } } }, 'filter.parts.some.price', ['saw']],
];

test.each(filters)('%s is filtered by whoever sees all of it, and by nobody else', async (_name, filter, path, found) => {
  const query = 'query($filter: TongFilter) { tongs(filter: $filter, orderBy: [{ field: SERIAL }]) { totalCount nodes { serial } } }';

  for (const who of [clerk, admin])
    expect(await ask(app.url, query, { filter }, who)).toEqual({
      tongs: { totalCount: found.length, nodes: found.map((serial) => ({ serial })) },
    });
  const refused = await answer(app.url, query, { filter }, stranger);
  expect(refused.data).toBeNull();
  expect(refused.errors).toMatchObject([
    {
      message: `${path}: you may not see this of everybody, so you may not filter by it`,
      extensions: { code: 'BAD_USER_INPUT', paths: [path] },
    },
  ]);
});

test('it is ordered by whoever sees all of it, and by nobody else, below a parent too', async () => {
  const root = '{ tongs(orderBy: [{ field: SHELF }, { field: PRICE, direction: DESC }]) { nodes { serial } } }';
  const nested = '{ tong(serial: "saw") { parts(orderBy: [{ field: CODE }]) { nodes { serial } } } }';

  for (const who of [clerk, admin]) {
    const { tongs } = await ask(app.url, root, {}, who);
    const { tong } = await ask(app.url, nested, {}, who);
    expect(tongs.nodes.map(({ serial }: any) => serial)).toEqual(['axe', 'awl', 'file', 'saw']);
    expect(tong.parts.nodes.map(({ serial }: any) => serial)).toEqual(['axe', 'awl', 'file']);
  }
  const message = (path: string, column: string) => `${path}: you may not see ${column} of everybody, so you may not order by it`;
  expect((await answer(app.url, root, {}, stranger)).errors).toMatchObject([
    { message: message('orderBy.1.field', 'price'), extensions: { paths: ['orderBy.1.field'] } },
  ]);
  expect(await answer(app.url, nested, {}, stranger)).toMatchObject({
    data: { tong: null },
    errors: [{ message: message('orderBy.0.field', 'code'), extensions: { paths: ['orderBy.0.field'] } }],
  });
});

test('the list that a relation makes holds the rows of which the caller sees the relation', async () => {
  const query = `{ maker(name: "forge") { tongs { totalCount } sold(orderBy: [{ field: SERIAL }]) { totalCount nodes { serial } } }
    other: maker(name: "other mill") { sold { totalCount nodes { serial } } } }`;

  for (const who of [clerk, admin])
    expect(await ask(app.url, query, {}, who)).toEqual({
      maker: { tongs: { totalCount: 3 }, sold: { totalCount: 2, nodes: [{ serial: 'axe' }, { serial: 'saw' }] } },
      other: { sold: { totalCount: 1, nodes: [{ serial: 'awl' }] } },
    });
  expect(await ask(app.url, query, {}, stranger)).toEqual({
    maker: { tongs: { totalCount: 3 }, sold: { totalCount: 1, nodes: [{ serial: 'saw' }] } },
    other: { sold: { totalCount: 0, nodes: [] } },
  });
});

test.each<[string, object, string[], string[]]>([
  ['some', { sold: { some: {} } }, ['forge', 'other mill'], ['forge']],
  ['some of a kind', { sold: { some: { serial: { eq: 'axe' } } } }, ['forge'], []],
  ['none', { sold: { none: {} } }, ['mill'], ['mill', 'other mill']],
])('a filter by that list, %s, goes by the same rows', async (_name, filter, forClerk, forStranger) => {
  const query = 'query($filter: MakerFilter) { makers(filter: $filter, orderBy: [{ field: NAME }]) { nodes { name } } }';
  const names = async (who: Auth) => (await ask(app.url, query, { filter }, who)).makers.nodes.map(({ name }: any) => name);

  expect([await names(clerk), await names(stranger)]).toEqual([forClerk, forStranger]);
});

test('the one object that a relation makes is seen by whoever sees the relation', async () => {
  const original = await plantOne(app, Manual, { title: 'original', tong: saw });
  const file = (await ask(app.url, '{ tong(serial: "file") { id } }', {}, admin)).tong.id;
  await plantOne(app, Manual, { title: 'pirated', tong: file, original });
  const query = '{ manuals(orderBy: [{ field: TITLE }]) { nodes { title original { title } translation { title } } } }';
  const manuals = async (who: Auth) => (await ask(app.url, query, {}, who)).manuals.nodes;

  expect(await manuals(clerk)).toEqual([
    { title: 'original', original: null, translation: { title: 'pirated' } },
    { title: 'pirated', original: { title: 'original' }, translation: null },
  ]);
  expect(await manuals(stranger)).toEqual([
    { title: 'original', original: null, translation: null },
    { title: 'pirated', original: null, translation: null },
  ]);
});

test('a relation that a higher domain declared is seen by whoever sees its plain id', async () => {
  const anna = await plantOne(app, Keeper, { name: 'anna' });
  await plantOne(app, Maker, { name: 'asked', contactId: anna });
  const query = '{ maker(name: "asked") { contact { name } } keeper(name: "anna") { makers { totalCount nodes { name } } } }';

  expect(await ask(app.url, query, {}, clerk)).toEqual({
    maker: { contact: { name: 'anna' } },
    keeper: { makers: { totalCount: 1, nodes: [{ name: 'asked' }] } },
  });
  expect(await ask(app.url, query, {}, stranger)).toEqual({
    maker: { contact: null },
    keeper: { makers: { totalCount: 0, nodes: [] } },
  });
});
