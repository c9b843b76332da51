// node bench/reads/schema-scale.mjs: how long a graph of 100 entities and 500 relations takes to start.
import { openDatabase } from '../../dist/src/core/database/open-database.js';
import { compile } from '../../dist/src/core/graph/execute/compile.js';
import { composeGraph } from '../../dist/src/graph.js';
import { parse, validate } from '../../node_modules/graphql/index.js';
import { thingsDomain } from './things.mjs';

const operation = `query($id: ID!) {
  node(id: $id) { __typename id ... on Thing1 { column0 relation0 { id } } }
  things0 { nodes { relation0 { column0 relation1 { column1 } } things57By0(first: 5) { nodes { column0 } } } }
}`;
const steps = {};

async function timed(name, work) {
  const began = performance.now();
  const result = await work();
  steps[name] = { ms: Math.round(performance.now() - began) };
  return result;
}

const graph = await timed('declare the entities', () => composeGraph([thingsDomain()]));
const schema = await timed('build the schema', () => graph.schema());
const url = 'postgres://nobody@127.0.0.1:1/nothing';
await timed('map the entities', () => openDatabase({ url, entities: graph.mapped, migrations: 'migrations' }));
const document = parse(operation);
const errors = await timed('validate an operation', () => validate(schema, document));
if (errors.length > 0) throw errors[0];
if (!(await timed('compile it', () => compile(schema, document, document.definitions[0])))) throw new Error('it was not compiled');

console.log(`100 entities, 500 relations, ${Object.keys(schema.getTypeMap()).length} types`);
console.table(steps);
