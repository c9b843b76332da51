import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { permissions } from '#domains/identity/roles/roles.js';
import { graph } from '../../src/domains.js';
import { offencesIn } from './conventions.js';

test('the schema keeps our conventions and the specifications of Relay', async () => {
  expect(offencesIn(await graph.schema())).toEqual([]);
});

test('every permission that a root field asks for is one that a role can hold', async () => {
  const schema = await graph.schema();
  const fields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}),
  );
  const asked = fields.map(({ extensions }) => String(extensions.access)).filter((access) => access.includes(':'));

  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((permission) => !Object.hasOwn(permissions, permission))).toEqual([]);
});

test('whatever breaks a convention is named', () => {
  const bad = buildSchema(`
    type Query {
      "one by its id."
      Thing(thing_id: ID): Thing
      "All things"
      things(first: Int = 5, after: Int, limit: Int): ThingConnection!
      "Some things"
      some: [Thing!]!
    }
    type Mutation {
      "Removes"
      remove(id: ID!): Boolean!
      "Mends a thing"
      mendThing(input: MendThingInput): MendThingPayload!
    }
    type Subscription {
      "Things as they come"
      thingFeed(after: String): Thing!
    }
    "Mending"
    input MendThingInput { 
      "How long, in milliseconds"
      patience: Int
    }
    "Mended"
    type MendThingPayload { 
      "The thing"
      thing: Thing
    }
    "Anything"
    interface Node {
      "Id"
      id: ID
    }
    "A thing"
    type Thing implements Node {
      "Id"
      id: ID
      "When it was made"
      created: DateTime
      "Whether it works"
      broken: Boolean
      "How many bytes it has"
      length: Int
      "How long it takes"
      timeoutSeconds: Int @deprecated
      "How it is"
      state: ThingState
    }
    enum ThingState { 
      "Fine"
      Fine
    }
    "A time"
    scalar DateTime
    "A page of things"
    type ThingConnection { 
      "Edges"
      edges: [ThingEdge]
      "Where it stands"
      pageInfo: PageInfo!
      "Which page"
      page: Int
    }
    "An edge"
    type ThingEdge {
      "Thing"
      node: Thing
      "Cursor"
      cursor: DateTime!
    }
    "Where it stands"
    type PageInfo {
      "More"
      hasNextPage: Boolean!
    }
    "Nobody needs it"
    type spare_part implements Node {
      "Id"
      id: ID
    }
    "Nobody reaches it"
    type Orphan {
      "Any"
      any: Int
    }
  `);

  expect(offencesIn(bad).sort()).toEqual([
    'MendThingInput.patience: is a duration whose name does not end in "Ms"',
    'MendThingPayload.cursor: is not String!',
    'Mutation.mendThing.input: has no description',
    'Mutation.mendThing: does not take input: MendThingInput! and nothing else',
    'Mutation.remove.id: has no description',
    'Mutation.remove: does not return RemovePayload!',
    'Mutation.remove: does not take input: RemoveInput! and nothing else',
    'Mutation.remove: is a boolean whose name does not begin with "is", "has" or the like',
    'Mutation.remove: is not named by a verb and a noun',
    'Node.id: is not ID!',
    'Orphan: is used nowhere',
    'PageInfo.endCursor: is not String',
    'PageInfo.hasPreviousPage: is not Boolean!',
    'PageInfo.startCursor: is not String',
    'Query.Thing.thing_id: has no description',
    'Query.Thing.thing_id: is not in camelCase',
    'Query.Thing: has a description that begins with a small letter',
    'Query.Thing: has a description that ends with a full stop',
    'Query.Thing: is not in camelCase',
    'Query.some: lists objects that have ids, but is no connection',
    'Query.things.after: has no description',
    'Query.things.first: has no description',
    'Query.things.limit: has no description',
    'Query.things: has an argument limit',
    'Query.things: returns a connection, so its argument after is String',
    'Query.things: returns a connection, so its argument before is String',
    'Query.things: returns a connection, so its argument first is Int',
    'Query.things: returns a connection, so its argument last is Int',
    'RemovePayload.cursor: is not String!',
    'Subscription.thingFeed.after: has no description',
    'Subscription.thingFeed: does not return ThingFeedPage!',
    'Subscription.thingFeed: has no argument last of type Int',
    'Thing.broken: is a boolean whose name does not begin with "is", "has" or the like',
    'Thing.created: is a time whose name does not end in "At"',
    'Thing.length: is a size whose name does not end in "Bytes"',
    'Thing.timeoutSeconds: has a unit other than Ms and Bytes',
    'Thing.timeoutSeconds: is deprecated without a reason',
    'ThingConnection.edges: is not [ThingEdge!]!',
    'ThingConnection.nodes: is not [Thing!]!',
    'ThingConnection.page: does not belong there',
    'ThingConnection.totalCount: is not Int!',
    'ThingEdge.cursor: is a time whose name does not end in "At"',
    'ThingEdge.cursor: is not String!',
    'ThingEdge.node: is not Thing!',
    'ThingState.Fine: is not in UPPER_CASE',
    'ThingState: has no description',
    'spare_part: is not in PascalCase',
  ]);
});
