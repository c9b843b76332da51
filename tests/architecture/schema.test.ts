import { readFileSync } from 'node:fs';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
  type GraphQLSchema,
} from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { graph } from '../../src/domains.js';

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await graph.schema();
});

const own = () => Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

test('the committed schema is what the code builds', () => {
  expect(readFileSync('schema.graphql', 'utf8')).toBe(`${printSchema(lexicographicSortSchema(schema))}\n`);
});

test('every type, field, argument and enum value has a description', () => {
  const undescribed: string[] = [];
  const note = (where: string, { description }: { description?: string | null | undefined }): void => {
    if (!description) undescribed.push(where);
  };
  for (const type of own()) {
    if (['Query', 'Mutation', 'Subscription', 'String', 'Boolean', 'Int', 'Float', 'ID'].includes(type.name) === false)
      note(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) note(`${type.name}.${value.name}`, value);
    if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        note(`${type.name}.${field.name}`, field);
        for (const argument of 'args' in field ? field.args : []) note(`${type.name}.${field.name}(${argument.name})`, argument);
      }
    }
  }

  expect(undescribed).toEqual([]);
});

test('[toolbox-42] no field shows a hash, a token or a sealed text, except the payloads that hand a token out', () => {
  const secret = /hash$|^sealed|^ciphertext$|^encrypted|^(token|password|refreshToken|cookie)$/i;
  const shown = own()
    .filter(isObjectType)
    .filter(({ name }) => !name.endsWith('Payload'))
    .flatMap((type) =>
      Object.keys(type.getFields())
        .filter((field) => secret.test(field))
        .map((field) => `${type.name}.${field}`),
    );

  expect(shown).toEqual([]);
});

test('every query, mutation and subscription says who may use it', () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const access = Object.fromEntries(
    roots.flatMap((type) => Object.values(type!.getFields()).map((field) => [`${type!.name}.${field.name}`, field.extensions.access])),
  );

  expect(access).toMatchSnapshot();
});
