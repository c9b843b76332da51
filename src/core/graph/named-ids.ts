import { GraphQLID, getNamedType, isInputObjectType, type GraphQLArgument, type GraphQLInputField } from 'graphql';

const longestId = 100;
const mostIds = 20;

/** The ids that the arguments of a field name, by their paths, such as `input.id`: what a refused attempt was about. Null when there are none. */
export function namedIds(declared: readonly (GraphQLArgument | GraphQLInputField)[], given: object): Record<string, string> | null {
  const found = [...idsIn(declared, given, '')].slice(0, mostIds);
  return found.length > 0 ? Object.fromEntries(found) : null;
}

function* idsIn(declared: readonly (GraphQLArgument | GraphQLInputField)[], given: object, before: string): Generator<[string, string]> {
  for (const { name, type } of declared) {
    const value = (given as Record<string, unknown>)[name];
    if (value == null) continue;
    const path = `${before}${name}`;
    const named = getNamedType(type);
    const values = (Array.isArray(value) ? value : [value]) as unknown[];
    if (named === GraphQLID)
      yield* values.map((each, at): [string, string] => [Array.isArray(value) ? `${path}.${at}` : path, String(each).slice(0, longestId)]);
    else if (isInputObjectType(named))
      for (const each of values) yield* idsIn(Object.values(named.getFields()), each as object, `${path}.`);
  }
}
