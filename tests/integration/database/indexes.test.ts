import { beforeAll, expect, test, vi } from 'vitest';
import { columnName, declarationOf, naming } from '#core/database/declare/registry.js';
import type { ColumnDeclaration, EntityDeclaration, ToOneDeclaration } from '#core/database/declare/declaration.js';
import { newId } from '#core/database/id.js';
import { data, signIn } from '../../support/client.js';
import { indexesOf, pretendMany, unserved, type Index } from '../../support/indexes.js';
import { aRow } from '../../support/planted.js';
import { openSql } from '../../support/probe.js';
import { startWorkshop } from '../../support/workshop/app.js';
import { workshopGraph } from '../../support/workshop/domain.js';
import { graph } from '../../../src/domains.js';

// The workshop's database has the tables that the migrations make, and those of its own that the entities make.
const app = await startWorkshop();
const admin = await signIn(app.url);
const run = await openSql(app.databaseUrl);
let indexes: Index[];

beforeAll(async () => {
  indexes = await indexesOf(run);
  for (const { many, entity } of workshopGraph.declared.map(declarationOf)) if (many) for (let n = 0; n < 2; n++) await aRow(app, entity);
  await run('vacuum analyze');
  await pretendMany(run);
});

test('every column that may be filtered or ordered by, every key and every link of the shipped entities has an index that serves it', () => {
  expect(graph.declared.length).toBeGreaterThan(10);
  expect(unserved(graph.declared, indexes)).toEqual([]);
});

test('the indexes that declarations make serve every ability', () => {
  expect(unserved(workshopGraph.declared, indexes)).toEqual([]);
});

test('what is not served is named', async () => {
  const without = async (...statements: string[]): Promise<string[]> => {
    await run('begin');
    for (const statement of statements) await run(statement);
    const found = unserved(workshopGraph.declared, await indexesOf(run));
    await run('rollback');
    return found;
  };

  expect(
    await without(
      'drop index tongs_cuts_id_index',
      'drop index tongs_maker_id_id_index',
      'drop index tongs_motto_trigrams',
      'drop index tongs_name_trigrams',
    ),
  ).toEqual([
    'Tong.name: no index finds what it contains',
    'Tong.motto: no index finds what it contains',
    'Tong.cuts: no index begins with it',
    'Tong.maker: no index begins with it',
  ]);
  expect(
    await without(
      'alter table tongs alter name type text collate "default", alter serial type text collate "POSIX", alter grade type text',
    ),
  ).toEqual([
    'Tong.serial: its index is not by code point',
    'Tong.name: its index is not by code point',
    'Tong.grade: its index is not by code point',
  ]);
  expect(
    await without(
      'alter table tongs drop constraint tongs_shelf_slot_unique',
      'alter table tongs drop constraint tongs_serial_unique',
      'alter table fits drop constraint fits_tong_id_other_id_unique',
    ),
  ).toEqual([
    'Tong.serial: no index begins with it',
    'Tong.serial: nothing keeps it unique',
    'Tong.shelf+slot: nothing keeps it unique',
    'Fit.tong+other: nothing keeps it unique',
    'Fit.other+tong: nothing keeps it unique',
  ]);
});

/** A step of a plan. */
interface Plan {
  'Node Type': string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: Plan[];
}

const stepsOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(stepsOf)];

/** The plan of the last statement that an operation runs, where no table, or what is named, is read from end to end. */
async function planOf(query: string, variables: object = {}, without = ['seqscan']): Promise<Plan[]> {
  const spy = vi.spyOn(app.system.database.reads, 'rows');
  await data(app.url, query, variables, admin);
  const { text, values } = spy.mock.calls.at(-1)![0];
  spy.mockRestore();
  await run('begin');
  for (const scan of without) await run(`set local enable_${scan} = off`);
  const [row] = await run<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (format json) ${text}`, values as unknown[]);
  await run('rollback');
  return stepsOf(row!['QUERY PLAN'][0].Plan);
}

const lists = workshopGraph.declared.map(declarationOf).filter(({ many }) => many !== undefined);
const orders = lists.flatMap((declaration) =>
  [...declaration.fields.values()]
    .filter((field) => field.is === 'column' && field.order && !declaration.streams)
    .flatMap(({ property }) => ['ASC', 'DESC'].map((direction) => ({ declaration, list: declaration.many!, property, direction }))),
);
const indexNames = ({ table }: EntityDeclaration, column: string, method = 'btree'): string[] =>
  indexes.filter((index) => index.table === table && index.method === method && index.columns[0]!.name === column).map(({ name }) => name);
const used = (plan: Plan[]): string[] => plan.flatMap((step) => step['Index Name'] ?? []);

test.each(orders)(
  'a page of $list by $property $direction, and the page behind it, come out of its index',
  async ({ declaration, list, property, direction }) => {
    const orderBy = `orderBy: [{ field: ${naming.propertyToColumnName(property).toUpperCase()}, direction: ${direction} }]`;
    const { [list]: first } = await data(app.url, `{ ${list}(first: 1, ${orderBy}) { pageInfo { endCursor } } }`, {}, admin);
    const served = indexNames(declaration, columnName(declaration, property));

    for (const after of [null, first.pageInfo.endCursor]) {
      const plan = await planOf(`query($after: String) { ${list}(first: 5, after: $after, ${orderBy}) { nodes { id } } }`, { after });
      expect(served).toContain(used(plan)[0]);
      expect(plan.map((step) => step['Node Type'])).not.toContain('Sort');
    }
  },
);

const filters = lists.flatMap((declaration) =>
  [...declaration.fields.values()]
    .filter(
      (field) =>
        field.is !== 'computed' && field.filter && (field.is === 'toOne' || (!field.hidden && field.kind !== 'boolean' && !field.enum)),
    )
    .map((field) => ({ declaration, list: declaration.many!, field: field as ColumnDeclaration | ToOneDeclaration })),
);

test('where there are no nulls, it does not matter to the index where they would stand', async () => {
  const plan = await planOf('{ samples(orderBy: [{ field: INT, nulls: FIRST }]) { nodes { id } } }');

  expect([used(plan)[0], plan.map((step) => step['Node Type']).includes('Sort')]).toEqual(['samples_int_id_index', false]);
});

test.each(filters)('$list filtered by $field.property are found by its index', async ({ declaration, list, field }) => {
  const kind = field.is === 'toOne' ? 'id' : field.kind;
  const value = { id: newId(4001), string: 'some', int: 17, long: 17, float: 1.7, boolean: true, time: new Date(), json: null }[kind];
  const plan = await planOf(`query($filter: ${declaration.name}Filter) { ${list}(filter: $filter) { totalCount } }`, {
    filter: { [field.property]: { eq: value } },
  });

  expect(used(plan).some((name) => [...indexNames(declaration, field.column), `${declaration.table}_pkey`].includes(name))).toBe(true);
  expect(plan.map((step) => step['Index Cond']).join()).toContain(`${field.column} =`);
});

test.each(filters.filter(({ field }) => field.is === 'column' && field.kind === 'string'))(
  '$list whose $field.property starts with a text are found by its index',
  async ({ declaration, list, field }) => {
    const plan = await planOf(`{ ${list}(filter: { ${field.property}: { startsWith: "so_me" } }) { totalCount } }`);

    expect(indexNames(declaration, field.column)).toContain(used(plan)[0]);
    expect(plan.map((step) => step['Index Cond']).join()).toContain(
      `(${field.column} >= 'so_me'::text) AND (${field.column} < 'so_mf'::text)`,
    );
  },
);

// Of a table this small the whole of another index is read sooner.
const exceptBitmaps = ['seqscan', 'indexscan', 'indexonlyscan'];

test.each(['name', 'motto'])('tongs whose %s contains a text, in whatever case, are found by its trigrams', async (property) => {
  const plan = await planOf(`{ tongs(filter: { ${property}: { contains: "Säge" } }) { totalCount } }`, {}, exceptBitmaps);

  expect(used(plan)).toEqual([`tongs_${property}_trigrams`]);
});

test('tongs whose motto, which can only be searched, is a text or starts with one are found by its trigrams', async () => {
  for (const condition of ['eq: "sharp"', 'startsWith: "sharp"'])
    expect(used(await planOf(`{ tongs(filter: { motto: { ${condition} } }) { totalCount } }`, {}, exceptBitmaps))).toEqual([
      'tongs_motto_trigrams',
    ]);
});
