import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { expect, test } from 'vitest';
import { Documents } from './documents.js';

const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { word: { type: GraphQLString } } }) });
const newDocuments = () => new Documents(schema, { mostDepth: 10, mostAliases: 10 });

test('a document is parsed once, and so is one that is wrong', () => {
  const documents = newDocuments();

  for (const text of ['{ word }', '{ nothing }', '{']) expect(documents.get(text)).toBe(documents.get(text));
});

test('large documents push out older ones: how much is kept does not depend on how many are sent', () => {
  const documents = newDocuments();
  const large = (i: number): string => `{ word } # ${i} ${'x'.repeat(1024 * 1024)}`;
  const first = documents.get(large(0));
  expect(documents.get(large(0))).toBe(first);

  for (let i = 1; i <= 16; i++) documents.get(large(i));

  expect(documents.get(large(16))).toBe(documents.get(large(16)));
  expect(documents.get(large(0))).not.toBe(first);
});
