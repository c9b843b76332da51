import { dirname, relative } from 'node:path';
import { givenIn } from './columns.mjs';
import { addImport, addMethod, addToArray, addToDomain, addToLastObject } from './insert.mjs';
import { doneOf, formsOf, kebabOf } from './names.mjs';
import { addPermission, chain, roles } from './plan-entity.mjs';
import { Refusal } from './refusal.mjs';
import { refuseTakenMutation, takenIn } from './taken.mjs';
import { factoryFile, signatureOf } from './templates/entity.mjs';
import {
  exampleOf,
  examplesFile,
  inputClass,
  mutationTest,
  payloadClass,
  resolverClass,
  resolverMethod,
  useCaseFile,
} from './templates/mutation.mjs';

/** Plans a mutation of an entity: its use case, input, payload, resolver entry, permission and test. */
export function planMutation(tree, domain, name) {
  const home = `src/domains/${domain}`;
  if (!tree.has(`${home}/domain.ts`))
    throw new Refusal(`There is no domain ${domain}: make its first entity with "npm run new -- entity ${domain} <Name>".`);
  if (!/^[a-z]+([A-Z][a-z0-9]+)+$/.test(name))
    throw new Refusal(`"${name}" is no name of a mutation: give a verb and an entity, such as closeBulletin.`);
  const taken = takenIn(tree);
  const { subject, path, source } = subjectOf(taken, home, domain, name);
  const folder = dirname(path);
  const verb = name.slice(0, /[A-Z]/.exec(name).index);
  const pascal = name[0].toUpperCase() + name.slice(1);
  refuseTakenMutation(tree, taken, name, pascal);
  const mutation = {
    domain,
    name,
    pascal,
    kebab: kebabOf(name),
    verb,
    done: doneOf(verb),
    isNew: verb === 'create' || verb === 'add',
    subject,
  };
  const { columns, others } = givenIn(source);
  const given = mutation.isNew ? columns.filter(({ isHidden }) => !isHidden) : [];
  if (mutation.isNew && given.length === 0)
    throw new Refusal(
      `${subject.pascal} has no column that a new one would have to be given, so "${name}" would have no input: write it by hand.`,
    );

  const fileOf = (role) => {
    const ofDomain = `${home}/${domain}.${role}.ts`;
    const own = `${subject.kebab}.${role}.ts`;
    return tree.has(ofDomain) ? ofDomain : (tree.list(home, `/${own}`)[0] ?? `${folder}/${own}`);
  };
  const [inputs, payloads, resolver] = ['inputs', 'payloads', 'resolver'].map(fileOf);
  const useCase = `${folder}/${mutation.kebab}.ts`;
  tree.create(useCase, useCaseFile(mutation, given));
  addClass(tree, inputs, inputClass(mutation, given), inputImports(mutation, given));
  addClass(tree, payloads, payloadClass(mutation), [
    ['Changed', '#core/graph/payload.js'],
    ['Payload', '#core/graph/payload.js'],
    [subject.pascal, importOf(payloads, path)],
  ]);
  addToResolver(tree, { resolver, inputs, payloads, useCase }, mutation, given);
  addPermission(tree, `${subject.camel}:${verb}`, `${verb[0].toUpperCase()}${verb.slice(1)} ${subject.plural.words}`);
  const factory = mutation.isNew ? null : factoryOf(tree, path, subject, source);
  tree.create(`tests/integration/${domain}/${mutation.kebab}.test.ts`, mutationTest(mutation, factory ?? given));
  addExample(tree, mutation, factory ?? given);

  const notes = [];
  if (others.length > 0)
    notes.push(
      `Nothing is put into ${others.join(', ')} yet: do so in ${factory ? `tests/support/${factory.file}.ts` : `${mutation.kebab}.ts`}`,
    );
  if (factory && !tree.read(roles).includes(`'${subject.camel}:read':`))
    notes.push(`There is no permission ${subject.camel}:read: say in ${mutation.kebab}.ts and in its test who sees ${subject.a}`);
  return [
    `Say what it does: ${useCase}, check the words of ${inputs} and ${payloads}, and the example of ${name} in ${examplesOf(domain)}`,
    ...notes,
    'npm run generate',
    `npm test -- tests/integration/${domain} tests/architecture -u   (-u takes the mutation into the table of who may use what; look at it)`,
    'npm run check',
    `Tell of it: the changes in ${home}/README.md, CHANGELOG.md`,
  ];
}

const examples = 'tests/support/examples';
const examplesOf = (domain) => `${examples}/${domain}.ts`;

/** Declares what the test of the permission matrix asks the mutation for. */
function addExample(tree, mutation, givenOrFactory) {
  const { domain, isNew } = mutation;
  const path = examplesOf(domain);
  if (!tree.has(path)) {
    tree.create(path, examplesFile(domain));
    tree.edit(`${examples}/index.ts`, `the examples of ${domain}`, (text) =>
      chain(text, [
        (each) => addImport(each, `${domain}Examples`, `./${domain}.js`),
        (each) => addToArray(each, /\bconst own: readonly Examples\[\] = \[/, `${domain}Examples`),
      ]),
    );
  }
  tree.edit(path, `the example of ${mutation.name}`, (text) =>
    chain(text, [
      (each) => addToLastObject(each, 'Examples', exampleOf(mutation, givenOrFactory)),
      ...(isNew ? [] : [(each) => addImport(each, givenOrFactory.name, `../${givenOrFactory.file}.js`)]),
    ]),
  );
}

/** The function that makes a row for tests, and its file: one that is there and looks like ours, or a new one. */
function factoryOf(tree, entity, subject, source) {
  const ours = { file: subject.plural.kebab, name: `${subject.article}${subject.pascal}` };
  const path = `tests/support/${ours.file}.ts`;
  const factory =
    tree.has(path) && !tree.read(path).includes(signatureOf(ours.name, subject))
      ? { file: `planted-${ours.file}`, name: `planted${subject.pascal}` }
      : ours;
  const own = `tests/support/${factory.file}.ts`;
  if (!tree.has(own)) tree.create(own, factoryFile(entity, subject, source, factory.name));
  return factory;
}

/** The entity of the domain that the name ends with: the longest, when there are several. */
function subjectOf({ entities }, home, domain, name) {
  const own = [...entities].flatMap(([path, source]) => {
    const [, found] = /^export class (\w+) /m.exec(source) ?? [];
    return path.startsWith(`${home}/`) && found !== undefined ? [{ found, path, source }] : [];
  });
  const named = own.filter(({ found }) => new RegExp(`^[a-z]+.*${found}$`).test(name) && !name.startsWith(found));
  const [subject] = named.sort((one, other) => other.found.length - one.found.length);
  if (!subject)
    throw new Refusal(`"${name}" ends with no entity of ${domain}: it has ${own.map(({ found }) => found).join(', ') || 'none'}.`);
  if (!subject.source.includes(`name: '${subject.found}'`))
    throw new Refusal(`${subject.found} is not in the graph, because its @Table has no name: a mutation could not show it.`);
  return { subject: formsOf(subject.found), path: subject.path, source: subject.source };
}

/** How one file of a domain imports another. */
function importOf(from, to) {
  const path = relative(dirname(from), to).replace(/\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}

const inputImports = ({ isNew }, given) => [
  ['Field', 'type-graphql'],
  ['InputType', 'type-graphql'],
  ...(isNew ? given.filter(({ from }) => from).map(({ type, from }) => [type, from]) : [['ID', 'type-graphql']]),
  ...(given.some(({ type }) => type === 'String') ? [['MaxLength', 'class-validator']] : []),
];

function addClass(tree, path, text, imports) {
  const withImports = (source) =>
    chain(
      source,
      imports.map(
        ([name, from]) =>
          (each) =>
            addImport(each, name, from),
      ),
    );
  if (!tree.has(path)) tree.create(path, `${withImports(`import { ${imports[0][0]} } from '${imports[0][1]}';\n`)}\n${text}`);
  else tree.edit(path, 'a class', (source) => withImports(`${source}\n${text}`));
}

function addToResolver(tree, { resolver, inputs, payloads, useCase }, mutation, given) {
  const { domain, name, pascal, subject } = mutation;
  const imports = [
    ['Arg', 'type-graphql'],
    ['Ctx', 'type-graphql'],
    ['Mutation', 'type-graphql'],
    ['Allow', '#core/graph/access.js'],
    ['MutationContext', '#core/graph/mutation.js', true],
    [name, importOf(resolver, useCase)],
    [`${pascal}Input`, importOf(resolver, inputs)],
    [`${pascal}Payload`, importOf(resolver, payloads)],
  ];
  if (!tree.has(resolver)) {
    tree.create(resolver, resolverClass(subject));
    const file = `src/domains/${domain}/domain.ts`;
    tree.edit(file, `the resolver of ${subject.pascal}`, (text) =>
      chain(text, [
        (each) => addImport(each, `${subject.pascal}Resolver`, importOf(file, resolver)),
        (each) => addToDomain(each, 'resolvers', `${subject.pascal}Resolver`),
      ]),
    );
  }
  tree.edit(resolver, `the mutation ${name}`, (text) =>
    chain(text, [(each) => addMethod(each, resolverMethod(mutation, given)), ...imports.map((spec) => (each) => addImport(each, ...spec))]),
  );
}
