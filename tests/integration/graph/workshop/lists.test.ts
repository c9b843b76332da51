import { beforeAll, expect, test } from 'vitest';
import { graphql, send, signIn, type Auth } from '../../../support/client.js';
import { signedIn } from '../../../support/users.js';
import { startWorkshop } from '../../../support/workshop/app.js';
import { ask } from '../../../support/workshop/ask.js';
import { Fit } from '../../../support/workshop/fit.entity.js';
import { Manual } from '../../../support/workshop/manual.entity.js';
import { plant, plantTools } from '../../../support/workshop/planted.js';
import { Region } from '../../../support/workshop/region.entity.js';
import { Tag } from '../../../support/workshop/tag.entity.js';
import { Tagging } from '../../../support/workshop/tagging.entity.js';

const app = await startWorkshop();
const admin = await signIn(app.url);
let stranger: Auth;

// The saw takes two blades; one of them and the red tag are hidden, and so is that the saw is old.
beforeAll(async () => {
  stranger = await signedIn(app, 'stranger');
  const { saw, drill } = await plantTools(app, { saw: {}, drill: {} });
  const { blade, secret, bit } = await plantTools(app, {
    blade: { whole: saw },
    secret: { whole: saw, isHidden: true },
    bit: { whole: drill },
  });
  await plant(app, Fit, [
    { tool: blade, other: saw },
    { tool: secret, other: saw },
    { tool: bit, other: drill },
    { tool: blade, other: drill },
    { tool: drill, other: drill },
  ]);
  const [old, red, sharp] = (await plant(app, Tag, [{ word: 'old' }, { word: 'red', isHidden: true }, { word: 'sharp' }])) as [
    string,
    string,
    string,
  ];
  await plant(app, Tagging, [
    { tool: saw, tag: old, isHidden: true },
    { tool: saw, tag: red },
    { tool: saw, tag: sharp },
    { tool: drill, tag: old },
    { tool: secret, tag: sharp },
  ]);
  const [original] = await plant(app, Manual, [{ title: 'saws', tool: saw }]);
  await plant(app, Manual, [
    { title: 'Sägen', tool: drill, original },
    { title: 'blades', tool: blade, isHidden: true },
    { title: 'secrets', tool: secret },
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

const tagged = `{ tools(orderBy: [{ field: SERIAL }]) { nodes { serial tags(orderBy: [{ field: WORD }]) { totalCount nodes { word } } } }
  tags(orderBy: [{ field: WORD }]) { nodes { word tools(orderBy: [{ field: SERIAL }]) { totalCount edges { node { serial } } } } } }`;

async function tagsAndTools(who: Auth): Promise<{ tags: Record<string, string[]>; tools: Record<string, string[]> }> {
  const { tools, tags } = await ask(app.url, tagged, {}, who);
  for (const { tags: of } of tools.nodes) expect(of.totalCount).toBe(of.nodes.length);
  for (const { tools: of } of tags.nodes) expect(of.totalCount).toBe(of.edges.length);
  return {
    tags: Object.fromEntries(tools.nodes.map((tool: any) => [tool.serial, names(tool.tags.nodes, 'word')])),
    tools: Object.fromEntries(tags.nodes.map((tag: any) => [tag.word, tag.tools.edges.map(({ node }: any) => node.serial)])),
  };
}

test('a link makes a list on both sides', async () => {
  expect(await tagsAndTools(admin)).toEqual({
    tags: { bit: [], blade: [], drill: ['old'], saw: ['old', 'red', 'sharp'], secret: ['sharp'] },
    tools: { old: ['drill', 'saw'], red: ['saw'], sharp: ['saw', 'secret'] },
  });
});

test('neither a hidden object nor a hidden link is in the lists, nor in their counts', async () => {
  expect(await tagsAndTools(stranger)).toEqual({
    tags: { bit: [], blade: [], drill: ['old'], saw: ['sharp'] },
    tools: { old: ['drill'], sharp: ['saw'] },
  });
});

test('a link that is no type itself is as visible as its ends, from a type to itself too', async () => {
  const query = `{ tools(orderBy: [{ field: SERIAL }]) { nodes { serial fits(orderBy: [{ field: SERIAL }]) { totalCount nodes { serial } } takes(orderBy: [{ field: SERIAL }]) { totalCount nodes { serial } } } } }`;
  const fits = async (who: Auth) =>
    (await ask(app.url, query, {}, who)).tools.nodes.map((tool: any) => {
      expect([tool.fits.totalCount, tool.takes.totalCount]).toEqual([tool.fits.nodes.length, tool.takes.nodes.length]);
      return [tool.serial, names(tool.fits.nodes, 'serial'), names(tool.takes.nodes, 'serial')];
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
  const query = `{ tools(orderBy: [{ field: SERIAL }]) { nodes { serial manual { title tool { serial } } } }
    manuals(orderBy: [{ field: TITLE }]) { nodes { title tool { serial } original { title translation { title } } translation { title original { title } } } } }`;
  const manuals = async (who: Auth) =>
    Object.fromEntries((await ask(app.url, query, {}, who)).tools.nodes.map(({ serial, manual }: any) => [serial, manual]));

  expect(await manuals(admin)).toEqual({
    bit: null,
    blade: { title: 'blades', tool: { serial: 'blade' } },
    drill: { title: 'Sägen', tool: { serial: 'drill' } },
    saw: { title: 'saws', tool: { serial: 'saw' } },
    secret: { title: 'secrets', tool: { serial: 'secret' } },
  });
  expect(await manuals(stranger)).toEqual({
    bit: null,
    blade: null,
    drill: { title: 'Sägen', tool: { serial: 'drill' } },
    saw: { title: 'saws', tool: { serial: 'saw' } },
  });
  expect((await ask(app.url, query, {}, stranger)).manuals.nodes).toEqual([
    { title: 'Sägen', tool: { serial: 'drill' }, original: { title: 'saws', translation: { title: 'Sägen' } }, translation: null },
    { title: 'saws', tool: { serial: 'saw' }, original: null, translation: { title: 'Sägen', original: { title: 'saws' } } },
    { title: 'secrets', tool: null, original: null, translation: null },
  ]);
});

test('the other sides of unique relations of many objects take one statement', async () => {
  const statements = async (list: string, field: string) =>
    (await send(app.url, `{ ${list} { nodes { ${field} } } }`, {}, admin)).extensions!.statements!;

  expect(await statements('tools', 'id manual { title }')).toBe((await statements('tools', 'id')) + 1);
  expect(await statements('manuals', 'id translation { title }')).toBe((await statements('manuals', 'id')) + 1);
});

test('a page of a list below many parents is taken of each, and counted only when that is asked for', async () => {
  const list = 'parts(first: 1, orderBy: [{ field: SERIAL }], filter: { serial: { startsWith: "b" } })';
  const query = (fields: string) =>
    `{ tools(filter: { serial: { in: ["saw", "drill", "bit"] } }, orderBy: [{ field: SERIAL }]) { nodes { serial ${list} { ${fields} } } } }`;
  const counted = await send(app.url, query('totalCount nodes { serial }'), {}, admin);
  const uncounted = await send(app.url, query('nodes { serial }'), {}, admin);
  const only = await send(app.url, query('totalCount'), {}, admin);

  expect(counted.data.tools.nodes).toEqual([
    { serial: 'bit', parts: { totalCount: 0, nodes: [] } },
    { serial: 'drill', parts: { totalCount: 1, nodes: [{ serial: 'bit' }] } },
    { serial: 'saw', parts: { totalCount: 1, nodes: [{ serial: 'blade' }] } },
  ]);
  expect(only.data.tools.nodes.map(({ parts }: any) => parts)).toEqual([0, 1, 1].map((totalCount) => ({ totalCount })));
  expect([counted.extensions!.statements! - uncounted.extensions!.statements!, only.extensions!.statements]).toEqual([1, 2]);
});

test('a page behind a cursor is taken of each parent in one statement as well', async () => {
  const after = (await ask(app.url, '{ tools(first: 2, orderBy: [{ field: SERIAL }]) { pageInfo { endCursor } } }', {}, admin)).tools
    .pageInfo.endCursor;
  const query = `query($after: String, $serials: [String!]!) { tools(filter: { serial: { in: $serials } }, orderBy: [{ field: SERIAL }]) {
    nodes { serial takes(after: $after, orderBy: [{ field: SERIAL }]) { nodes { serial } pageInfo { hasPreviousPage } } } } }`;
  const one = await send(app.url, query, { after, serials: ['saw'] }, admin);
  const many = await send(app.url, query, { after, serials: ['drill', 'saw', 'secret'] }, admin);

  expect(many.data.tools.nodes).toEqual([
    { serial: 'drill', takes: { nodes: [{ serial: 'drill' }], pageInfo: { hasPreviousPage: true } } },
    { serial: 'saw', takes: { nodes: [{ serial: 'secret' }], pageInfo: { hasPreviousPage: true } } },
    { serial: 'secret', takes: { nodes: [], pageInfo: { hasPreviousPage: true } } },
  ]);
  expect(many.extensions!.statements).toBe(one.extensions!.statements);
});

test('what is wrong with a list below many parents is said at its place, once', async () => {
  const query =
    '{ tools(filter: { serial: { in: ["saw", "drill"] } }) { nodes { parts(first: -1, filter: { id: { eq: "x" } }) { nodes { id } } } } }';
  const { data, errors } = await graphql(app.url, query, {}, admin);

  expect(data).toBeNull();
  expect(errors).toMatchObject([
    {
      message: 'first must be between 0 and 500; filter.id.eq is not an id',
      path: ['tools', 'nodes', 0, 'parts'],
      extensions: { code: 'BAD_USER_INPUT', paths: ['first', 'filter.id.eq'] },
    },
  ]);
});
