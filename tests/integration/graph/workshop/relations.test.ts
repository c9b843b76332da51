import { beforeAll, expect, test } from 'vitest';
import { addRelation, relation } from '#core/database/declare/relation.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { sql } from '#core/database/sql.js';
import { composeGraph } from '../../../../src/graph.js';
import { rowsOf } from '../../../support/changes.js';
import { signIn, type Auth } from '../../../support/client.js';
import { signedIn } from '../../../support/users.js';
import { startWorkshop } from '../../../support/workshop/app.js';
import { ask } from '../../../support/workshop/ask.js';
import { lending, workshop } from '../../../support/workshop/domain.js';
import { Keeper } from '../../../support/workshop/keeper.entity.js';
import { Maker } from '../../../support/workshop/maker.entity.js';
import { Manual } from '../../../support/workshop/manual.entity.js';
import { aTong, plant, plantTongs, plantOne } from '../../../support/workshop/planted.js';
import { Tong } from '../../../support/workshop/tong.entity.js';

const app = await startWorkshop();
const admin = await signIn(app.url);
let stranger: Auth;
let [anna, bert, hidden] = ['', '', ''];
let tongs: Record<'saw' | 'file' | 'plane' | 'awl', string>;

beforeAll(async () => {
  stranger = await signedIn(app, 'stranger');
  [anna, bert, hidden] = (await plant(app, Keeper, [
    { name: 'anna' },
    { name: 'bert' },
    { name: 'hidden', isHidden: true },
    { name: 'lonely' },
  ])) as [string, string, string];
  tongs = await plantTongs(app, { saw: { keeperId: anna }, file: { keeperId: anna }, plane: { keeperId: hidden }, awl: {} });
  await plant(app, Manual, [
    { title: 'of the saw', tong: tongs.saw, ownerId: bert },
    { title: 'of the file', tong: tongs.file, ownerId: hidden },
    { title: 'of the awl', tong: tongs.awl },
  ]);
  await plant(app, Maker, [{ name: 'forge', contactId: anna }, { name: 'mill' }]);
});

test('the lower entity shows its target, and the plain id unless that is hidden', async () => {
  const shown = await ask(
    app.url,
    `{ tongs(orderBy: [{ field: SERIAL }]) { nodes { serial keeperId keeper { name } } } manuals(orderBy: [{ field: TITLE }]) { nodes { title owner { name } ownerId } }
      makers(orderBy: [{ field: NAME }]) { nodes { name contact { id name } } } __type(name: "Maker") { fields { name } } }`,
    {},
    admin,
  );

  expect(shown.tongs.nodes).toEqual([
    { serial: 'awl', keeperId: null, keeper: null },
    { serial: 'file', keeperId: anna, keeper: { name: 'anna' } },
    { serial: 'plane', keeperId: hidden, keeper: { name: 'hidden' } },
    { serial: 'saw', keeperId: anna, keeper: { name: 'anna' } },
  ]);
  expect(shown.manuals.nodes).toEqual([
    { title: 'of the awl', owner: null, ownerId: null },
    { title: 'of the file', owner: { name: 'hidden' }, ownerId: hidden },
    { title: 'of the saw', owner: { name: 'bert' }, ownerId: bert },
  ]);
  expect(shown.makers.nodes).toEqual([
    { name: 'forge', contact: { id: anna, name: 'anna' } },
    { name: 'mill', contact: null },
  ]);
  expect(shown.__type.fields.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['contact']));
  expect(shown.__type.fields.map(({ name }: { name: string }) => name)).not.toContain('contactId');
});

test('the target gets a list, or one object where the column is unique', async () => {
  const { keepers } = await ask(
    app.url,
    `{ keepers(orderBy: [{ field: NAME }]) { nodes { name tongs(orderBy: [{ field: SERIAL }]) { totalCount nodes { serial keeper { name } } }
      manual { title owner { name } } makers { nodes { name } } } } }`,
    {},
    admin,
  );

  expect(keepers.nodes).toEqual([
    {
      name: 'anna',
      tongs: {
        totalCount: 2,
        nodes: [
          { serial: 'file', keeper: { name: 'anna' } },
          { serial: 'saw', keeper: { name: 'anna' } },
        ],
      },
      manual: null,
      makers: { nodes: [{ name: 'forge' }] },
    },
    {
      name: 'bert',
      tongs: { totalCount: 0, nodes: [] },
      manual: { title: 'of the saw', owner: { name: 'bert' } },
      makers: { nodes: [] },
    },
    {
      name: 'hidden',
      tongs: { totalCount: 1, nodes: [{ serial: 'plane', keeper: { name: 'hidden' } }] },
      manual: { title: 'of the file', owner: { name: 'hidden' } },
      makers: { nodes: [] },
    },
    { name: 'lonely', tongs: { totalCount: 0, nodes: [] }, manual: null, makers: { nodes: [] } },
  ]);
});

const shown = { tongs: ['Tong', 'serial'], keepers: ['Keeper', 'name'], manuals: ['Manual', 'title'] } as const;
const filters: [name: string, list: keyof typeof shown, filter: () => object, found: string[], forStranger?: string[]][] = [
  ['its id', 'tongs', () => ({ keeper: { eq: anna } }), ['file', 'saw']],
  ['a hidden id', 'tongs', () => ({ keeper: { eq: hidden } }), ['plane'], []],
  ['another id', 'tongs', () => ({ keeper: { ne: anna } }), ['awl', 'plane']],
  ['none', 'tongs', () => ({ keeper: { isNull: true } }), ['awl'], ['awl', 'plane']],
  ['conditions on it', 'tongs', () => ({ keeper: { is: { name: { startsWith: 'a' } } } }), ['file', 'saw']],
  ['the plain id', 'tongs', () => ({ keeperId: { eq: anna } }), ['file', 'saw']],
  ['some in its list', 'keepers', () => ({ tongs: { some: { serial: { eq: 'saw' } } } }), ['anna']],
  ['none in its list', 'keepers', () => ({ tongs: { none: {} } }), ['bert', 'lonely']],
  ['its one object', 'keepers', () => ({ manual: { some: { title: { eq: 'of the saw' } } } }), ['bert']],
  ['no one object', 'keepers', () => ({ manual: { none: {} } }), ['anna', 'lonely']],
  ['the relation by a unique column', 'manuals', () => ({ owner: { is: { name: { eq: 'bert' } } } }), ['of the saw']],
];

test.each(filters)('%s can be filtered by', async (_name, list, filter, found, forStranger = found) => {
  const [type, field] = shown[list];
  const query = `query($filter: ${type}Filter) { ${list}(filter: $filter) { totalCount nodes { ${field} } } }`;
  const of = async (auth: Auth) => {
    const { [list as string]: page } = await ask(app.url, query, { filter: filter() }, auth);
    expect(page.totalCount).toBe(page.nodes.length);
    return page.nodes.map((node: Record<string, string>) => node[field]).sort();
  };

  expect(await of(admin)).toEqual(found);
  expect(await of(stranger)).toEqual(forStranger);
});

test('a target that may not be seen is null', async () => {
  const { tong, keeper } = await ask(
    app.url,
    `{ tong(serial: "plane") { keeper { name } } keeper(name: "hidden") { tongs { totalCount } manual { title } } }`,
    {},
    stranger,
  );

  expect([tong, keeper]).toEqual([{ keeper: null }, null]);
});

test('the database made from the entities has the foreign keys and the indexes that serve them', async () => {
  const keys = await rowsOf(
    app,
    sql`select c.conrelid::regclass::text as of, a.attname as column, c.confrelid::regclass::text as to, c.confdeltype as "onDelete",
      format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
      (select array_agg(i.indisunique order by i.indexrelid::regclass::text) from pg_index i
        where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1] and i.indpred is null) as unique
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and c.confrelid = 'keepers'::regclass order by 1`,
  );

  const column = { to: 'keepers', type: 'uuid', required: false };
  expect(keys).toEqual([
    { of: 'makers', column: 'contact_id', onDelete: 'r', unique: [false], ...column },
    { of: 'manuals', column: 'owner_id', onDelete: 'c', unique: [true], ...column },
    { of: 'tongs', column: 'keeper_id', onDelete: 'n', unique: [false], ...column },
  ]);
});

test('the entity holds, takes and changes the plain id', async () => {
  const em = app.system.database.fork();
  const saw = await em.findOneOrFail(Tong, tongs.saw);
  const read = saw.keeperId;
  saw.keeperId = bert;
  await em.flush();
  const changed = await em.fork().findOneOrFail(Tong, { keeperId: bert });
  saw.keeperId = null;
  await em.flush();
  const emptied = await em.fork().findOneOrFail(Tong, tongs.saw);
  saw.keeperId = anna;
  await em.flush();

  expect([read, changed.id, changed.keeperId, emptied.keeperId, saw.revision]).toEqual([anna, tongs.saw, bert, null, 4]);
});

test('both ends may be stored together, whichever comes first', async () => {
  const em = app.system.database.fork();
  const keeper = Object.assign(new Keeper(), { id: newId(declarationOf(Keeper).type), name: 'new' });
  const tong = Object.assign(new Tong(), { id: newId(declarationOf(Tong).type), ...aTong({ serial: 'new', keeperId: keeper.id }) });
  await em.persist([tong, keeper]).flush();

  expect(await ask(app.url, '{ tong(serial: "new") { keeper { name tongs { nodes { serial } } } } }', {}, admin)).toEqual({
    tong: { keeper: { name: 'new', tongs: { nodes: [{ serial: 'new' }] } } },
  });
  await em.remove([tong, keeper]).flush();
});

test('an id of nothing is refused by the database, and nothing is stored', async () => {
  await expect(plantTongs(app, { lost: { keeperId: newId(declarationOf(Keeper).type) } })).rejects.toThrow(/tongs_keeper_id_foreign/);

  expect(await rowsOf(app, sql`select 1 from tongs where serial = 'lost'`)).toEqual([]);
});

test('what refers to a deleted target is emptied, deleted with it, or keeps it, as was declared', async () => {
  const target = await plantOne(app, Keeper, { name: 'leaving' });
  const { chisel } = await plantTongs(app, { chisel: { keeperId: target } });
  const manual = await plantOne(app, Manual, { title: 'of the chisel', tong: chisel, ownerId: target });
  const maker = await plantOne(app, Maker, { name: 'keeping', contactId: target });
  const remove = () => rowsOf(app, sql`delete from keepers where id = ${target}`);
  const left = () =>
    rowsOf(
      app,
      sql`select (select keeper_id from tongs where id = ${chisel}) as keeper, (select count(*)::int from manuals where id = ${manual}) as manuals`,
    );

  await expect(remove()).rejects.toThrow(/makers_contact_id_foreign/);
  expect(await left()).toEqual([{ keeper: target, manuals: 1 }]);
  await rowsOf(app, sql`delete from makers where id = ${maker}`);
  await remove();
  expect(await left()).toEqual([{ keeper: null, manuals: 0 }]);
});

test('a relation is added once, however often its domain is composed', () => {
  const before = [...declarationOf(Tong).fields.keys()];

  expect(composeGraph([workshop, lending]).declared).toContain(Tong);
  expect([...declarationOf(Tong).fields.keys()]).toEqual(before);
});

test.each([
  ['a column of another kind', 'serial', 'newKeeper', 'tongs.serial is no column of kind id'],
  ['a relation', 'maker', 'newKeeper', 'tongs.maker is no column of kind id'],
  ['nothing', 'nope', 'newKeeper', 'tongs.nope is no column of kind id'],
  ['a name that is taken', 'batchId', 'serial', 'tongs.serial is declared already'],
])('%s cannot be made a relation', (_name, key, name, message) => {
  const wrong = relation({ of: Tong, key, name, to: Keeper, description: 'Wrong', onDelete: 'set null' });

  expect(() => addRelation(wrong)).toThrow(message);
});
