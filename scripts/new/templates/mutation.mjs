import { doesOf, wordsOf } from '../names.mjs';
import { supportImports } from './entity.mjs';

const shared = { startTestApp: 'app', recording: 'changes', 'graphql, type Auth': 'client', aRole: 'roles', signedIn: 'users' };
const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** A use case: one that makes a row, or one that finds a row to change. */
export const useCaseFile = (mutation, given) => (mutation.isNew ? making(mutation, given) : changing(mutation));

const making = ({ domain, name, verb, done, subject: { pascal, camel, kebab, a } }, given) => {
  const properties = given.map(({ property }) => property).join(', ');
  return `import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { ${pascal} } from './${kebab}.entity.js';

/** ${capital(doesOf(verb))} ${a}. */
export async function ${name}(
  { em, record }: WriteContext,
  { ${properties} }: Pick<${pascal}, ${given.map(({ property }) => `'${property}'`).join(' | ')}>,
): Promise<${pascal}> {
  const ${camel} = Object.assign(new ${pascal}(), { id: newId(declarationOf(${pascal}).type), ${properties} });
  em.persist(${camel});
  record('${domain}.${camel}.${done}', ${camel});
  return ${camel};
}
`;
};

const changing = ({ domain, name, verb, done, subject: { pascal, camel, kebab, a } }) => `import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { ${pascal} } from './${kebab}.entity.js';

/** ${capital(doesOf(verb))} ${a}. */
export async function ${name}({ em, actor, record }: WriteContext, id: string): Promise<${pascal}> {
  const ${camel} = isUuid(id) ? await em.findOne(${pascal}, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!${camel} || !can(actor, '${camel}:read')) throw notFound(\`${pascal} \${id}\`);
  record('${domain}.${camel}.${done}', ${camel});
  return ${camel};
}
`;

/** The input of a mutation. */
export function inputClass({ pascal, verb, isNew, subject: { words } }, given) {
  const description = isNew ? `What the new ${words} is` : `Which ${words} to ${verb}`;
  const fields = given.map(({ property, type, tsType }) => {
    const limit = type === 'String' ? '@MaxLength(200)\n' : '';
    return `@Field(() => ${type}, { description: '${capital(wordsOf(property))} of the ${words}' })\n${limit}${property}!: ${tsType};\n`;
  });
  const id = `@Field(() => ID, { description: 'Id of the ${words}' })\nid!: string;\n`;
  return `/** ${description}. */
@InputType({ description: '${description}' })
export class ${pascal}Input {
${isNew ? fields.join('\n') : id}}
`;
}

/** The payload of a mutation. */
export const payloadClass = ({ pascal, done, subject: { pascal: type, camel, A, words } }) => `/** ${A} was ${done}. */
@Payload('${A} was ${done}')
export class ${pascal}Payload {
  @Changed(() => ${type}, 'The ${words}')
  ${camel}!: ${type};
}
`;

/** A resolver without methods. */
export const resolverClass = ({ pascal, kebab, plural }) => `import { Resolver } from 'type-graphql';
import { ${pascal} } from './${kebab}.entity.js';

/** What can be done with ${plural.words}. */
@Resolver(() => ${pascal})
export class ${pascal}Resolver {
}
`;

/** The entry of a mutation in a resolver. */
export const resolverMethod = ({ name, pascal, verb, isNew, subject: { camel, a } }) => `
@Allow('${camel}:${verb}', 10)
@Mutation(() => ${pascal}Payload, { description: '${capital(verb)} ${a}' })
async ${name}(@Arg('input', () => ${pascal}Input) ${isNew ? 'input' : '{ id }'}: ${pascal}Input, @Ctx() context: MutationContext): Promise<unknown> {
  return { ${camel}: await ${name}(context, ${isNew ? 'input' : 'id'}) };
}
`;

/** The examples of a domain that has none yet. */
export const examplesFile = (domain) => `import type { Examples } from './example.js';

/** Examples of what the ${domain} domain offers. */
export const ${domain}Examples: Examples = {
};
`;

/** The example of a mutation. */
export const exampleOf = ({ name, isNew }, givenOrFactory) =>
  isNew
    ? `  ${name}: () => ({ args: { input: { ${givenOrFactory.map(({ property, value }) => `${property}: ${value}`).join(', ')} } } }),\n`
    : `  ${name}: async ({ app }) => ({ args: { input: { id: (await ${givenOrFactory.name}(app)).id } } }),\n`;

/** The test of a mutation: what it does and records, and that a denied attempt does nothing but leave a record. */
export const mutationTest = (mutation, givenOrFactory) =>
  mutation.isNew ? testOfMaking(mutation, givenOrFactory) : testOfChanging(mutation, givenOrFactory);

const testOfMaking = (
  { domain, name, pascal, verb, done, subject: { pascal: type, camel, words, a } },
  given,
) => `import { expect, test } from 'vitest';
${supportImports(shared)}

const app = await startTestApp({ ROLE: 'api' });
await aRole(app, 'reader', ['${camel}:read']);
await aRole(app, 'writer', ['${camel}:read', '${camel}:${verb}']);
const reader = await signedIn(app, 'reader', ['reader']);
const writer = await signedIn(app, 'writer', ['writer']);

const ${name} = (auth: Auth) => {
  const input = { ${given.map(({ property, value }) => `${property}: ${value}`).join(', ')} };
  return graphql(app.url, 'mutation($input: ${pascal}Input!) { ${name}(input: $input) { ${camel} { id } } }', { input }, auth);
};

test('${a} is ${done}, and that is recorded', async () => {
  const { result, changes } = await recording(app, () => ${name}(writer));

  expect(result.errors).toBeUndefined();
  expect(changes).toMatchObject([{ action: '${domain}.${camel}.${done}', target_type: '${type}', before: null }]);
});

test('without ${camel}:${verb} there is no new ${words}, and the attempt is recorded', async () => {
  const { result, changes } = await recording(app, () => ${name}(reader));

  expect(result.errors![0]!.extensions.code).toBe('FORBIDDEN');
  expect(changes).toMatchObject([{ action: '${name}.denied', outcome: 'DENIED' }]);
});
`;

const testOfChanging = ({ domain, name, pascal, verb, done, subject: { pascal: type, camel, a } }, { name: make, file }) => {
  return `import { expect, test } from 'vitest';
${supportImports({ ...shared, [make]: file })}

const app = await startTestApp({ ROLE: 'api' });
await aRole(app, 'reader', ['${camel}:read']);
await aRole(app, 'writer', ['${camel}:read', '${camel}:${verb}']);
await aRole(app, 'blind', ['${camel}:${verb}']);
const reader = await signedIn(app, 'reader', ['reader']);
const writer = await signedIn(app, 'writer', ['writer']);
const blind = await signedIn(app, 'blind', ['blind']);

const ${name} = (id: string, auth: Auth) =>
  graphql(app.url, 'mutation($input: ${pascal}Input!) { ${name}(input: $input) { ${camel} { id } } }', { input: { id } }, auth);

test('${a} is ${done}, and that is recorded', async () => {
  const { id } = await ${make}(app);

  const { result, changes } = await recording(app, () => ${name}(id, writer));

  expect(result).toEqual({ data: { ${name}: { ${camel}: { id } } } });
  expect(changes).toMatchObject([{ action: '${domain}.${camel}.${done}', target_id: id }]);
});

test('${a} that is hidden cannot be told from one that is missing', async () => {
  const { id } = await ${make}(app);

  const { result, changes } = await recording(app, () => ${name}(id, blind));

  expect(result.errors).toMatchObject([{ message: \`${type} \${id} was not found\`, extensions: { code: 'NOT_FOUND' } }]);
  expect(changes).toMatchObject([{ action: '${name}.denied', outcome: 'DENIED' }]);
});

test('without ${camel}:${verb} nothing happens, and the attempt is recorded', async () => {
  const { id } = await ${make}(app);

  const { result, changes } = await recording(app, () => ${name}(id, reader));

  expect(result.errors![0]!.extensions.code).toBe('FORBIDDEN');
  expect(changes).toMatchObject([{ action: '${name}.denied', outcome: 'DENIED' }]);
});
`;
};
