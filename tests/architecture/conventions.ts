import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;
type Note = (where: string, problem: string) => void;

/** Everything about a schema that is not as our conventions and Relay's specifications of connections and nodes have it. */
export function offencesIn(schema: GraphQLSchema): string[] {
  const offences: string[] = [];
  const note: Note = (where, problem) => void offences.push(`${where}: ${problem}`);
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const type of types) {
    // Scalars are as their libraries have them.
    if (isScalarType(type)) continue;
    checkName(type.name, /^[A-Z][a-z0-9]*([A-Z][a-z0-9]*)*$/, 'is not in PascalCase', note);
    if (!roots.includes(type as GraphQLObjectType)) checkDescription(type.name, type, note);
    if (isEnumType(type)) checkEnum(type.getValues(), type.name, note);
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) checkValue(`${type.name}.${field.name}`, field, note);
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) checkField(type, field, schema, note);
    if (isObjectType(type) && type.name.endsWith('Connection')) checkConnection(type, note);
    if (isObjectType(type) && type.name.endsWith('Edge')) checkEdge(type, note);
  }
  checkShape(schema, 'PageInfo', pageInfo, note);
  checkShape(schema, 'Node', { id: 'ID!' }, note);
  for (const field of fieldsOf(schema.getMutationType())) checkMutation(field, schema, note);
  for (const field of fieldsOf(schema.getSubscriptionType())) checkSubscription(field, note);
  for (const type of unused(schema, types, roots)) note(type.name, 'is used nowhere');
  return offences;
}

const pageInfo = { hasNextPage: 'Boolean!', hasPreviousPage: 'Boolean!', startCursor: 'String', endCursor: 'String' };
const pageArguments = { first: 'Int', after: 'String', last: 'Int', before: 'String' };

const fieldsOf = (type: GraphQLObjectType | null | undefined): Field[] => Object.values(type?.getFields() ?? {});
const capital = (name: string): string => `${name[0]!.toUpperCase()}${name.slice(1)}`;

function checkName(where: string, form: RegExp, problem: string, note: Note): void {
  if (!form.test(where.split('.').at(-1)!)) note(where, problem);
}

function checkDescription(where: string, { description }: { description?: string | null | undefined }, note: Note): void {
  if (!description) return note(where, 'has no description');
  if (!/^[\p{Lu}"`0-9]/u.test(description)) note(where, 'has a description that begins with a small letter');
  if (description.endsWith('.')) note(where, 'has a description that ends with a full stop');
}

function checkEnum(values: readonly { name: string; description?: string | null | undefined }[], type: string, note: Note): void {
  for (const value of values) {
    checkName(`${type}.${value.name}`, /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/, 'is not in UPPER_CASE', note);
    checkDescription(`${type}.${value.name}`, value, note);
  }
}

/** What holds for fields, arguments and fields of inputs alike. */
function checkValue(where: string, value: Field | GraphQLArgument | GraphQLInputField, note: Note): void {
  const { name, type, description, deprecationReason } = value;
  checkName(where, /^[a-z][A-Za-z0-9]*$/, 'is not in camelCase', note);
  checkDescription(where, value, note);
  if (deprecationReason === '' || deprecationReason === 'No longer supported') note(where, 'is deprecated without a reason');
  const of = getNamedType(type).name;
  if ((of === 'DateTime' || of === 'DateTimeFilter') && !operators.has(name) && !/(^at|At)$/.test(name))
    note(where, 'is a time whose name does not end in "At"');
  if (!numbers.has(of)) return;
  // As manifests of toolkits, the law on keeping records and policies on changing passwords have it.
  if (['Operation.memoryMb', 'AuditEntry.retentionDays', 'AuditEntry.ageDays'].includes(where)) return;
  if (['Secret', 'CreateSecretInput', 'UpdateSecretInput'].some((type) => where === `${type}.rotationDays`)) return;
  if (/(Seconds?|Secs?|Minutes?|Hours?|Days?|[KMG]i?[Bb])$/.test(name)) note(where, 'has a unit other than Ms and Bytes');
  if (/milliseconds/.test(description ?? '') && !name.endsWith('Ms')) note(where, 'is a duration whose name does not end in "Ms"');
  if (/\bbytes\b/.test(description ?? '') && !name.endsWith('Bytes')) note(where, 'is a size whose name does not end in "Bytes"');
  if (/(timeout|duration|delay|interval|lifetime)$/i.test(name)) note(where, 'is a duration whose name does not end in "Ms"');
  if (/size$/i.test(name)) note(where, 'is a size whose name does not end in "Bytes"');
}

const operators = new Set(['eq', 'ne', 'in', 'notIn', 'gt', 'gte', 'lt', 'lte']);
const numbers = new Set(['Int', 'Float', 'SafeInt']);

function checkField(type: GraphQLNamedType, field: Field, schema: GraphQLSchema, note: Note): void {
  const where = `${type.name}.${field.name}`;
  checkValue(where, field, note);
  for (const argument of field.args) checkValue(`${where}.${argument.name}`, argument, note);
  const of = getNamedType(field.type);
  // As what other systems call it.
  if (where === 'User.singleViewMode') return;
  if (of.name === 'Boolean' && !/^(is|has|may|can|was|needs|requires|should)[A-Z]/.test(field.name))
    note(where, 'is a boolean whose name does not begin with "is", "has" or the like');
  if (of.name.endsWith('Connection')) checkPageArguments(where, field, note);
  const isList = /^\[/.test(String(field.type));
  const isNode = isObjectType(of) && of.getInterfaces().some(({ name }) => name === 'Node');
  const isWrapper = /(Connection|Page)$/.test(type.name) || type === schema.getMutationType();
  if (isList && isNode && !isWrapper) note(where, 'lists objects that have ids, but is no connection');
}

function checkPageArguments(where: string, { args }: Field, note: Note): void {
  for (const [name, type] of Object.entries(pageArguments)) {
    const argument = args.find((each) => each.name === name);
    if (String(argument?.type) !== type || argument?.defaultValue !== undefined)
      note(where, `returns a connection, so its argument ${name} is ${type}`);
  }
  for (const { name } of args)
    if (!(name in pageArguments) && name !== 'filter' && name !== 'orderBy') note(where, `has an argument ${name}`);
}

function checkConnection(type: GraphQLObjectType, note: Note): void {
  const of = type.name.slice(0, -'Connection'.length);
  compare(type, { edges: `[${of}Edge!]!`, nodes: `[${of}!]!`, pageInfo: 'PageInfo!', totalCount: 'Int!' }, note);
}

const checkEdge = (type: GraphQLObjectType, note: Note): void =>
  compare(type, { node: `${type.name.slice(0, -'Edge'.length)}!`, cursor: 'String!' }, note);

function checkShape(schema: GraphQLSchema, name: string, fields: Record<string, string>, note: Note): void {
  const type = schema.getType(name);
  if (isObjectType(type) || isInterfaceType(type)) compare(type, fields, note);
  else note(name, 'is missing');
}

function compare(type: Pick<GraphQLObjectType, 'name' | 'getFields'>, wanted: Record<string, string>, note: Note): void {
  const fields = type.getFields();
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(fields)])) {
    if (!wanted[name]) note(`${type.name}.${name}`, 'does not belong there');
    else if (String(fields[name]?.type) !== wanted[name]) note(`${type.name}.${name}`, `is not ${wanted[name]}`);
  }
}

function checkMutation({ name, type, args }: Field, schema: GraphQLSchema, note: Note): void {
  const where = `Mutation.${name}`;
  if (!/^[a-z]+[A-Z]/.test(name)) note(where, 'is not named by a verb and a noun');
  const payload = `${capital(name)}Payload`;
  if (String(type) !== `${payload}!`) note(where, `does not return ${payload}!`);
  const input = `${capital(name)}Input!`;
  const given = args.map((argument) => `${argument.name}: ${String(argument.type)}`);
  if (given.length > 0 && given.join() !== `input: ${input}`) note(where, `does not take input: ${input} and nothing else`);
  const cursor = (schema.getType(payload) as GraphQLObjectType | undefined)?.getFields().cursor;
  if (String(cursor?.type) !== 'String!') note(`${payload}.cursor`, 'is not String!');
}

function checkSubscription({ name, type, args }: Field, note: Note): void {
  const where = `Subscription.${name}`;
  if (String(type) !== `${capital(name)}Page!`) note(where, `does not return ${capital(name)}Page!`);
  for (const [argument, wanted] of Object.entries({ after: 'String', last: 'Int' }))
    if (String(args.find((each) => each.name === argument)?.type) !== wanted) note(where, `has no argument ${argument} of type ${wanted}`);
}

function unused(schema: GraphQLSchema, types: readonly GraphQLNamedType[], roots: readonly unknown[]): GraphQLNamedType[] {
  const used = new Set<GraphQLNamedType>();
  const use = (type: GraphQLNamedType): void => {
    if (used.has(type)) return;
    used.add(type);
    if (isInterfaceType(type)) schema.getPossibleTypes(type).forEach(use);
    if (isObjectType(type)) type.getInterfaces().forEach(use);
    if (!('getFields' in type)) return;
    for (const field of Object.values(type.getFields())) {
      use(getNamedType(field.type as GraphQLType));
      if ('args' in field) for (const argument of field.args) use(getNamedType(argument.type as GraphQLType));
    }
  };
  for (const root of roots) if (root) use(root as GraphQLNamedType);
  for (const { args } of schema.getDirectives()) for (const { type } of args) use(getNamedType(type));
  return types.filter((type) => !used.has(type));
}
