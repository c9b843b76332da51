import { addEntry, addImport, addToArray, addToDomain } from './insert.mjs';
import { formsOf, isReserved } from './names.mjs';
import { Refusal } from './refusal.mjs';
import { refuseTakenType, takenIn } from './taken.mjs';
import { domainFile, domainReadme } from './templates/domain.mjs';
import { entityFile, entityTest, factoryFile, policyFile } from './templates/entity.mjs';

/** Where permissions are listed. */
export const roles = 'src/domains/identity/roles/roles.ts';
const rules = '.dependency-cruiser.mjs';

/** Plans an entity with its policy, its permission, a factory for tests and a first test, and its domain when there is none. */
export function planEntity(tree, domain, name) {
  if (!/^([A-Z][a-z0-9]+)+$/.test(name))
    throw new Refusal(`"${name}" is no name of a type: give one in the singular with a capital for each word, such as OnCallShift.`);
  const forms = formsOf(name);
  if (isReserved(forms.camel)) throw new Refusal(`"${forms.camel}" is a word of JavaScript: choose another name than ${name}.`);
  const taken = takenIn(tree);
  refuseTakenType(taken, forms);

  const folder = `src/domains/${domain}`;
  const isNew = !tree.has(`${folder}/domain.ts`);
  if (isNew) addDomain(tree, domain);
  tree.create(`${folder}/${forms.kebab}.entity.ts`, entityFile(forms, taken.nextNumber));
  tree.create(`${folder}/${forms.kebab}.policy.ts`, policyFile(forms));
  const register = (text) =>
    chain(text, [
      (each) => addImport(each, forms.pascal, `./${forms.kebab}.entity.js`),
      (each) => addImport(each, `${forms.camel}Policy`, `./${forms.kebab}.policy.js`),
      (each) => addToDomain(each, 'entities', forms.pascal),
      (each) => addToDomain(each, 'policies', `${forms.camel}Policy`),
    ]);
  tree.edit(`${folder}/domain.ts`, `the entity ${name}`, register);
  addPermission(tree, `${forms.camel}:read`, `See all ${forms.plural.words}`);
  tree.create(`tests/support/${forms.plural.kebab}.ts`, factoryFile(`${folder}/${forms.kebab}.entity.ts`, forms, entityFile(forms, 0)));
  tree.create(`tests/integration/${domain}/${forms.kebab}.test.ts`, entityTest(forms));

  return [
    `Give it its columns: ${folder}/${forms.kebab}.entity.ts; say who sees it: ${forms.kebab}.policy.ts; give new rows of tests their values: tests/support/${forms.plural.kebab}.ts`,
    'npm run migration, and read the SQL that it wrote to migrations/',
    'npm run generate',
    `npm test -- tests/integration/${domain} tests/architecture -u   (-u takes the new queries into the table of who may use what; look at it)`,
    'npm run check',
    `Tell of it: ${folder}/README.md, CHANGELOG.md${isNew ? ', the folders in docs/architecture.md' : ''}`,
  ];
}

function addDomain(tree, domain) {
  tree.create(`src/domains/${domain}/domain.ts`, domainFile(domain));
  if (!tree.has(`src/domains/${domain}/README.md`)) tree.create(`src/domains/${domain}/README.md`, domainReadme(domain));
  tree.edit('src/domains.ts', `the domain ${domain}`, (text) =>
    chain(text, [
      (each) => addImport(each, domain, `#domains/${domain}/domain.js`),
      (each) => addToArray(each, /\bdomains: readonly Domain\[\] = \[/, domain),
    ]),
  );
  const isKnown = new RegExp(`^  ${domain}: \\[`, 'm').test(tree.read(rules));
  if (!isKnown) tree.edit(rules, `the domain ${domain} in mayOpen`, (text) => addEntry(text, 'mayOpen', `${domain}: []`));
}

/** Makes a permission known, so that the roles of an installation can hold it. */
export function addPermission(tree, permission, description) {
  if (tree.read(roles).includes(`'${permission}':`)) return;
  tree.edit(roles, `the permission ${permission}`, (text) => addEntry(text, 'permissions', `'${permission}': '${description}'`));
}

/** Applies changes to a text one after the other; null as soon as one finds no place. */
export const chain = (text, changes) => changes.reduce((done, change) => done && change(done), text);
