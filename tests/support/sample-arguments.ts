import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLArgument,
  type GraphQLInputType,
} from 'graphql';

const literals: Record<string, string> = {
  Int: '1',
  SafeInt: '1',
  Float: '1',
  Boolean: 'true',
  JSON: '{}',
  DateTime: '"2026-01-01T00:00:00Z"',
};

/** Arguments of a field that fit its types, with what is required only: `(input: { id: "x" })`, or nothing. */
export function sampleArguments(args: readonly GraphQLArgument[]): string {
  const given = args.filter(isRequiredArgument).map(({ name, type }) => `${name}: ${literalOf(type)}`);
  return given.length > 0 ? `(${given.join(', ')})` : '';
}

function literalOf(type: GraphQLInputType): string {
  const of = getNullableType(type);
  if (isListType(of)) return '[]';
  if (isEnumType(of)) return of.getValues()[0]!.name;
  if (!isInputObjectType(of)) return literals[of.name] ?? '"x"';
  const fields = Object.values(of.getFields()).filter(isRequiredInputField);
  return `{ ${fields.map((field) => `${field.name}: ${literalOf(field.type)}`).join(', ')} }`;
}
