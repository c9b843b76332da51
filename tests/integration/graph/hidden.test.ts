import { beforeAll, expect, test } from 'vitest';
import { columnName, declarationOf, naming } from '#core/database/declare/registry.js';
import { sql } from '#core/database/sql.js';
import { rowsOf } from '../../support/changes.js';
import { data, send, signIn, type Auth } from '../../support/client.js';
import { allBut, plantScene, type Scene } from '../../support/scene.js';
import { signedIn } from '../../support/users.js';
import { startWorkshop } from '../../support/workshop/app.js';
import { workshopGraph } from '../../support/workshop/domain.js';

// Of each type one row is hidden from all but superusers; everything else is seen by everybody, so that each way to it can be tried.
const app = await startWorkshop();
const admin = await signIn(app.url);
const types = workshopGraph.declared.map(declarationOf).filter(({ name }) => name !== undefined);
const scenes = new Map<string, Scene>();
let stranger: Auth;

beforeAll(async () => {
  stranger = await signedIn(app, 'stranger');
  for (const { entity, name } of types) scenes.set(name!, await plantScene(app, workshopGraph.declared, entity));
});

/** The scene of a type, whose hidden row is hidden from now on. */
function enter(name: string): Scene {
  const scene = scenes.get(name)!;
  const entities = types.map(({ entity }) => entity);
  Object.assign(app.system, { policies: allBut(entities, scene) });
  return scene;
}

/** What both see of the same. */
async function both<Seen>(query: string, variables: object, of: (found: any) => Seen): Promise<{ admin: Seen; stranger: Seen }> {
  const [forAdmin, forStranger] = [await data(app.url, query, variables, admin), await data(app.url, query, variables, stranger)];
  return { admin: of(forAdmin), stranger: of(forStranger) };
}
const idOf = (found: { id: string } | null): string | null => found && found.id;
const idsOf = ({ totalCount, nodes, edges }: any): string[] => {
  const ids = nodes.map(idOf);
  expect([totalCount, edges.map(({ node }: any) => node.id)]).toEqual([ids.length, ids]);
  return ids.sort();
};
const page = 'totalCount nodes { id } edges { cursor node { id } }';
const statements = async (query: string, variables: object): Promise<number> => {
  const { errors, extensions } = await send(app.url, query, variables, stranger);
  expect(errors).toBeUndefined();
  return extensions!.statements!;
};

const named = types.map(({ name }) => ({ name: name! }));
const listed = types.flatMap(({ name, many }) => (many ? [{ name: name!, many }] : []));
const lookedUp = types.flatMap(({ name, one, keys = [] }) => (one ? [{ name: name!, one, keys }] : []));

test('every type of the graph has a scene, and every relation and list between them is a way in one', () => {
  const ways = [...scenes.values()].flatMap(({ declaration, pointing, listing }) => [
    ...pointing.map(({ of, field }) => `${of.name}.${field.property}`),
    ...listing.filter(({ list }) => list.of === declaration.entity).map(({ of, list }) => `${of.name}.${list.name}`),
  ]);
  const expected = types.flatMap(({ name, fields, lists }) => [
    ...[...fields.values()].filter(({ is }) => is === 'toOne').map(({ property }) => `${name}.${property}`),
    ...[...lists.keys()].map((list) => `${name}.${list}`),
  ]);

  expect([...scenes.keys()]).toEqual(types.map(({ name }) => name));
  expect(ways.sort()).toEqual(expected.sort());
});

test.each(named)('node and nodes do not find a hidden $name, and take as long as for none', async ({ name }) => {
  const { hidden, seen, missing } = enter(name);
  const query = 'query($id: ID!, $ids: [ID!]!) { node(id: $id) { __typename id } nodes(ids: $ids) { __typename id } }';

  const found = await both(query, { id: hidden, ids: [seen, hidden, missing] }, ({ node, nodes }) => [idOf(node), ...nodes.map(idOf)]);
  expect(found).toEqual({ admin: [hidden, seen, hidden, null], stranger: [null, seen, null, null] });
  for (const one of ['query($id: ID!) { node(id: $id) { id } }', 'query($id: ID!) { nodes(ids: [$id]) { id } }'])
    expect(await statements(one, { id: hidden })).toBe(await statements(one, { id: missing }));
});

test.each(lookedUp)('$one finds no hidden $name by any key, and takes as long as for none', async ({ name, one, keys }) => {
  const { declaration, hidden, seen, missing } = enter(name);
  const valuesOf = async (id: string, properties: readonly string[]): Promise<unknown[]> => {
    const columns = properties.map((property) => sql.ref(columnName(declaration, property)));
    const [row] = await rowsOf<{ values: unknown[] }>(
      app,
      sql`select json_build_array(${sql.join(columns)}) as values from ${sql.ref(declaration.table)} where id = ${id}`,
    );
    return row!.values;
  };
  const lookup = (properties: readonly string[], values: readonly unknown[]): string =>
    `{ ${one}(${properties.map((property, i) => `${property}: ${JSON.stringify(values[i])}`).join(', ')}) { id } }`;

  for (const key of [['id'], ...keys.map((each) => (typeof each === 'string' ? [each] : [...each]))]) {
    const [ofHidden, ofSeen] = [await valuesOf(hidden, key), await valuesOf(seen, key)];
    // A row that does not point anywhere is not found by what it points at.
    if (ofHidden.includes(null)) continue;
    const find = (values: unknown[]) => both(lookup(key, values), {}, (data) => idOf(data[one]));
    expect([key, await find(ofHidden), await find(ofSeen)]).toEqual([
      key,
      { admin: hidden, stranger: null },
      { admin: seen, stranger: seen },
    ]);
    const none = key[0] === 'id' ? [missing] : ofHidden.map(other);
    expect(await statements(lookup(key, ofHidden), {})).toBe(await statements(lookup(key, none), {}));
  }
});

// A value of the same kind that no row has.
const other = (value: unknown): unknown =>
  typeof value === 'number' ? value - 1 : String(value).replace(/[0-9a-f]$/, (last) => (last === '0' ? '1' : '0'));

test.each(listed)('no hidden $name is in $many, in any order, under any filter, in a count or behind a cursor', async ({ name, many }) => {
  const { declaration, hidden, seen, missing } = enter(name);
  const orders = declaration.streams
    ? ['']
    : [...declaration.fields.values()]
        .filter((field) => field.is === 'column' && field.order)
        .flatMap(({ property }) =>
          ['ASC', 'DESC'].map((d) => `orderBy: [{ field: ${naming.propertyToColumnName(property).toUpperCase()}, direction: ${d} }]`),
        );
  const list = (args: string) => `query($f: ${name}Filter) { ${many}(first: 500, filter: $f ${args}) { ${page} } }`;
  const find = (filter: object, args = '') => both(list(args), { f: filter }, (data) => idsOf(data[many]));
  const pair = [hidden, seen].sort();

  for (const order of ['', ...orders]) expect(await find({ id: { in: [hidden, seen] } }, order)).toEqual({ admin: pair, stranger: [seen] });
  expect(await find({ id: { eq: hidden } })).toEqual({ admin: [hidden], stranger: [] });
  expect(await find({ and: [{ id: { in: pair } }, { not: { id: { eq: seen } } }] })).toEqual({ admin: [hidden], stranger: [] });
  expect(await find({ and: [{ id: { in: pair } }, { or: [{ id: { ne: seen } }, { id: { isNull: false } }] }] })).toEqual({
    admin: pair,
    stranger: [seen],
  });
  const { [many]: all } = await data(app.url, list(''), { f: { id: { in: pair } } }, admin);
  for (const [i, { cursor }] of all.edges.entries()) {
    const bounds = `query($c: String, $f: ${name}Filter) { after: ${many}(after: $c, filter: $f) { nodes { id } } before: ${many}(before: $c, filter: $f) { nodes { id } } }`;
    const { after, before } = await data(app.url, bounds, { c: cursor, f: { id: { in: pair } } }, stranger);
    const visible = (nodes: any[]) => nodes.map(({ node }) => node.id).filter((id) => id === seen);
    expect([after.nodes.map(idOf), before.nodes.map(idOf)]).toEqual([visible(all.edges.slice(i + 1)), visible(all.edges.slice(0, i))]);
  }
  const count = (id: string) => statements(list(''), { f: { id: { eq: id } } });
  expect(await count(hidden)).toBe(await count(missing));
});

const pointed = types.flatMap((of) =>
  [...of.fields.values()]
    .filter((field) => field.is === 'toOne')
    .map((field) => ({
      way: `${of.name}.${field.property}`,
      type: of.name!,
      field: field.property,
      to: declarationOf(field.target()).name!,
    })),
);

test.each(pointed)('$way is null where its $to is hidden, and a filter takes it for null', async ({ type, field, to }) => {
  const { pointing, hidden: target, seen: other, missing } = enter(to);
  const { of, hidden, seen, dangling, field: relation } = pointing.find((each) => each.of.name === type && each.field.property === field)!;
  const read = `query($ids: [ID!]!) { nodes(ids: $ids) { ... on ${type} { id ${field} { id } } } }`;
  const targets = await both(read, { ids: [hidden, seen, dangling] }, ({ nodes }) => nodes.map((node: any) => idOf(node[field])));
  expect(targets).toEqual({ admin: [target, other, null], stranger: [null, other, null] });
  const one = `query($id: ID!) { node(id: $id) { ... on ${type} { id ${field} { id } } } }`;
  expect(await statements(one, { id: hidden })).toBe(await statements(one, { id: dangling }));

  if (!of.many) return;
  const query = `query($f: ${type}Filter) { ${of.many}(first: 500, filter: $f) { totalCount nodes { id ${field} { id } } edges { node { id ${field} { id } } } } }`;
  const among = (condition: object) =>
    both(query, { f: { and: [{ id: { in: [hidden, seen] } }, condition] } }, (data) => idsOf(data[of.many!]));
  const pair = [hidden, seen].sort();
  expect(
    await both(query, { f: { id: { eq: hidden } } }, (data) => [data[of.many!].nodes[0][field], data[of.many!].edges[0].node[field]]),
  ).toEqual({
    admin: [{ id: target }, { id: target }],
    stranger: [null, null],
  });
  if (!relation.filter) return;
  const conditions: [condition: object, forAdmin: string[], forStranger: string[]][] = [
    [{ eq: target }, [hidden], []],
    [{ in: [target, other] }, pair, [seen]],
    [{ ne: other }, [hidden], [hidden]],
    [{ ne: target }, [seen], pair],
    [{ isNull: true }, [], [hidden]],
    [{ isNull: false }, pair, [seen]],
    [{ is: {} }, pair, [seen]],
    [{ is: { id: { eq: target } } }, [hidden], []],
    [{ is: { id: { ne: other } } }, [hidden], []],
  ];
  for (const [condition, forAdmin, forStranger] of conditions) {
    expect([condition, await among({ [field]: condition })]).toEqual([condition, { admin: forAdmin, stranger: forStranger }]);
    const without = (ids: string[]) => pair.filter((id) => !ids.includes(id));
    expect((await among({ not: { [field]: condition } })).stranger).toEqual(without(forStranger));
  }
  const count = (id: string) => statements(query, { f: { [field]: { eq: id } } });
  expect(await count(target)).toBe(await count(missing));
});

const lists = types.flatMap((of) =>
  [...of.lists.values()].flatMap((list) => {
    const shows = { way: `${of.name}.${list.name}`, type: of.name!, list: list.name, of: declarationOf(list.of).name! };
    const link = list.link && declarationOf(list.link.entity).name;
    return [{ ...shows, hides: shows.of }, ...(link ? [{ ...shows, hides: link }] : [])];
  }),
);

test.each(lists)(
  '$way neither shows nor counts what is or is linked by a hidden $hides, nor does a filter',
  async ({ type, list: name, hides }) => {
    const { listing } = enter(hides);
    const { of, list, rows, hidden: ofHidden, seen: ofSeen } = listing.find((each) => each.of.name === type && each.list.name === name)!;
    const pair = [rows.hidden, rows.seen].sort();
    if (list.single) {
      const query = `query($ids: [ID!]!) { nodes(ids: $ids) { ... on ${type} { ${name} { id } } } }`;
      const found = await both(query, { ids: [ofHidden, ofSeen] }, ({ nodes }) => nodes.map((node: any) => idOf(node[name])));
      expect(found).toEqual({ admin: [rows.hidden, rows.seen], stranger: [null, rows.seen] });
    } else {
      const filter = `${declarationOf(list.of).name}Filter`;
      const query = `query($id: ID!, $f: ${filter}) { node(id: $id) { ... on ${type} { all: ${name} { ${page} } last: ${name}(last: 500) { ${page} } filtered: ${name}(filter: $f) { ${page} } } } }`;
      const found = await both(query, { id: ofHidden, f: { id: { eq: rows.hidden } } }, ({ node }) =>
        [node.all, node.last, node.filtered].map(idsOf),
      );
      expect(found).toEqual({ admin: [pair, pair, [rows.hidden]], stranger: [[rows.seen], [rows.seen], []] });
    }
    if (!list.filter || !of.many) return;
    const query = `query($f: ${type}Filter) { ${of.many}(filter: $f) { ${page} } }`;
    const owners = [...new Set([ofHidden, ofSeen])].sort();
    const among = (condition: object) => both(query, { f: { id: { in: owners }, [name]: condition } }, (data) => idsOf(data[of.many!]));
    const [hidden, seen] = [{ id: { eq: rows.hidden } }, { id: { eq: rows.seen } }];
    const without = (id: string) => owners.filter((each) => each !== id);
    expect(await among({ some: hidden })).toEqual({ admin: [ofHidden], stranger: [] });
    expect(await among({ some: seen })).toEqual({ admin: [ofSeen], stranger: [ofSeen] });
    expect(await among({ some: {} })).toEqual({ admin: owners, stranger: [ofSeen] });
    expect(await among({ none: hidden })).toEqual({ admin: without(ofHidden), stranger: owners });
    expect(await among({ none: {} })).toEqual({ admin: [], stranger: without(ofSeen) });
  },
);
