import {
  getNamedType,
  isCompositeType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  Kind,
  valueFromASTUntyped,
  type ArgumentNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fieldOf } from '../selection.js';
import { isIncluded } from './conditions.js';

/** How many objects a list field can return: a number, the page of a connection, or as many as a list argument holds. */
export type ListSize = number | 'page' | { readonly argument: string };

/** What a field says of its cost, in its `extensions`. */
export interface CostOfField {
  /** Points of the field itself, once for each parent; default: 1 for objects, 0 for scalars. */
  cost?: number;
  size?: ListSize;
}

/** What an operation costs with these variables. */
export type Cost = (variables: Readonly<Record<string, unknown>>) => number;

type Values = Readonly<Record<string, unknown>>;

/** How many objects a page has when neither first nor last is given. */
export const defaultPageSize = 50;

// Introspection reads no rows, but it can be asked so that it makes a great many objects of a few words.
const objectsPerPoint = 10;
const partsOfType = 4;

interface Counting {
  variables: Values;
  // Fragments may be nested so that counting each use anew would take exponential time.
  known: Map<string, number>;
}

/** Makes the cost function of an operation: one point for each object that it may return, lists multiply what is below them. */
export function costOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): Cost {
  const root = schema.getRootType(operation.operation)!;
  const typesOfSchema = Object.keys(schema.getTypeMap()).length;

  function ofSet(set: SelectionSetNode, type: GraphQLNamedType, page: number, counting: Counting): number {
    let total = 0;
    for (const node of set.selections) {
      if (!isIncluded(node.directives, counting.variables)) continue;
      if (node.kind === Kind.FIELD) {
        const field = fieldOf(schema, type, node.name.value);
        if (field) total += ofField(field, node.arguments ?? [], node.selectionSet, page, counting);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        const on = node.typeCondition ? schema.getType(node.typeCondition.name.value)! : type;
        total += ofSet(node.selectionSet, on, page, counting);
      } else total += ofFragment(fragments[node.name.value]!, page, counting);
    }
    // Past this number, additions get lost.
    return Math.min(total, Number.MAX_SAFE_INTEGER);
  }

  function ofFragment({ name, typeCondition, selectionSet }: FragmentDefinitionNode, page: number, counting: Counting): number {
    const key = `${name.value} ${page}`;
    const known = counting.known.get(key) ?? ofSet(selectionSet, schema.getType(typeCondition.name.value)!, page, counting);
    counting.known.set(key, known);
    return known;
  }

  function ofField(
    field: GraphQLField<unknown, unknown>,
    args: readonly ArgumentNode[],
    set: SelectionSetNode | undefined,
    page: number,
    counting: Counting,
  ): number {
    const type = getNamedType(field.type);
    const { size, cost = isCompositeType(type) ? 1 : 0 } = field.extensions as CostOfField;
    if (!set) return cost;
    const values = argumentsOf(args, counting.variables);
    if (size === 'page') return cost + ofSet(set, type, sizeOfPage(values), counting);
    if (field.name.startsWith('__')) return Math.ceil((cost + ofSet(set, type, partsOfType, counting)) / objectsPerPoint);
    const isIntrospection = isIntrospectionType(type);
    const below = ofSet(set, type, isIntrospection ? partsOfType : 1, counting);
    if (!isList(field.type)) return cost + below;
    if (isIntrospection && field.name === 'types') return typesOfSchema * (cost + below);
    return (size === undefined ? page : sizeOf(size, values)) * (cost + below);
  }

  return (variables) => ofSet(operation.selectionSet, root, 1, { variables, known: new Map() });
}

const isList = (type: GraphQLOutputType): boolean => isListType(isNonNullType(type) ? type.ofType : type);

function sizeOf(size: Exclude<ListSize, 'page'>, values: Values): number {
  if (typeof size === 'number') return size;
  const list = values[size.argument];
  return Array.isArray(list) ? list.length : 1;
}

function sizeOfPage({ first, last }: Values): number {
  const size = first ?? last ?? defaultPageSize;
  // A size that is refused later costs nothing now.
  return typeof size === 'number' && size > 0 ? size : 0;
}

const argumentsOf = (args: readonly ArgumentNode[], variables: Values): Values =>
  Object.fromEntries(args.map(({ name, value }) => [name.value, valueFromASTUntyped(value, variables)]));
