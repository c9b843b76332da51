import { defaultFieldResolver, getNamedType, isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { buildSchema, type NonEmptyArray } from 'type-graphql';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass, EntityDeclaration } from '#core/database/declare/declaration.js';
import type { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import { authorize, type Access } from '#core/policy/actor.js';
import { buildFeedField } from './build/feed-field.js';
import { buildInverseFields, buildRootFields } from './build/entity-fields.js';
import { resolverClass } from './build/generated-field.js';
import { buildNodeFields } from './build/node-fields.js';
import { buildObjectType } from './build/object-type.js';
import type { GraphContext } from './context.js';
import type { FeedDeclaration } from './feed.js';
import { inTransaction, recordDenial, writtenCursor } from './mutation.js';
import { DateTime } from './scalars.js';

/** What the graph is made of: declared entities and feeds, and the resolvers written by hand. */
export interface GraphParts {
  entities: readonly EntityClass[];
  feeds: readonly FeedDeclaration[];
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
  resolvers: readonly Function[];
}

/** Builds the executable schema; once per process, because type-graphql keeps what decorators say in one place. */
export async function buildGraph({ entities, feeds, resolvers }: GraphParts): Promise<GraphQLSchema> {
  const declared = entities.map(declarationOf);
  const declarations = declared.filter(({ name }) => name !== undefined);
  const owners = new Map<EntityDeclaration, new () => object>();
  const ownerOf = (declaration: EntityDeclaration): new () => object => {
    const owner = owners.get(declaration) ?? resolverClass(() => declaration.entity);
    owners.set(declaration, owner);
    return owner;
  };
  const root = resolverClass();
  for (const declaration of declarations) {
    buildObjectType(declaration, ownerOf(declaration));
    buildRootFields(declaration, root);
  }
  // A link entity that is not in the graph itself gives both of its ends their lists.
  for (const declaration of declared) buildInverseFields(declaration, ownerOf);
  buildNodeFields(root, declarations);
  // Feeds in a class of their own: a query may have the same name.
  const feedRoot = resolverClass();
  for (const feed of feeds) buildFeedField(feedRoot, feed);

  const schema = await buildSchema({
    resolvers: [root, feedRoot, ...owners.values(), ...resolvers] as unknown as NonEmptyArray<new () => object>,
    orphanedTypes: declarations.map(({ entity }) => entity) as never,
    validate: { forbidUnknownValues: false },
    scalarsMap: [{ type: Date, scalar: DateTime }],
    // Every subscription brings its own stream of pages; type-graphql asks for a bus all the same.
    pubSub: {
      publish() {},
      subscribe() {
        throw new Error('subscriptions do not use a bus');
      },
    } as never,
  });
  guardRootFields(schema);
  completePayloads(schema);
  return schema;
}

function guardRootFields(schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      // An input says what it is; the argument that takes it need not say it again.
      for (const argument of field.args) argument.description ??= getNamedType(argument.type).description;
      const access = field.extensions.access as Access | undefined;
      if (!access) throw new Error(`${type!.name}.${field.name} does not say who may use it: add @Allow`);
      if (type === schema.getSubscriptionType()) guardSubscription(field, access);
      else guard(field, access, type === schema.getMutationType());
    }
  }
}

type Field = GraphQLField<unknown, GraphContext>;

function guard(field: Field, access: Access, isMutation: boolean): void {
  const resolve = isMutation ? inTransaction((field.resolve ?? defaultFieldResolver) as never) : (field.resolve ?? defaultFieldResolver);
  field.resolve = async (source, args, context, info) => {
    try {
      authorize(context.actor, access);
    } catch (error) {
      if (isMutation) await recordDenial(context, field.name, error as AppError);
      throw error;
    }
    return resolve(source, args as never, context, info);
  };
}

function guardSubscription(field: Field, access: Access): void {
  const subscribe = field.subscribe!;
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (page, ...rest) => {
    // Over HTTP nothing subscribes, and the operation runs like a query.
    if (page === undefined) throw badInput('A subscription needs a socket: connect to /graphql with the protocol graphql-transport-ws');
    return resolve(page, ...rest);
  };
  field.subscribe = (source, args, context, info) => {
    authorize(context.actor, access);
    return subscribe(source, args as never, context, info);
  };
}

function completePayloads(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields()) as Field[]) {
      const changed = field.extensions.changed as (() => EntityClass) | undefined;
      if (changed)
        field.resolve = (payload, _args, { reader }, info) => {
          const written = (payload as Record<string, { id: string } | null>)[field.name];
          return written ? reader.byId(changed(), written.id, info) : null;
        };
      if (field.extensions.writtenCursor) field.resolve = (payload, _args, context) => writtenCursor(payload as object, context);
    }
  }
}
