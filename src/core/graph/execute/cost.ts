import {
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  Kind,
  valueFromASTUntyped,
  type ArgumentNode,
  type DirectiveNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fieldOf } from '../selection.js';

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
    return total;
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
    const below = ofSet(set, type, 1, counting);
    if (!isList(field.type)) return cost + below;
    return multiply(size === undefined ? page : sizeOf(size, values), cost + below);
  }

  return (variables) => ofSet(operation.selectionSet, root, 1, { variables, known: new Map() });
}

// Past the greatest whole number an addition may get lost, and the sum would look smaller than it is.
const multiply = (a: number, b: number): number => Math.min(a * b, Number.MAX_SAFE_INTEGER);

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

function isIncluded(directives: readonly DirectiveNode[] | undefined, variables: Values): boolean {
  return (directives ?? []).every(({ name, arguments: args }) => {
    const condition = args?.find((argument) => argument.name.value === 'if');
    if (!condition || (name.value !== 'skip' && name.value !== 'include')) return true;
    return Boolean(valueFromASTUntyped(condition.value, variables)) === (name.value === 'include');
  });
}
