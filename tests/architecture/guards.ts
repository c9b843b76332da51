import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import type { EntityDeclaration } from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { Domain } from '#core/graph/domain.js';
import type { Graph } from '../../src/graph.js';

type Field = GraphQLField<unknown, unknown>;
/** What a schema is made of. */
export interface Made {
  schema: GraphQLSchema;
  graph: Pick<Graph, 'declared' | 'policies'>;
  domains: readonly Domain[];
}

// Types that show nothing of any row; a type that joins them is a decision.
const harmless = new Set(['PageInfo', 'LostRange', 'JobQueue', 'Operation', 'AuditChainReport', 'AuditChainProblem', 'SignInMethod']);
// Values made of rows of one server or tool, shown only to holders of tool:read, who see all of those rows.
const ofVisibleRows = new Set(['AccessReason', 'ToolVersionComparison']);
const accesses = /^(anyone|signedIn|[a-z]+:[a-z]+)$/;
const isList = (type: GraphQLOutputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);
const showsRows = (type: GraphQLOutputType): boolean => {
  const named = getNamedType(type);
  return (isObjectType(named) && named.getInterfaces().length > 0) || isInterfaceType(named);
};

/** What in a schema nobody guards, describes or counts the cost of. */
export function unguarded({ schema, graph, domains }: Made): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => type != null);
  const declarations = new Map(graph.declared.map(declarationOf).map((declaration) => [declaration.name, declaration]));
  const derived = domains.flatMap((domain) => domain.derived ?? []);
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  return types
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .flatMap((type) => {
      const fields = Object.values(type.getFields()) as Field[];
      const isRoot = roots.includes(type as GraphQLObjectType);
      const declaration = declarations.get(type.name);
      const own = [
        ...(isRoot || type.description ? [] : ['has no description']),
        ...(isRoot || isInterfaceType(type) ? [] : guardOfType(type, declaration, graph)),
      ];
      const names = new Set(derived.filter(({ of }) => of === declaration?.entity).map(({ name }) => name));
      const ofFields = fields.flatMap((field) =>
        [...(isRoot ? guardOfRoot(field) : guardOfField(type.name, field, declaration, names)), ...costOf(type.name, field)].map(
          (problem) => `${type.name}.${field.name} ${problem}`,
        ),
      );
      return [...own.map((problem) => `${type.name} ${problem}`), ...ofFields];
    });
}

function guardOfType(type: GraphQLObjectType, declaration: EntityDeclaration | undefined, graph: Made['graph']): string[] {
  if (declaration) return graph.policies.states(declaration.entity) ? [] : ['has no policy'];
  if (type.getInterfaces().length > 0) return ['is a Node, but no declared entity'];
  return harmless.has(type.name) || ofVisibleRows.has(type.name) || /(Connection|Edge|Page|Payload)$/.test(type.name)
    ? []
    : ['is of no kind that is known to show nothing'];
}

function guardOfRoot({ description, extensions: { access, cost } }: Field): string[] {
  return [
    ...(description ? [] : ['has no description']),
    ...(accesses.test(String(access)) ? [] : ['does not say who may use it']),
    ...(typeof cost === 'number' && cost >= 1 ? [] : ['costs nothing']),
  ];
}

// A pointer shows a row of a declared type through the policy of that type.
const isPointer = ({ pointers = [] }: EntityDeclaration, field: string): boolean => pointers.some(({ name }) => name === field);

function guardOfField(type: string, field: Field, declaration: EntityDeclaration | undefined, derived: ReadonlySet<string>): string[] {
  const problems = field.description ? [] : ['has no description'];
  if (declaration) {
    const own = declaration.fields.get(field.name);
    const isDeclared = own
      ? own.is !== 'column' || !own.hidden
      : declaration.lists.has(field.name) || derived.has(field.name) || isPointer(declaration, field.name);
    return isDeclared ? problems : [...problems, 'is not declared, so no policy decides what it shows'];
  }
  const isRead = /(Connection|Edge|Page)$/.test(type) || field.extensions.changed !== undefined;
  return showsRows(field.type) && !isRead ? [...problems, 'shows rows that are not read under their policy'] : problems;
}

function costOf(type: string, { type: of, extensions: { cost, size } }: Field): string[] {
  const isCounted = cost === undefined || (typeof cost === 'number' && cost >= 0 && Number.isFinite(cost));
  const named = getNamedType(of);
  const needsPage = named.name.endsWith('Connection') && size !== 'page';
  // A connection's own lists have the size of its page.
  const needsSize = isList(of) && isCompositeType(named) && size === undefined && !type.endsWith('Connection');
  return [
    ...(isCounted ? [] : ['costs no number of points']),
    ...(needsPage ? ['is a list, and does not say that its size is a page'] : []),
    ...(needsSize ? ['is a list of objects, and does not say of how many'] : []),
  ];
}
