import { GraphQLID, GraphQLInt, GraphQLInterfaceType, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { expect, test } from 'vitest';
import { Policies, policy } from '#core/policy/policy.js';
import { domains, graph } from '../../src/domains.js';
import { Maker } from '../support/workshop/maker.entity.js';
import { Region } from '../support/workshop/region.entity.js';
import { unguarded } from './guards.js';

test('every type states who sees it, every root field who may use it, and everything what it is and what it costs', async () => {
  expect(unguarded({ schema: await graph.schema(), graph, domains })).toEqual([]);
});

test('whatever is not guarded, described or counted is named', () => {
  const text = { type: GraphQLString, description: 'Text' };
  const id = { type: GraphQLID, description: 'Id' };
  const Node = new GraphQLInterfaceType({ name: 'Node', description: 'Anything', fields: { id } });
  const entity = (name: string, fields: object) =>
    new GraphQLObjectType({ name, description: name, interfaces: [Node], fields: { id, ...fields } });
  const region: GraphQLObjectType = entity('Region', { name: text, isHidden: text, secrets: text, within: { type: GraphQLString } });
  const maker = entity('Maker', { name: text });
  const stranger = entity('Stranger', {});
  const connection = new GraphQLObjectType({
    name: 'RegionConnection',
    fields: { nodes: { type: new GraphQLList(region), description: 'Rows' }, totalCount: { ...text, extensions: { cost: -1 } } },
  });
  const payload = new GraphQLObjectType({
    name: 'MovePayload',
    description: 'Moved',
    fields: {
      seen: { type: region, description: 'Read after the commit', extensions: { changed: () => Region } },
      raw: { type: region, description: 'As it was written' },
    },
  });
  const bag = new GraphQLObjectType({ name: 'Bag', description: 'Anything', fields: { any: text } });
  const open = { access: 'anyone', cost: 1 };
  const schema = new GraphQLSchema({
    types: [maker, stranger, bag, payload],
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        fine: { type: connection, description: 'Fine', extensions: { ...open, size: 'page' } },
        bare: { type: GraphQLInt },
        free: { type: GraphQLInt, description: 'Free', extensions: { access: 'admin', cost: 0 } },
        unsized: { type: connection, description: 'Unsized', extensions: open },
        many: { type: new GraphQLList(region), description: 'Many', extensions: open },
        counted: { type: new GraphQLList(region), description: 'Counted', extensions: { ...open, size: { argument: 'ids' } } },
      },
    }),
  });

  const made = { schema, domains: [], graph: { declared: [Region, Maker], policies: new Policies([policy(Region, () => true)]) } };
  expect(unguarded(made).sort()).toEqual([
    'Bag is of no kind that is known to show nothing',
    'Maker has no policy',
    'MovePayload.raw shows rows that are not read under their policy',
    'Query.bare costs nothing',
    'Query.bare does not say who may use it',
    'Query.bare has no description',
    'Query.free costs nothing',
    'Query.free does not say who may use it',
    'Query.many is a list of objects, and does not say of how many',
    'Query.unsized is a list, and does not say that its size is a page',
    'Region.isHidden is not declared, so no policy decides what it shows',
    'Region.secrets is not declared, so no policy decides what it shows',
    'Region.within has no description',
    'RegionConnection has no description',
    'RegionConnection.totalCount costs no number of points',
    'Stranger is a Node, but no declared entity',
  ]);
});
