import { givenIn } from '../columns.mjs';

/** An entity with one column. */
export const entityFile = ({ pascal, camel, A, words, plural }, number) => `import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** ${A}. */
@Table({
  name: '${pascal}',
  type: ${number},
  table: '${plural.snake}',
  description: '${A}; seen by holders of ${camel}:read',
  one: '${camel}',
  many: '${plural.camel}',
})
export class ${pascal} extends MutableEntity {
  @Column({ kind: 'string', description: 'Name of the ${words}', filter: true, order: true })
  name!: string;
}
`;

/** A policy: holders of a permission see everything. */
export const policyFile = ({ pascal, camel, kebab, plural }) => `import { can } from '#core/policy/actor.js';
import { policy } from '#core/policy/policy.js';
import { ${pascal} } from './${kebab}.entity.js';

/** Who sees ${plural.words}: holders of ${camel}:read. */
export const ${camel}Policy = policy(${pascal}, (actor) => can(actor, '${camel}:read'));
`;

/** The beginning of such a function. */
export const signatureOf = (name, { pascal }) => `function ${name}({ system }: TestApp, values: Partial<${pascal}> = {})`;

/** A function that makes a row for tests; it gives the columns that have no value of their own one. */
export function factoryFile(path, forms, source, name = `${forms.article}${forms.pascal}`) {
  const { pascal, camel, A } = forms;
  const values = givenIn(source).columns.map(({ property, value }) => `${property}: ${value}`);
  return `import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { ${pascal} } from '${path.replace(/^src\//, '#').replace(/\.ts$/, '.js')}';
import type { TestApp } from './app.js';

/** ${A}. */
export async ${signatureOf(name, forms)}: Promise<${pascal}> {
  const em = system.database.fork();
  const ${camel} = Object.assign(new ${pascal}(), { id: newId(declarationOf(${pascal}).type), ${[...values, '...values'].join(', ')} });
  em.persist(${camel});
  await em.flush();
  return ${camel};
}
`;
}

/** The first test of an entity: who sees it, and who does not. */
export const entityTest = ({ pascal, camel, a, article, words, plural }) => {
  const make = `${article}${pascal}`;
  const permission = `${camel}:read`;
  return `import { expect, test } from 'vitest';
${supportImports({ startTestApp: 'app', 'data, type Auth': 'client', aRole: 'roles', signedIn: 'users', [make]: plural.kebab })}

const app = await startTestApp({ ROLE: 'api' });
await aRole(app, 'reader', ['${permission}']);
const reader = await signedIn(app, 'reader', ['reader']);
const stranger = await signedIn(app, 'stranger');

const look = (id: string, auth: Auth) =>
  data(
    app.url,
    'query($id: ID!) { ${camel}(id: $id) { id } ${plural.camel}(filter: { id: { eq: $id } }) { totalCount nodes { id } } }',
    { id },
    auth,
  );

test('holders of ${permission} see ${a}', async () => {
  const { id } = await ${make}(app);

  expect(await look(id, reader)).toEqual({ ${camel}: { id }, ${plural.camel}: { totalCount: 1, nodes: [{ id }] } });
});

test('for others there is no ${words}', async () => {
  const { id } = await ${make}(app);

  expect(await look(id, stranger)).toEqual({ ${camel}: null, ${plural.camel}: { totalCount: 0, nodes: [] } });
});
`;
};

/** The imports of what tests share, by the names of the files. */
export const supportImports = (files) =>
  Object.entries(files)
    .sort(([, a], [, b]) => (a < b ? -1 : 1))
    .map(([names, file]) => `import { ${names} } from '../../support/${file}.js';`)
    .join('\n');
