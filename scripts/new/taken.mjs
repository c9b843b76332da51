import { Refusal } from './refusal.mjs';

/** Everything that the entities of a tree have taken: the texts of their files, and the numbers of their types. */
export function takenIn(tree) {
  const entities = new Map(tree.list('src', '.entity.ts').map((path) => [path, tree.read(path)]));
  const numbers = [...entities.values()].flatMap((text) => [...text.matchAll(/\btype: (\d+)\b/g)].map(([, number]) => Number(number)));
  return { entities, nextNumber: Math.max(0, ...numbers) + 1, schema: tree.read('schema.graphql') };
}

const builtIn = ['ID', 'Int', 'Float', 'String', 'Boolean'];
const endsOfTypes = ['', 'Connection', 'Edge', 'Filter', 'Order', 'OrderField', 'ReferenceFilter', 'ListFilter'];

/** Refuses a type whose names are in use: its class, the types that are generated for it, its table and its root fields. */
export function refuseTakenType({ entities, schema }, { pascal, camel, plural }) {
  for (const name of endsOfTypes.map((end) => `${pascal}${end}`))
    if (builtIn.includes(name) || isType(schema, name))
      throw new Refusal(`The schema has a type ${name} already: choose another name than ${pascal}.`);
  for (const name of [camel, plural.camel])
    if (isField(schema, 'Query', name)) throw new Refusal(`There is a query "${name}" already: choose another name than ${pascal}.`);
  for (const [path, text] of entities) {
    if (new RegExp(`\\bclass ${pascal}\\b`).test(text)) throw new Refusal(`${path} has a class ${pascal} already.`);
    if (text.includes(`table: '${plural.snake}'`)) throw new Refusal(`${path} has the table ${plural.snake} already.`);
  }
}

/** Refuses a mutation whose names are in use: the field, its input and its payload. */
export function refuseTakenMutation(tree, { schema }, name, pascal) {
  const resolver = tree.list('src', '.resolver.ts').find((path) => new RegExp(`^  (async )?${name}\\(`, 'm').test(tree.read(path)));
  if (resolver) throw new Refusal(`${resolver} has a mutation ${name} already.`);
  if (isField(schema, 'Mutation', name)) throw new Refusal(`There is a mutation "${name}" already.`);
  for (const type of [`${pascal}Input`, `${pascal}Payload`])
    if (isType(schema, type)) throw new Refusal(`The schema has a type ${type} already.`);
}

const isType = (schema, name) => new RegExp(`^(type|input|enum|interface|union|scalar) ${name}\\b`, 'm').test(schema);

function isField(schema, type, name) {
  const body = new RegExp(`^type ${type} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(schema)?.[1] ?? '';
  return new RegExp(`^  ${name}[(:]`, 'm').test(body);
}
