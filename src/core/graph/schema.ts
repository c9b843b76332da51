import {
  defaultFieldResolver,
  getNamedType,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLInterfaceType,
  type GraphQLSchema,
} from 'graphql';
import { buildSchema, type NonEmptyArray } from 'type-graphql';
import { declareLists } from '#core/database/declare/lists.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import type { AppError } from '#core/errors/app-error.js';
import { authorize, type Access, type Presence } from '#core/policy/actor.js';
import type { Policies } from '#core/policy/policy.js';
import { buildDerivedField } from './build/derived-field.js';
import { buildLists, buildPointers, buildRootFields } from './build/entity-fields.js';
import { buildFeedField } from './build/feed-field.js';
import { resolverClass } from './build/generated-field.js';
import { buildNodeFields } from './build/node-fields.js';
import { typeNameOf } from './build/node-type.js';
import { buildObjectType } from './build/object-type.js';
import { checkDeclarations } from './check-declarations.js';
import type { GraphContext } from './context.js';
import type { DerivedDeclaration } from './derived.js';
import type { FeedDeclaration } from './feed.js';
import { idsOf, inTransaction, recordDenial, writtenCursor } from './mutation.js';
import { DateTime } from './scalars.js';
import { serialized } from './serialized.js';

/** What the graph is made of: declared entities, derived fields and feeds, the policies, and the resolvers written by hand. */
export interface GraphParts {
  entities: readonly EntityClass[];
  derived: readonly DerivedDeclaration[];
  feeds: readonly FeedDeclaration[];
  policies: Policies;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
  resolvers: readonly Function[];
}

/** Builds the executable schema; once per process, because type-graphql keeps what decorators say in one place. */
export async function buildGraph(parts: GraphParts): Promise<GraphQLSchema> {
  checkDeclarations(parts);
  const { entities, derived, feeds, policies, resolvers } = parts;
  const declared = entities.map(declarationOf);
  declareLists(declared);
  const declarations = declared.filter(({ name }) => name !== undefined);
  const owners = new Map(declarations.map(({ entity }) => [entity, resolverClass(() => entity)]));
  const root = resolverClass();
  const targets = new Map(declarations.map(({ name, entity }) => [name!, entity]));
  for (const declaration of declarations) {
    const owner = owners.get(declaration.entity)!;
    buildObjectType(declaration, owner, policies);
    buildLists(declaration, owner);
    buildPointers(declaration, owner, targets);
    buildRootFields(declaration, root);
  }
  for (const field of derived) buildDerivedField(field, owners.get(field.of)!);
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
  for (const { entity, name } of declarations) {
    const type = schema.getType(name!)!;
    type.extensions = { ...type.extensions, entity };
  }
  completeFields(schema);
  guardRootFields(schema);
  return schema;
}

type Field = GraphQLField<unknown, GraphContext>;

function completeFields(schema: GraphQLSchema): void {
  // type-graphql's own answers with a promise, which compiled operations do not wait for.
  (schema.getType('Node') as GraphQLInterfaceType).resolveType = typeNameOf as never;
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields()) as Field[]) {
      const { resolve, changed, writtenCursor: isCursor } = field.extensions as FieldExtensions;
      if (resolve) field.resolve = resolve;
      if (changed)
        field.resolve = (payload, _args, { reader }, info) => {
          const written = (payload as Record<string, { id: string } | null>)[field.name];
          return written ? reader.byId(changed(), written.id, info) : null;
        };
      if (isCursor) field.resolve = (payload, _args, context) => writtenCursor(payload as object, context);
      if (field.resolve) field.resolve = serialized(field.type, field.resolve);
    }
  }
}

interface FieldExtensions {
  access?: Access;
  presence?: Presence;
  cost?: number;
  resolve?: GraphQLFieldResolver<unknown, GraphContext>;
  changed?: () => EntityClass;
  writtenCursor?: boolean;
}

function guardRootFields(schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      // An input says what it is; the argument that takes it need not say it again.
      for (const argument of field.args) argument.description ??= getNamedType(argument.type).description;
      const { access, presence = 'byToken', cost } = field.extensions as FieldExtensions;
      if (!access || cost === undefined)
        throw new Error(`${type!.name}.${field.name} does not say who may use it at which cost: add @Allow`);
      if (presence === 'inPerson') field.description += '. No API token may';
      if (type === schema.getSubscriptionType()) guardSubscription(field, access);
      else guard(field, { access, presence }, type === schema.getMutationType());
    }
  }
}

function guard(field: Field, { access, presence }: { access: Access; presence: Presence }, isMutation: boolean): void {
  const resolve = isMutation ? inTransaction((field.resolve ?? defaultFieldResolver) as never) : (field.resolve ?? defaultFieldResolver);
  field.resolve = async (source, args, context, info) => {
    try {
      authorize(context.actor, access, presence);
    } catch (error) {
      // Strangers are asked to sign in first: that they asked a question is nothing to keep.
      if (isMutation || context.actor.kind === 'user') await recordDenial(context, field.name, error as AppError, idsOf(info, args));
      throw error;
    }
    return resolve(source, args as never, context, info);
  };
}

function guardSubscription(field: Field, access: Access): void {
  const subscribe = field.subscribe!;
  field.resolve = (page) => page;
  field.subscribe = async (source, args, context, info) => {
    try {
      authorize(context.actor, access);
    } catch (error) {
      if (context.actor.kind === 'user') await recordDenial(context, field.name, error as AppError, idsOf(info, args));
      throw error;
    }
    return subscribe(source, args as never, context, info);
  };
}
