import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { rowsOf } from '../../../support/changes.js';
import { signIn, type Auth } from '../../../support/client.js';
import { signedIn } from '../../../support/users.js';
import { startWorkshop } from '../../../support/workshop/app.js';
import { answer, ask } from '../../../support/workshop/ask.js';
import { Fit } from '../../../support/workshop/fit.entity.js';
import { Maker } from '../../../support/workshop/maker.entity.js';
import { Manual } from '../../../support/workshop/manual.entity.js';
import { plant, plantOne, plantTongs } from '../../../support/workshop/planted.js';
import { Region } from '../../../support/workshop/region.entity.js';
import { Tag } from '../../../support/workshop/tag.entity.js';
import { Tagging } from '../../../support/workshop/tagging.entity.js';

const app = await startWorkshop();
const admin = await signIn(app.url);
const [batch, other] = [randomUUID(), randomUUID()];
const ids: Record<string, string> = {};
let stranger: Auth;

// world > north > here > town, where the forge makes all but the last; drills have no value in any column that may be null.
beforeAll(async () => {
  stranger = await signedIn(app, 'stranger');
  let within: string | null = null;
  for (const name of ['world', 'north', 'here', 'town']) within = await plantOne(app, Region, { name, within });
  const [forge, secret] = (await plant(app, Maker, [
    { name: 'forge', region: within },
    { name: 'secret', isHidden: true },
    { name: 'idle' },
  ])) as [string, string];
  const values = { shelf: 'open', maker: forge };
  const { saw } = await plantTongs(app, {
    saw: {
      ...values,
      cuts: 1,
      turns: 2 ** 53 - 1,
      weight: 0.5,
      isLent: true,
      boughtAt: new Date('2026-01-01T00:00:00.000Z'),
      batchId: batch,
      name: 'Bandsäge',
      motto: '100%_sure\\',
    },
  });
  const rest = await plantTongs(app, {
    axe: {
      ...values,
      cuts: 2,
      turns: 0,
      weight: 10.5,
      isLent: false,
      boughtAt: new Date('2026-01-01T00:00:00.001Z'),
      batchId: other,
      grade: 'WORN',
      name: 'BANDSÄGE',
      motto: 'Under_score',
      whole: saw,
    },
    drill: { ...values, maker: null, grade: 'BROKEN', name: 'drill', seller: forge },
    file: {
      ...values,
      maker: secret,
      cuts: -5,
      turns: -1,
      weight: 1e300,
      isLent: false,
      boughtAt: new Date('1999-01-01T00:00:00Z'),
      batchId: batch,
      name: 'a%b_c\\d',
      motto: 'none',
      whole: saw,
    },
  });
  Object.assign(ids, { saw, forge, secret, ...rest });
  const [old, red] = (await plant(app, Tag, [{ word: 'old' }, { word: 'red' }, { word: 'unused' }])) as [string, string];
  await plant(app, Tagging, [
    { tong: saw, tag: old },
    { tong: saw, tag: red },
    { tong: rest.axe, tag: old },
    { tong: rest.file, tag: red, isHidden: true },
  ]);
  await plant(app, Fit, [
    { tong: rest.axe, other: saw },
    { tong: rest.drill, other: rest.axe },
  ]);
  await plant(app, Manual, [
    { title: 'saws', tong: saw },
    { title: 'axes', tong: rest.axe, isHidden: true },
  ]);
});

const all = ['axe', 'drill', 'file', 'saw'];
const query = 'query($filter: TongFilter) { tongs(filter: $filter, orderBy: [{ field: SERIAL }]) { totalCount nodes { serial } } }';
async function found(filter: object, who: Auth = admin): Promise<string[]> {
  const { tongs } = await ask(app.url, query, { filter }, who);
  expect(tongs.totalCount).toBe(tongs.nodes.length);
  return tongs.nodes.map(({ serial }: { serial: string }) => serial);
}

const time = '2026-01-01T00:00:00.000Z';
const operators: [column: string, conditions: object, found: string[]][] = [
  ['batchId', { eq: batch }, ['file', 'saw']],
  ['batchId', { eq: batch.toUpperCase() }, ['file', 'saw']],
  ['batchId', { ne: batch }, ['axe', 'drill']],
  ['batchId', { in: [batch, other] }, ['axe', 'file', 'saw']],
  ['batchId', { in: [] }, []],
  ['batchId', { isNull: true }, ['drill']],
  ['batchId', { isNull: false }, ['axe', 'file', 'saw']],
  ['serial', { eq: 'axe' }, ['axe']],
  ['serial', { ne: 'axe' }, ['drill', 'file', 'saw']],
  ['serial', { in: ['axe', 'saw', 'Saw'] }, ['axe', 'saw']],
  ['serial', { gt: 'axe', lte: 'file' }, ['drill', 'file']],
  ['serial', { gte: 'axe', lt: 'file' }, ['axe', 'drill']],
  ['serial', { startsWith: 'a', isNull: false }, ['axe']],
  ['cuts', { eq: 1 }, ['saw']],
  ['cuts', { ne: 1 }, ['axe', 'drill', 'file']],
  ['cuts', { in: [1, -5, 7] }, ['file', 'saw']],
  ['cuts', { gt: -5, lt: 2 }, ['saw']],
  ['cuts', { gte: -5, lte: 2 }, ['axe', 'file', 'saw']],
  ['cuts', { isNull: true }, ['drill']],
  ['turns', { eq: 9007199254740991 }, ['saw']],
  ['turns', { ne: 0 }, ['drill', 'file', 'saw']],
  ['turns', { in: [0, -1] }, ['axe', 'file']],
  ['turns', { gt: 9007199254740990 }, ['saw']],
  ['turns', { lte: 0, gte: -1 }, ['axe', 'file']],
  ['turns', { isNull: false, lt: 0 }, ['file']],
  ['weight', { eq: 0.5 }, ['saw']],
  ['weight', { ne: 0.5 }, ['axe', 'drill', 'file']],
  ['weight', { in: [0.5, 1e300] }, ['file', 'saw']],
  ['weight', { gt: 0.5, lt: 1e300 }, ['axe']],
  ['weight', { gte: 10, lte: 11 }, ['axe']],
  ['weight', { isNull: true }, ['drill']],
  ['isLent', { eq: false }, ['axe', 'file']],
  ['isLent', { ne: false }, ['drill', 'saw']],
  ['isLent', { isNull: true }, ['drill']],
  ['boughtAt', { eq: time }, ['saw']],
  ['boughtAt', { eq: '2026-01-01T02:00:00.000+02:00' }, ['saw']],
  ['boughtAt', { ne: time }, ['axe', 'drill', 'file']],
  ['boughtAt', { in: [time, '1999-01-01T00:00:00Z'] }, ['file', 'saw']],
  ['boughtAt', { gt: time }, ['axe']],
  ['boughtAt', { gte: time, lte: time }, ['saw']],
  ['boughtAt', { lt: time }, ['file']],
  ['boughtAt', { isNull: true }, ['drill']],
  ['grade', { eq: 'FINE' }, ['file', 'saw']],
  ['grade', { ne: 'FINE' }, ['axe', 'drill']],
  ['grade', { in: ['WORN', 'BROKEN'] }, ['axe', 'drill']],
  ['grade', { isNull: true }, []],
  ['name', { startsWith: 'BAND' }, ['axe']],
  ['name', { startsWith: 'a%b_c\\' }, ['file']],
  ['name', { startsWith: 'a_b' }, []],
  ['name', { contains: 'bands' }, ['axe', 'saw']],
  ['name', { contains: 'DSÄG' }, ['axe', 'saw']],
  ['name', { contains: 'dsäg' }, ['axe', 'saw']],
  ['name', { contains: 'r' }, ['drill']],
  ['name', { contains: '' }, all],
  ['name', { contains: '%' }, ['file']],
  ['name', { contains: '_' }, ['file']],
  ['name', { contains: 'C\\D' }, ['file']],
  ['name', { contains: 'a%d' }, []],
  ['name', { contains: 'band', eq: 'BANDSÄGE' }, ['axe']],
  ['motto', { contains: 'r_S' }, ['axe']],
  ['motto', { contains: '%_SURE\\' }, ['saw']],
  ['motto', { contains: 'e' }, ['axe', 'file', 'saw']],
  ['motto', { startsWith: '100%_' }, ['saw']],
  ['motto', { eq: 'none' }, ['file']],
  ['motto', { isNull: true }, ['drill']],
  ['isHeavy', { eq: true }, ['axe', 'file']],
  ['isHeavy', { eq: false }, ['drill', 'saw']],
  ['isHeavy', { ne: true }, ['drill', 'saw']],
];

test.each(operators)('%s: %j', async (column, conditions, expected) => {
  expect(await found({ [column]: conditions })).toEqual(expected);
  const not = await found({ not: { [column]: conditions } });
  expect(not).toEqual(all.filter((serial) => !expected.includes(serial)));
});

test.each<[string, object, string[]]>([
  ['and, where one is neither true nor false', { and: [{ cuts: { gt: 0 } }, { weight: { gt: 0 } }] }, ['axe', 'saw']],
  ['or, where one is neither true nor false', { or: [{ cuts: { gt: 0 } }, { name: { eq: 'drill' } }] }, ['axe', 'drill', 'saw']],
  ['not of and', { not: { and: [{ cuts: { gt: 0 } }, { weight: { lt: 1 } }] } }, ['axe', 'drill', 'file']],
  ['not of or', { not: { or: [{ cuts: { gt: 0 } }, { cuts: { lt: 0 } }] } }, ['drill']],
  ['not of not', { not: { not: { cuts: { gt: 0 } } } }, ['axe', 'saw']],
  ['not within or', { or: [{ not: { cuts: { isNull: false } } }, { cuts: { eq: 1 } }] }, ['drill', 'saw']],
  ['ne beside isNull', { cuts: { ne: 1, isNull: false } }, ['axe', 'file']],
  ['nothing', { and: [{}, { or: [{}] }] }, all],
])('%s', async (_name, filter, expected) => {
  expect(await found(filter)).toEqual(expected);
});

const related: [name: string, filter: () => object, found: string[], forStranger?: string[]][] = [
  ['is', () => ({ maker: { is: { name: { eq: 'forge' } } } }), ['axe', 'saw']],
  ['is of anything', () => ({ maker: { is: {} } }), ['axe', 'file', 'saw'], ['axe', 'saw']],
  ['not is', () => ({ not: { maker: { is: {} } } }), ['drill'], ['drill', 'file']],
  ['is with not', () => ({ maker: { is: { not: { name: { eq: 'forge' } } } } }), ['file'], []],
  ['an id', () => ({ maker: { eq: ids.secret } }), ['file'], []],
  ['not an id', () => ({ maker: { ne: ids.forge } }), ['drill', 'file']],
  ['not a hidden id', () => ({ maker: { ne: ids.secret } }), ['axe', 'drill', 'saw'], all],
  ['one of some ids', () => ({ maker: { in: [ids.secret, ids.forge] } }), ['axe', 'file', 'saw'], ['axe', 'saw']],
  ['none of them', () => ({ not: { maker: { in: [ids.secret, ids.forge] } } }), ['drill'], ['drill', 'file']],
  ['null', () => ({ maker: { isNull: true } }), ['drill'], ['drill', 'file']],
  ['not null', () => ({ maker: { isNull: false } }), ['axe', 'file', 'saw'], ['axe', 'saw']],
  ['an id and conditions', () => ({ maker: { eq: ids.forge, is: { name: { startsWith: 's' } } } }), []],
  ['a relation to the own type', () => ({ whole: { is: { serial: { eq: 'saw' } } } }), ['axe', 'file']],
  ['some', () => ({ parts: { some: { grade: { eq: 'WORN' } } } }), ['saw']],
  ['some of anything', () => ({ parts: { some: {} } }), ['saw']],
  ['none', () => ({ parts: { none: { grade: { eq: 'WORN' } } } }), ['axe', 'drill', 'file']],
  ['none of anything', () => ({ parts: { none: {} } }), ['axe', 'drill', 'file']],
  ['some and none', () => ({ parts: { some: { grade: { eq: 'FINE' } }, none: { grade: { eq: 'BROKEN' } } } }), ['saw']],
  ['some, many-to-many', () => ({ tags: { some: { word: { eq: 'red' } } } }), ['file', 'saw'], ['saw']],
  ['none, many-to-many', () => ({ tags: { none: { word: { eq: 'red' } } } }), ['axe', 'drill'], ['axe', 'drill', 'file']],
  [
    'two that both have to be',
    () => ({ and: [{ tags: { some: { word: { eq: 'red' } } } }, { tags: { some: { word: { eq: 'old' } } } }] }),
    ['saw'],
  ],
  ['one that is both', () => ({ tags: { some: { word: { in: ['old'], startsWith: 'r' } } } }), []],
  ['many-to-many to the own type', () => ({ fits: { some: { serial: { eq: 'saw' } } } }), ['axe']],
  ['the same from the other end', () => ({ takes: { some: { serial: { eq: 'drill' } } } }), ['axe']],
  ['one-to-one', () => ({ manual: { some: {} } }), ['axe', 'saw'], ['saw']],
  ['no one-to-one', () => ({ manual: { none: {} } }), ['drill', 'file'], ['axe', 'drill', 'file']],
  ['two hops', () => ({ maker: { is: { region: { is: { name: { eq: 'town' } } } } } }), ['axe', 'saw']],
  [
    'four hops',
    () => ({ maker: { is: { region: { is: { within: { is: { within: { is: { name: { eq: 'north' } } } } } } } } } }),
    ['axe', 'saw'],
  ],
  [
    'four hops in and out',
    () => ({ takes: { some: { maker: { is: { tongs: { some: { takes: { some: { serial: { eq: 'drill' } } } } } } } } } }),
    ['saw'],
  ],
  [
    'four hops through itself',
    () => ({ whole: { is: { parts: { some: { whole: { is: { parts: { some: { serial: { eq: 'file' } } } } } } } } } }),
    ['axe', 'file'],
  ],
  [
    'hops beside one another',
    () => ({ whole: { is: { tags: { some: { word: { eq: 'red' } } }, parts: { none: { tags: { some: { word: { eq: 'unused' } } } } } } } }),
    ['axe', 'file'],
  ],
];

test.each(related)('related: %s', async (_name, filter, expected, forStranger = expected) => {
  expect(await found(filter())).toEqual(expected);
  expect(await found(filter(), stranger)).toEqual(forStranger);
});

test('a filter goes by relations in a list below a parent as well, and from every type', async () => {
  const { maker, tags, regions } = await ask(
    app.url,
    `{ maker(name: "forge") { tongs(filter: { tags: { some: { word: { eq: "red" } } } }) { totalCount nodes { serial } } }
      tags(filter: { tongs: { some: { maker: { is: { name: { eq: "secret" } } } } } }) { totalCount nodes { word } }
      regions(filter: { makers: { some: { tongs: { none: { serial: { eq: "nope" } } } } } }) { totalCount nodes { name } } }`,
    {},
    admin,
  );

  expect([maker, tags, regions]).toEqual([
    { tongs: { totalCount: 1, nodes: [{ serial: 'saw' }] } },
    { totalCount: 1, nodes: [{ word: 'red' }] },
    { totalCount: 1, nodes: [{ name: 'town' }] },
  ]);
});

test('what a variable leaves out is no condition', async () => {
  const query = `query($id: ID, $word: String, $filter: MakerFilter) { tongs(filter: { maker: { eq: $id, is: $filter }, cuts: { ne: 1 } }, orderBy: [{ field: SERIAL }]) { nodes { serial } }
    tags(filter: { word: { startsWith: $word } }) { totalCount } }`;

  expect(await ask(app.url, query, {}, stranger)).toEqual({
    tongs: { nodes: [{ serial: 'axe' }, { serial: 'drill' }, { serial: 'file' }] },
    tags: { totalCount: 3 },
  });
  expect((await ask(app.url, query, { id: ids.forge, word: 'o' }, stranger)).tongs.nodes).toEqual([{ serial: 'axe' }]);
});

const hops = (relations: string[]): object =>
  relations.reduceRight<object>((inner, relation) => ({ [relation]: { [relation === 'parts' ? 'some' : 'is']: inner } }), {
    serial: { eq: 'x' },
  });
const refusals: [name: string, filter: object, problems: [message: string, ...paths: string[]]][] = [
  [
    'a fifth hop',
    hops(['whole', 'parts', 'whole', 'parts', 'whole']),
    ['A filter may go through 4 relations', 'filter.whole.is.parts.some.whole.is.parts.some.whole.is'],
  ],
  [
    'a fifth hop within or',
    { or: [{ not: hops(['parts', 'parts', 'parts', 'parts', 'parts']) }] },
    ['A filter may go through 4 relations', 'filter.or.0.not.parts.some.parts.some.parts.some.parts.some.parts.some'],
  ],
  ['null for is', { maker: { is: null } }, ['filter.maker.is must not be null', 'filter.maker.is']],
  ['null for some', { parts: { some: null } }, ['filter.parts.some must not be null', 'filter.parts.some']],
  ['null for a relation', { maker: null }, ['filter.maker must not be null; use isNull', 'filter.maker']],
  ['a bad id', { id: { eq: 'x' } }, ['filter.id.eq is not an id', 'filter.id.eq']],
  ['a bad id of a relation', { maker: { ne: '' } }, ['filter.maker.ne is not an id', 'filter.maker.ne']],
  [
    'bad ids in a list, deep within',
    { parts: { some: { maker: { in: [batch, 'x', 'y'] } } } },
    ['filter.parts.some.maker.in is not an id', 'filter.parts.some.maker.in'],
  ],
  ['501 ids', { maker: { in: Array.from({ length: 501 }, () => batch) } }, ['filter.maker.in takes at most 500 values', 'filter.maker.in']],
  [
    'everything that is wrong',
    {
      id: { eq: 'x' },
      cuts: { gt: null, lt: 3 },
      not: { or: [{ batchId: { in: ['y'] } }, { maker: { is: { name: null, region: { is: null } } } }] },
      parts: { none: { whole: { eq: 'z' } } },
    },
    [
      'filter.id.eq is not an id; filter.cuts.gt must not be null; use isNull; filter.parts.none.whole.eq is not an id; filter.not.or.0.batchId.in is not an id; filter.not.or.1.maker.is.name must not be null; use isNull; filter.not.or.1.maker.is.region.is must not be null',
      'filter.id.eq',
      'filter.cuts.gt',
      'filter.parts.none.whole.eq',
      'filter.not.or.0.batchId.in',
      'filter.not.or.1.maker.is.name',
      'filter.not.or.1.maker.is.region.is',
    ],
  ],
];

test.each(refusals)('%s is bad input, named by its path', async (_name, filter, [message, ...paths]) => {
  const { data, errors } = await answer(app.url, query, { filter }, admin);

  expect(data).toBeNull();
  expect(errors).toEqual([{ message, locations: [expect.any(Object)], path: ['tongs'], extensions: { code: 'BAD_USER_INPUT', paths } }]);
});

test('a filter, an order, a size and cursors that are all wrong are all named at once', async () => {
  const { errors } = await answer(
    app.url,
    '{ tongs(first: 501, after: "x", before: "y", filter: { id: { eq: "x" }, price: { eq: 1 } }, orderBy: [{ field: SERIAL }, { field: PRICE }]) { nodes { id } } }',
    {},
    stranger,
  );

  const paths = ['first', 'filter.id.eq', 'filter.price', 'orderBy.1.field', 'after', 'before'];
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', paths } }]);
});

test.each([
  ['StringFilter', 'contains'],
  ['SearchFilter', 'gt'],
  ['IDFilter', 'lt'],
  ['IDFilter', 'startsWith'],
  ['BooleanFilter', 'in'],
  ['GradeFilter', 'gt'],
  ['MakerReferenceFilter', 'some'],
  ['TongListFilter', 'every'],
])('%s has no %s', async (type, operator) => {
  const { __type } = await ask(app.url, 'query($type: String!) { __type(name: $type) { inputFields { name } } }', { type });

  expect(__type.inputFields.length).toBeGreaterThan(1);
  expect(__type.inputFields.map(({ name }: { name: string }) => name)).not.toContain(operator);
});

test('columns that did not opt in are no filters, and lists that did not are none either', async () => {
  const fields = async (type: string) =>
    (await ask(app.url, 'query($type: String!) { __type(name: $type) { inputFields { name } } }', { type })).__type.inputFields.map(
      ({ name }: { name: string }) => name,
    );

  expect(await fields('TongFilter')).not.toEqual(expect.arrayContaining(['spec']));
  for (const name of ['spec', 'lead', 'label', 'boughtIn', 'countParts', 'updatedAt'])
    expect(await fields('TongFilter')).not.toContain(name);
  expect((await fields('ManualFilter')).sort()).toEqual(['and', 'id', 'not', 'or', 'original', 'owner', 'title', 'tong']);
});

test('nothing of all that has changed a row', async () => {
  expect(await rowsOf(app, sql`select count(*)::int as count, max(revision) as revision from tongs`)).toEqual([{ count: 4, revision: 1 }]);
});
