import {
  getNamedType,
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
  isSpecifiedScalarType,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLOutputType,
} from 'graphql';

/**
 * Whether a type is a leaf of the language's own, or a list of such. Compiled operations take these as they are: rows hold what the
 * database keeps of that kind, so only what a resolver returns is to be serialized, and is serialized by the resolver.
 */
const isPlain = (type: GraphQLOutputType): boolean => {
  const named = getNamedType(type);
  return isEnumType(named) || (isLeafType(named) && isSpecifiedScalarType(named));
};

/** The resolver of a field of such a type, with what it returns serialized; any other resolver as it is. */
export function serialized<Context>(
  type: GraphQLOutputType,
  resolve: GraphQLFieldResolver<unknown, Context>,
): GraphQLFieldResolver<unknown, Context> {
  if (!isPlain(type)) return resolve;
  const leaf = getNamedType(type) as GraphQLLeafType;
  const nullable = getNullableType(type);
  const finish = (value: unknown): unknown => {
    if (isListType(nullable) && value != null) return Array.from(value as Iterable<unknown>, (item) => asItem(leaf, item));
    return serialize(leaf, value);
  };
  return (source, args, context, info) => {
    const value: unknown = resolve(source, args, context, info);
    return value instanceof Promise ? value.then(finish) : finish(value);
  };
}

const serialize = (leaf: GraphQLLeafType, value: unknown): unknown =>
  value == null || value instanceof Error ? value : leaf.serialize(value);

// An item that is an error is one at its own place, and leaves the others.
function asItem(leaf: GraphQLLeafType, item: unknown): unknown {
  try {
    return serialize(leaf, item);
  } catch (error) {
    return error;
  }
}
