import type { Ref } from '@mikro-orm/core';
import { Field, ObjectType, Query, Resolver } from 'type-graphql';
import { expect, test } from 'vitest';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import type { EntityClass, TableOptions } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { sql } from '#core/database/sql.js';
import { checkDeclarations } from '#core/graph/check-declarations.js';
import { derived } from '#core/graph/derived.js';
import { feed } from '#core/graph/feed.js';
import { system } from '#core/policy/actor.js';
import { narrowing, Policies, policy, type Policy, type Predicate } from '#core/policy/policy.js';

@Table({ name: 'Crate', type: 3900, table: 'crates', description: 'A crate', one: 'crate', many: 'crates' })
class Crate extends BaseEntity {
  @Column({ kind: 'string', description: 'Label' })
  label!: string;
}

@Table({ type: 3901, table: 'shelves', description: 'A shelf, which is not in the graph' })
class Shelf extends BaseEntity {}

const columns = { label: Column({ kind: 'string', description: 'Label' }), seq: Column({ kind: 'long', description: 'Place' }) };

/** An entity that a test gets wrong. */
function anEntity(options: Partial<TableOptions>, fields: Record<string, (prototype: object, property: string) => void> = {}): EntityClass {
  class Thing extends BaseEntity {}
  for (const [property, decorate] of Object.entries(fields)) decorate(Thing.prototype, property);
  Table({ name: 'Thing', type: 3902, table: 'things', description: 'A thing', ...options })(Thing);
  return Thing;
}

const all = () => true;
const problemsOf = (declared: Partial<Parameters<typeof checkDeclarations>[0]> & { stated?: Policy[] }): string[] => {
  const { entities = [Crate, Shelf], stated = [] } = declared;
  const others = entities.filter((entity) => !stated.some((each) => each.entity === entity));
  const policies = new Policies([...others.map((entity) => policy(entity, all)), ...stated]);
  try {
    checkDeclarations({ derived: [], feeds: [], resolvers: [], policies, ...declared, entities });
    return [];
  } catch (error) {
    const [title, ...problems] = (error as Error).message.split('\n  ');
    expect(title).toBe('The declarations are wrong:');
    return problems;
  }
};

const load = async () => new Map();

test('right declarations pass', () => {
  expect(problemsOf({})).toEqual([]);
});

test('an entity of the graph without a policy is refused, one outside the graph needs none', () => {
  expect(problemsOf({ policies: new Policies([]) })).toEqual([
    'Crate has no policy, so nobody would see it: add policy(Crate, …) to the policies of its domain',
  ]);
});

test('numbers, tables and names that are taken twice are refused with both who take them', () => {
  const twin = anEntity({ name: 'Crate', type: 3900, table: 'crates', one: 'crate', many: 'nodes' });

  expect(problemsOf({ entities: [Crate, twin] })).toEqual([
    'The type number 3900 is taken twice, by Crate and by Thing: give one of them another',
    'The table crates is taken twice, by Crate and by Thing: give one of them another',
    'The type Crate is taken twice, by Crate and by Thing: give one of them another',
    'Query.crate is taken twice, by the lookup of Crate and by the lookup of Thing: give one of them another',
    'Query.nodes is taken twice, by the list of Thing and by the lookup of any object: give one of them another',
    'Crate.id is taken twice, by Crate itself and by Thing itself: give one of them another',
  ]);
});

test('numbers that no id can hold are refused', () => {
  expect(problemsOf({ entities: [anEntity({ type: 4096 })] })).toEqual(['Thing has the type number 4096: choose one from 1 to 4095']);
});

test('root fields of an entity outside the graph are refused', () => {
  class Hidden extends BaseEntity {}
  Table({ type: 3903, table: 'hidden_things', description: 'A hidden thing', many: 'hiddenThings' })(Hidden);

  expect(problemsOf({ entities: [Hidden] })).toEqual([
    'Hidden has root fields, but no name: give its @Table a name, or take "one" and "many" away',
  ]);
});

test('a query written by hand may not take the name of a generated one', () => {
  @ObjectType({ description: 'Anything' })
  class Anything {
    @Field(() => String, { description: 'Any' })
    any!: string;
  }
  @Resolver()
  class HandResolver {
    @Query(() => Anything, { description: 'Also called crates' })
    crates(): Anything {
      return { any: '' };
    }
  }

  expect(problemsOf({ resolvers: [HandResolver] })).toEqual([
    'Query.crates is taken twice, by the list of Crate and by HandResolver: give one of them another',
  ]);
  expect(problemsOf({})).toEqual([]);
});

test('two fields of one type with the same name are refused, wherever they come from', () => {
  const inverse = { name: 'label', description: 'Things in it' };
  const thing = anEntity({}, { crate: ToOne(() => Crate, { description: 'Crate', inverse }) });
  const label = derived({ of: Crate, name: 'label', kind: 'string', description: 'Label', load });

  expect(problemsOf({ entities: [Crate, thing], derived: [label] })).toEqual([
    'Crate.label is taken twice, by Crate itself and by the inverse of Thing.crate: give one of them another',
    'Crate.label is taken twice, by Crate itself and by a derived field: give one of them another',
  ]);
});

test('a relation to what is not in the graph is refused', () => {
  const thing = anEntity({}, { shelf: ToOne(() => Shelf, { description: 'Shelf' }) });
  const advice = 'give its @Table a name, and list it in the entities of its domain';

  expect(problemsOf({ entities: [Shelf, thing] })).toEqual([`Thing.shelf points at Shelf, but Shelf is not in the graph: ${advice}`]);
});

test('an inverse field needs an entity of the graph on both sides', () => {
  class Lid extends BaseEntity {
    @ToOne(() => Crate, { description: 'Crate', inverse: { name: 'lids', description: 'Its lids' } })
    crate!: Ref<Crate>;
  }
  Table({ type: 3904, table: 'lids', description: 'A lid' })(Lid);

  expect(problemsOf({ entities: [Crate, Lid] })).toEqual([
    'Lid.crate gives Crate the field "lids", but Lid is not in the graph: give its @Table a name, and list it in the entities of its domain',
  ]);
});

test('a link names two relations to entities of the graph', () => {
  const links = [{ from: 'crate', to: 'owner', name: 'owners', description: 'Owners' }];
  const thing = anEntity({ links }, { crate: ToOne(() => Crate, { description: 'Crate' }) });

  expect(problemsOf({ entities: [Crate, thing] })).toEqual(['The link "owners" of Thing names "owner", which is no relation of it']);
});

test('a computed field needs columns that are there', () => {
  class Box extends BaseEntity {
    @Computed({ kind: 'int', description: 'Size', needs: ['width'] })
    get size(): number {
      return 0;
    }
  }
  Table({ name: 'Box', type: 3905, table: 'boxes', description: 'A box' })(Box);

  expect(problemsOf({ entities: [Box] })).toEqual([
    'Box.size needs "width", which is no column of Box: its "needs" may name columns and relations only',
  ]);
});

test('a key is a column, and somebody has to take it', () => {
  expect(problemsOf({ entities: [anEntity({ keys: ['slug'] })] })).toEqual([
    'Thing has keys, but no lookup that would take them: give its @Table "one"',
    'Thing has the key "slug", which is no column of it',
  ]);
});

test('a stream counts in a column, within a relation', () => {
  const streams = [{ by: 'label', column: 'place' }];

  expect(problemsOf({ entities: [anEntity({ streams }, columns)] })).toEqual([
    'Thing has a stream by "label", which is no relation of it',
    'Thing counts a stream in "place": declare that column, with kind \'long\'',
  ]);
});

test('a stream over everything has the columns that the sequencer knows', () => {
  expect(problemsOf({ entities: [anEntity({ streams: [{ column: 'seq' }] }, columns)] })).toEqual([
    'Thing has a stream over everything in "seq": its column has to be called position',
    "Thing has a stream over everything: declare position, with kind 'long'",
    "Thing has a stream over everything: declare createdAt, with kind 'time'",
  ]);
});

test('a feed follows an entity that has its stream', () => {
  const streams = [{ by: 'crate', column: 'seq' }];
  const thing = anEntity({ streams }, { ...columns, crate: ToOne(() => Crate, { description: 'Crate' }) });
  const description = 'Things';

  expect(
    problemsOf({
      entities: [Crate, Shelf, thing],
      feeds: [
        feed({ name: 'ofCrate', item: thing, subject: { arg: 'crateId', of: Crate }, description }),
        feed({ name: 'ofThing', item: thing, subject: { arg: 'thingId', of: thing }, description }),
        feed({ name: 'ofAll', item: thing, description }),
        feed({ name: 'ofShelf', item: Shelf, description }),
      ],
    }),
  ).toEqual([
    "The feed \"ofThing\" follows Thing by Thing, but its @Table has no such stream: add { by: '<its relation to Thing>', column: 'seq' }",
    `The feed "ofAll" follows Thing, but its @Table has no such stream: add { column: 'position' }`,
    'The feed "ofShelf" shows Shelf, but Shelf is not in the graph: give its @Table a name, and list it in the entities of its domain',
  ]);
});

test('a derived field belongs to an entity of the graph', () => {
  expect(problemsOf({ derived: [derived({ of: Shelf, name: 'load', kind: 'int', description: 'Load', load })] })).toEqual([
    'The derived field "load" is declared of Shelf, but Shelf is not in the graph: give its @Table a name, and list it in the entities of its domain',
  ]);
});

test('a policy is for a listed entity, is its only one, and restricts columns that are there', () => {
  class Stray extends BaseEntity {}
  Table({ type: 3906, table: 'strays', description: 'A stray' })(Stray);

  expect(problemsOf({ stated: [policy(Crate, all, { price: all }), policy(Crate, all), policy(Stray, all)] })).toEqual([
    'The policy of Crate restricts "price", which is no column of it',
    'Crate has two policies, and only the last one would count: join them to one',
    'There is a policy for Stray, which no domain lists among its entities',
  ]);
  expect(problemsOf({ stated: [policy(Crate, all), narrowing(Crate, all), narrowing(Stray, all)] })).toEqual([
    'The policy of Stray is narrowed, but there is none',
  ]);
});

test('what narrows a policy shows no more than it, and what both leave to the database has to hold in both', () => {
  const [one, other] = [sql`one = ${1}`, sql`other = ${2}`];
  const seen = (wide: Predicate, narrow: Predicate): Predicate =>
    new Policies([narrowing(Crate, () => narrow), policy(Crate, () => wide)]).visible(Crate, system, 't');

  expect([seen(true, true), seen(true, false), seen(false, true), seen(false, one), seen(one, false)]).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  expect([seen(true, one), seen(one, true)]).toEqual([one, one]);
  expect((seen(one, other) as typeof one).text).toBe('(one = $1) and (other = $2)');
});

test('a list that would be filtered, ordered or searched by is refused', () => {
  const tags = (options: object) => ({ tags: Column({ kind: 'string', list: true, description: 'Words', ...options }) });

  expect(problemsOf({ entities: [anEntity({}, tags({}))] })).toEqual([]);
  for (const option of ['filter', 'order', 'search', 'unique'])
    expect(problemsOf({ entities: [anEntity({}, tags({ [option]: true }))] })).toEqual([
      'Thing.tags is a list, which has no index: take "filter", "order", "search" and "unique" away',
    ]);
});
