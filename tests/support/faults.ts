import {
  defaultFieldResolver,
  GraphQLError,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { AppError } from '#core/errors/app-error.js';
import type { GraphContext } from '#core/graph/context.js';
import { serialized } from '#core/graph/serialized.js';
import { randomFrom } from './probe.js';

type Resolve = GraphQLFieldResolver<unknown, GraphContext>;
type Field = GraphQLField<unknown, GraphContext>;

const thrown = (error: unknown) => () => {
  throw error;
};

/** Ways in which a resolver fails, or returns what its field cannot be. */
const faults: ((field: Field) => unknown)[] = [
  thrown(new Error('thrown')),
  thrown(new AppError('NOT_FOUND', 'no such thing', { paths: ['first'] })),
  thrown(new GraphQLError('with extensions', { extensions: { code: 'OWN' } })),
  thrown(Object.assign(new Error('with other extensions'), { extensions: { code: 'OTHER' } })),
  thrown('a text'),
  thrown(undefined),
  thrown(null),
  () => new Error('returned'),
  () => Promise.reject(new Error('rejected')),
  () => Promise.reject(new AppError('FORBIDDEN', 'not for you')),
  () => Promise.reject('a text'),
  () => Promise.resolve(new Error('resolved')),
  () => null,
  () => Promise.resolve(null),
  () => undefined,
  () => ({}),
  () => Number.NaN,
  () => Symbol('of no type'),
  () => 'no list',
  ({ type }) => (isList(type) ? [new Error('an item'), null] : []),
  ({ type }) => (isList(type) ? [Promise.reject(new Error('a later item')), Promise.resolve(null)] : 5),
];

const isList = (type: Field['type']): boolean => isListType(isNonNullType(type) ? type.ofType : type);

/** Lets some fields of the schema fail at some places, the same for the same seed; returns how to stop that. */
export function plantFaults(schema: GraphQLSchema, seed: number): () => void {
  const random = randomFrom(seed);
  const restore: (() => void)[] = [];
  const roots = [schema.getMutationType(), schema.getSubscriptionType()] as unknown[];
  const types = Object.values(schema.getTypeMap()).filter((type): type is GraphQLObjectType => isObjectType(type) && !roots.includes(type));
  for (const field of types.flatMap((type) => Object.values(type.getFields()) as Field[])) {
    if (random() < 0.7) continue;
    const { resolve } = field;
    const own = Math.floor(random() * 1e9);
    const planted: Resolve = (source, args, context, info) => {
      const chance = randomFrom(own + hashOf(info.path))();
      if (chance < 0.25) return faults[Math.floor(chance * 4 * faults.length)]!(field);
      return (resolve ?? defaultFieldResolver)(source, args as never, context, info);
    };
    field.resolve = serialized(field.type, planted);
    restore.push(() => (resolve ? (field.resolve = resolve) : delete field.resolve));
  }
  return () => restore.forEach((each) => each());
}

// Of what both ways tell of a path.
const hashOf = (path: { key: string | number; prev?: any } | undefined): number =>
  path ? [...String(path.key)].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1e9, hashOf(path.prev)) : 7;
