import { beforeAll, expect, test } from 'vitest';
import { graphql, send, signIn, type Auth } from '../../../support/client.js';
import { signedIn } from '../../../support/users.js';
import { startWorkshop } from '../../../support/workshop/app.js';
import { ask } from '../../../support/workshop/ask.js';
import { Fit } from '../../../support/workshop/fit.entity.js';
import { Manual } from '../../../support/workshop/manual.entity.js';
import { plant, plantTongs } from '../../../support/workshop/planted.js';
import { Region } from '../../../support/workshop/region.entity.js';
import { Tag } from '../../../support/workshop/tag.entity.js';
import { Tagging } from '../../../support/workshop/tagging.entity.js';

const app = await startWorkshop();
const admin = await signIn(app.url);
let stranger: Auth;

// The saw takes two blades; one of them and the red tag are hidden, and so is that the saw is old.
beforeAll(async () => {
  stranger = await signedIn(app, 'stranger');
  const { saw, drill } = await plantTongs(app, { saw: {}, drill: {} });
  const { blade, secret, bit } = await plantTongs(app, {
    blade: { whole: saw },
    secret: { whole: saw, isHidden: true },
    bit: { whole: drill },
  });
  await plant(app, Fit, [
    { tong: blade, other: saw },
    { tong: secret, other: saw },
    { tong: bit, other: drill },
    { tong: blade, other: drill },
    { tong: drill, other: drill },
  ]);
  const [old, red, sharp] = (await plant(app, Tag, [{ word: 'old' }, { word: 'red', isHidden: true }, { word: 'sharp' }])) as [
    string,
    string,
    string,
  ];
  await plant(app, Tagging, [
    { tong: saw, tag: old, isHidden: true },
    { tong: saw, tag: red },
    { tong: saw, tag: sharp },
    { tong: drill, tag: old },
    { tong: secret, tag: sharp },
  ]);
  const [original] = await plant(app, Manual, [{ title: 'saws', tong: saw }]);
  await plant(app, Manual, [
    { title: 'Sägen', tong: drill, original },
    { title: 'blades', tong: blade, isHidden: true },
    { title: 'secrets', tong: secret },
  ]);
  const [world] = await plant(app, Region, [{ name: 'world' }]);
  const [here] = await plant(app, Region, [{ name: 'here', within: world }]);
  await plant(app, Region, [
    { name: 'near', within: here },
    { name: 'far', within: world },
  ]);
});

const names = (nodes: Record<string, string>[], field: string): string[] => nodes.map((node) => node[field]!);

test('a relation to the own type makes a list of it, and both are followed up and down', async () => {
  const { region } = await ask(
    app.url,
    `{ region(name: "here") { within { name regions(orderBy: [{ field: NAME }]) { totalCount nodes { name within { name } regions { totalCount nodes { name within { within { name } } } } } } }
      regions { nodes { name } } } }`,
    {},
    admin,
  );

  const below = { totalCount: 1, nodes: [{ name: 'near', within: { within: { name: 'world' } } }] };
  expect(region).toEqual({
    within: {
      name: 'world',
      regions: {
        totalCount: 2,
        nodes: [
          { name: 'far', within: { name: 'world' }, regions: { totalCount: 0, nodes: [] } },
          { name: 'here', within: { name: 'world' }, regions: below },
        ],
      },
    },
    regions: { nodes: [{ name: 'near' }] },
  });
});

const tagged = `{ tongs(orderBy: [{ field: SERIAL }]) { nodes { serial tags(orderBy: [{ field: WORD }]) { totalCount nodes { word } } } }
  tags(orderBy: [{ field: WORD }]) { nodes { word tongs(orderBy: [{ field: SERIAL }]) { totalCount edges { node { serial } } } } } }`;

async function tagsAndTongs(who: Auth): Promise<{ tags: Record<string, string[]>; tongs: Record<string, string[]> }> {
  const { tongs, tags } = await ask(app.url, tagged, {}, who);
  for (const { tags: of } of tongs.nodes) expect(of.totalCount).toBe(of.nodes.length);
  for (const { tongs: of } of tags.nodes) expect(of.totalCount).toBe(of.edges.length);
  return {
    tags: Object.fromEntries(tongs.nodes.map((tong: any) => [tong.serial, names(tong.tags.nodes, 'word')])),
    tongs: Object.fromEntries(tags.nodes.map((tag: any) => [tag.word, tag.tongs.edges.map(({ node }: any) => node.serial)])),
  };
}

test('a link makes a list on both sides', async () => {
  expect(await tagsAndTongs(admin)).toEqual({
    tags: { bit: [], blade: [], drill: ['old'], saw: ['old', 'red', 'sharp'], secret: ['sharp'] },
    tongs: { old: ['drill', 'saw'], red: ['saw'], sharp: ['saw', 'secret'] },
  });
});

test('neither a hidden object nor a hidden link is in the lists, nor in their counts', async () => {
  expect(await tagsAndTongs(stranger)).toEqual({
    tags: { bit: [], blade: [], drill: ['old'], saw: ['sharp'] },
    tongs: { old: ['drill'], sharp: ['saw'] },
  });
});

test('a link that is no type itself is as visible as its ends, from a type to itself too', async () => {
  const query = `{ tongs(orderBy: [{ field: SERIAL }]) { nodes { serial fits(orderBy: [{ field: SERIAL }]) { totalCount nodes { serial } } takes(orderBy: [{ field: SERIAL }]) { totalCount nodes { serial } } } } }`;
  const fits = async (who: Auth) =>
    (await ask(app.url, query, {}, who)).tongs.nodes.map((tong: any) => {
      expect([tong.fits.totalCount, tong.takes.totalCount]).toEqual([tong.fits.nodes.length, tong.takes.nodes.length]);
      return [tong.serial, names(tong.fits.nodes, 'serial'), names(tong.takes.nodes, 'serial')];
    });

  expect(await fits(admin)).toEqual([
    ['bit', ['drill'], []],
    ['blade', ['drill', 'saw'], []],
    ['drill', ['drill'], ['bit', 'blade', 'drill']],
    ['saw', [], ['blade', 'secret']],
    ['secret', ['saw'], []],
  ]);
  expect(await fits(stranger)).toEqual([
    ['bit', ['drill'], []],
    ['blade', ['drill', 'saw'], []],
    ['drill', ['drill'], ['bit', 'blade', 'drill']],
    ['saw', [], ['blade']],
  ]);
});

test('a unique relation makes one object on the other side, null where there is none or it is hidden', async () => {
  const query = `{ tongs(orderBy: [{ field: SERIAL }]) { nodes { serial manual { title tong { serial } } } }
    manuals(orderBy: [{ field: TITLE }]) { nodes { title tong { serial } original { title translation { title } } translation { title original { title } } } } }`;
  const manuals = async (who: Auth) =>
    Object.fromEntries((await ask(app.url, query, {}, who)).tongs.nodes.map(({ serial, manual }: any) => [serial, manual]));

  expect(await manuals(admin)).toEqual({
    bit: null,
    blade: { title: 'blades', tong: { serial: 'blade' } },
    drill: { title: 'Sägen', tong: { serial: 'drill' } },
    saw: { title: 'saws', tong: { serial: 'saw' } },
    secret: { title: 'secrets', tong: { serial: 'secret' } },
  });
  expect(await manuals(stranger)).toEqual({
    bit: null,
    blade: null,
    drill: { title: 'Sägen', tong: { serial: 'drill' } },
    saw: { title: 'saws', tong: { serial: 'saw' } },
  });
  expect((await ask(app.url, query, {}, stranger)).manuals.nodes).toEqual([
    { title: 'Sägen', tong: { serial: 'drill' }, original: { title: 'saws', translation: { title: 'Sägen' } }, translation: null },
    { title: 'saws', tong: { serial: 'saw' }, original: null, translation: { title: 'Sägen', original: { title: 'saws' } } },
    { title: 'secrets', tong: null, original: null, translation: null },
  ]);
});

test('the other sides of unique relations of many objects take one statement', async () => {
  const statements = async (list: string, field: string) =>
    (await send(app.url, `{ ${list} { nodes { ${field} } } }`, {}, admin)).extensions!.statements!;

  expect(await statements('tongs', 'id manual { title }')).toBe((await statements('tongs', 'id')) + 1);
  expect(await statements('manuals', 'id translation { title }')).toBe((await statements('manuals', 'id')) + 1);
});

test('a page of a list below many parents is taken of each, and counted only when that is asked for', async () => {
  const list = 'parts(first: 1, orderBy: [{ field: SERIAL }], filter: { serial: { startsWith: "b" } })';
  const query = (fields: string) =>
    `{ tongs(filter: { serial: { in: ["saw", "drill", "bit"] } }, orderBy: [{ field: SERIAL }]) { nodes { serial ${list} { ${fields} } } } }`;
  const counted = await send(app.url, query('totalCount nodes { serial }'), {}, admin);
  const uncounted = await send(app.url, query('nodes { serial }'), {}, admin);
  const only = await send(app.url, query('totalCount'), {}, admin);

  expect(counted.data.tongs.nodes).toEqual([
    { serial: 'bit', parts: { totalCount: 0, nodes: [] } },
    { serial: 'drill', parts: { totalCount: 1, nodes: [{ serial: 'bit' }] } },
    { serial: 'saw', parts: { totalCount: 1, nodes: [{ serial: 'blade' }] } },
  ]);
  expect(only.data.tongs.nodes.map(({ parts }: any) => parts)).toEqual([0, 1, 1].map((totalCount) => ({ totalCount })));
  expect([counted.extensions!.statements! - uncounted.extensions!.statements!, only.extensions!.statements]).toEqual([1, 2]);
});

test('a page behind a cursor is taken of each parent in one statement as well', async () => {
  const after = (await ask(app.url, '{ tongs(first: 2, orderBy: [{ field: SERIAL }]) { pageInfo { endCursor } } }', {}, admin)).tongs
    .pageInfo.endCursor;
  const query = `query($after: String, $serials: [String!]!) { tongs(filter: { serial: { in: $serials } }, orderBy: [{ field: SERIAL }]) {
    nodes { serial takes(after: $after, orderBy: [{ field: SERIAL }]) { nodes { serial } pageInfo { hasPreviousPage } } } } }`;
  const one = await send(app.url, query, { after, serials: ['saw'] }, admin);
  const many = await send(app.url, query, { after, serials: ['drill', 'saw', 'secret'] }, admin);

  expect(many.data.tongs.nodes).toEqual([
    { serial: 'drill', takes: { nodes: [{ serial: 'drill' }], pageInfo: { hasPreviousPage: true } } },
    { serial: 'saw', takes: { nodes: [{ serial: 'secret' }], pageInfo: { hasPreviousPage: true } } },
    { serial: 'secret', takes: { nodes: [], pageInfo: { hasPreviousPage: true } } },
  ]);
  expect(many.extensions!.statements).toBe(one.extensions!.statements);
});

test('what is wrong with a list below many parents is said at its place, once', async () => {
  const query =
    '{ tongs(filter: { serial: { in: ["saw", "drill"] } }) { nodes { parts(first: -1, filter: { id: { eq: "x" } }) { nodes { id } } } } }';
  const { data, errors } = await graphql(app.url, query, {}, admin);

  expect(data).toBeNull();
  expect(errors).toMatchObject([
    {
      message: 'first must be between 0 and 500; filter.id.eq is not an id',
      path: ['tongs', 'nodes', 0, 'parts'],
      extensions: { code: 'BAD_USER_INPUT', paths: ['first', 'filter.id.eq'] },
    },
  ]);
});
