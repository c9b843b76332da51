import { beforeAll, expect, test } from 'vitest';
import { data, graphql, signIn } from '../../../support/client.js';
import { randomFrom } from '../../../support/probe.js';
import { startWorkshop } from '../../../support/workshop/app.js';
import { Pick } from '../../../support/workshop/pick.entity.js';
import { plant } from '../../../support/workshop/planted.js';
import { Sample } from '../../../support/workshop/sample.entity.js';
import { by, columns, isNullable, someSamples, sorted, type SampleRow, type Step } from '../../../support/workshop/samples.js';
import { Tray } from '../../../support/workshop/tray.entity.js';

const app = await startWorkshop();
const admin = await signIn(app.url);
const random = randomFrom(20_261_121);
const pickOf = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
const count = 45;
const rows: Record<'samples' | 'onTray' | 'picks', SampleRow[]> = { samples: [], onTray: [], picks: [] };

beforeAll(async () => {
  const [tray, other] = (await plant(app, Tray, [{ name: 'tray' }, { name: 'other' }])) as [string, string];
  const values = someSamples(count, 1);
  const ids = await plant(
    app,
    Sample,
    values.map((sample, i) => ({ ...sample, tray: [tray, other, null][i % 3] })),
  );
  rows.samples = values.map((sample, i) => ({ ...sample, id: ids[i]! }) as SampleRow);
  rows.onTray = rows.samples.filter((_, i) => i % 3 === 0);
  rows.picks = rows.samples.filter((_, i) => i % 2 === 0);
  await plant(app, Pick, [
    ...rows.picks.map(({ id }) => ({ tray, sample: id })),
    ...rows.onTray.map(({ id }) => ({ tray: other, sample: id })),
  ]);
});

type Where = keyof typeof rows;
const args = 'first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy';
const page = 'totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const declared = 'query($first: Int, $after: String, $last: Int, $before: String, $orderBy: [SampleOrder!])';
const lists: Record<Where, { query: string; at: (answer: any) => any }> = {
  samples: { query: `${declared} { samples(${args}) { ${page} } }`, at: ({ samples }) => samples },
  onTray: { query: `${declared} { tray(name: "tray") { samples(${args}) { ${page} } } }`, at: ({ tray }) => tray.samples },
  picks: { query: `${declared} { tray(name: "tray") { picks(${args}) { ${page} } } }`, at: ({ tray }) => tray.picks },
};
const read = async (where: Where, variables: object): Promise<any> =>
  lists[where].at(await data(app.url, lists[where].query, variables, admin));

/** All pages of a list, one after the other; returns the ids and the cursors. */
async function walk(where: Where, orderBy: Step[], size: number, isForward: boolean): Promise<{ ids: string[]; cursors: string[] }> {
  const edges: any[] = [];
  for (let cursor: string | null = null; ;) {
    const found: any = await read(where, { orderBy, ...(isForward ? { first: size, after: cursor } : { last: size, before: cursor }) });
    expect(found.totalCount).toBe(rows[where].length);
    edges.splice(isForward ? edges.length : 0, 0, ...found.edges);
    cursor = isForward ? found.pageInfo.endCursor : found.pageInfo.startCursor;
    const isLast = !(isForward ? found.pageInfo.hasNextPage : found.pageInfo.hasPreviousPage);
    expect(isLast).toBe(edges.length >= rows[where].length);
    if (isLast) return { ids: edges.map(({ node }) => node.id), cursors: edges.map((edge) => edge.cursor) };
  }
}

const idsIn = (where: Where, steps: Step[]): string[] => sorted(rows[where], steps).map(({ id }) => id);
const directions = ['ASC', 'DESC'] as const;
const single = columns.flatMap((column) =>
  directions.flatMap((direction) =>
    ([null, 'FIRST', 'LAST'] as const)
      .filter((nulls) => nulls === null || isNullable(column) || column === 'int')
      .map((nulls) => [by(column, direction, nulls)]),
  ),
);
const anyStep = (): Step => by(pickOf(columns), pickOf(directions), pickOf([null, 'FIRST', 'LAST'] as const));
const several = Array.from({ length: 25 }, () => Array.from({ length: 2 + Math.floor(random() * 3) }, anyStep));
const nameOf = (steps: Step[]): string =>
  steps.map(({ field, direction, nulls }) => `${field} ${direction}${nulls ? ` nulls ${nulls}` : ''}`).join(', ');
const orders = [[], ...single, ...several].map((steps) => ({ name: nameOf(steps) || 'the default order', steps }));

// At the root, and below a parent one-to-many and many-to-many.
test.each(orders)('pages by $name: every row once and in order, forward and backward', async ({ steps }) => {
  for (const where of ['samples', 'onTray', 'picks'] as const) {
    const [forward, backward] = [await walk(where, steps, pickOf([7, 16, 29]), true), await walk(where, steps, pickOf([7, 16, 29]), false)];
    expect(forward.ids, where).toEqual(idsIn(where, steps));
    expect(backward, where).toEqual(forward);
  }
});

test.each(orders.slice(-15))('by $name: what lies between two cursors is read from either end', async ({ steps }) => {
  const { ids, cursors } = await walk('samples', steps, 500, true);
  for (let n = 0; n < 5; n++) {
    const [from, to] = [Math.floor(random() * count), Math.floor(random() * count)].sort((a, b) => a - b) as [number, number];
    const size = pickOf([1, 5, 500]);
    const between = ids.slice(from + 1, to);
    const bounds = { orderBy: steps, after: cursors[from], before: cursors[to] };
    const found = async (ask: object) => {
      const { edges, pageInfo, totalCount } = await read('samples', { ...bounds, ...ask });
      return { ids: edges.map(({ node }: any) => node.id), totalCount, next: pageInfo.hasNextPage, previous: pageInfo.hasPreviousPage };
    };

    const isMore = between.length > size;
    expect(await found({ first: size })).toEqual({ ids: between.slice(0, size), totalCount: count, next: isMore, previous: true });
    expect(await found({ last: size })).toEqual({ ids: between.slice(-size), totalCount: count, next: true, previous: isMore });
    expect((await found({})).ids).toEqual(between);
  }
});

test('a cursor says nothing between two that stand the wrong way round', async () => {
  const { cursors } = await walk('samples', [by('maybeInt')], 500, true);

  const { edges, pageInfo } = await read('samples', { orderBy: [by('maybeInt')], after: cursors[9], before: cursors[3], first: 5 });

  expect([edges, pageInfo.hasNextPage, pageInfo.startCursor, pageInfo.endCursor]).toEqual([[], false, null, null]);
});

test.each<[string, Step[], Step[]]>([
  ['another column', [by('maybeInt')], [by('maybeLong')]],
  ['the other direction', [by('maybeInt')], [by('maybeInt', 'DESC')]],
  ['nulls at the other end', [by('maybeInt', 'ASC', 'LAST')], [by('maybeInt', 'ASC', 'FIRST')]],
  ['more columns', [by('maybeInt')], [by('maybeInt'), by('text')]],
  ['the same columns the other way round', [by('maybeInt'), by('text')], [by('text'), by('maybeInt')]],
  ['the default order', [by('maybeInt')], []],
])('a cursor of one order is refused in an order by %s', async (_name, made, used) => {
  const [cursor] = (await walk('samples', made, 500, true)).cursors;

  for (const [bound, ask] of [
    ['after', { first: 1, after: cursor }],
    ['before', { last: 1, before: cursor }],
  ] as const)
    expect(await graphql(app.url, lists.samples.query, { ...ask, orderBy: used }, admin)).toMatchObject({
      errors: [
        { message: `${bound} is a cursor of another list or another order`, extensions: { code: 'BAD_USER_INPUT', paths: [bound] } },
      ],
    });
});

test('nulls where they stand by default are the same order', async () => {
  for (const [direction, nulls] of [
    ['ASC', 'LAST'],
    ['DESC', 'FIRST'],
  ] as const) {
    const { cursors } = await walk('samples', [by('maybeText', direction)], 500, true);
    const after = { first: 1, after: cursors[3] };
    const edges = async (given: Step['nulls']) => (await read('samples', { ...after, orderBy: [by('maybeText', direction, given)] })).edges;

    expect(await edges(nulls)).toEqual(await edges(null));
  }
});

const forged = (values: unknown[]): string => Buffer.from(JSON.stringify([1, 'Sample:maybeInt,int,id', ...values])).toString('base64url');
const id = '01a1fc72-0000-7002-8000-000000000000';
test.each([
  ['null where none can be', [1, null, id]],
  ['a text for a number', ['1', 1, id]],
  ['a fraction for a whole number', [1.5, 1, id]],
  ['a number that is too large', [2 ** 31, 1, id]],
  ['a list', [[1], 1, id]],
])('a cursor with %s is refused', async (_name, values) => {
  const orderBy = [by('maybeInt'), by('int')];

  expect((await graphql(app.url, lists.samples.query, { orderBy, after: forged([null, 1, id]) }, admin)).errors).toBeUndefined();
  expect((await graphql(app.url, lists.samples.query, { orderBy, after: forged(values) }, admin)).errors).toMatchObject([
    { message: 'after is not a cursor of Signalbox', extensions: { code: 'BAD_USER_INPUT', paths: ['after'] } },
  ]);
});
