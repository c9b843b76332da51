import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../project.mjs';
import { doneOf, formsOf } from './names.mjs';
import { plan } from './plan.mjs';

/** What would be made: the texts of the files by their paths. */
async function planned(...args) {
  const { created, changed } = await plan(root, args).tree.files();
  return { created: Object.fromEntries(created), changed: Object.fromEntries(changed) };
}

/** The parts of the project that plans read, in a folder of their own. */
function aCopy() {
  const copy = mkdtempSync(join(tmpdir(), 'signalbox-new-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  for (const path of ['src', 'tests/support', '.dependency-cruiser.mjs', '.prettierrc.json', 'schema.graphql'])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  return copy;
}

test('an entity of a new domain comes with its domain, its policy, its permission and its test', async () => {
  const { created, changed } = await planned('entity', 'lanterns', 'OldLantern');

  expect(Object.keys(created)).toEqual([
    'src/domains/lanterns/domain.ts',
    'src/domains/lanterns/README.md',
    'src/domains/lanterns/old-lantern.entity.ts',
    'src/domains/lanterns/old-lantern.policy.ts',
    'tests/support/old-lanterns.ts',
    'tests/integration/lanterns/old-lantern.test.ts',
  ]);
  expect(created['src/domains/lanterns/domain.ts']).toBe(`import type { Domain } from '#core/graph/domain.js';
import { OldLantern } from './old-lantern.entity.js';
import { oldLanternPolicy } from './old-lantern.policy.js';

/** Lanterns. */
export const lanterns: Domain = { name: 'lanterns', entities: [OldLantern], policies: [oldLanternPolicy] };
`);
  expect(created['src/domains/lanterns/old-lantern.entity.ts']).toContain(`  table: 'old_lanterns',
  description: 'An old lantern; seen by holders of oldLantern:read',
  one: 'oldLantern',
  many: 'oldLanterns',
`);
  expect(Object.keys(changed)).toEqual(['src/domains.ts', '.dependency-cruiser.mjs', 'src/domains/identity/roles/roles.ts']);
  expect(changed['src/domains.ts']).toMatch(/import \{ lanterns \} from '#domains\/lanterns\/domain.js';[^]*jobs[^]*,\s+lanterns,?\s*\];/);
  expect(changed['.dependency-cruiser.mjs']).toMatch(/^ {2}lanterns: \[\],$/m);
  expect(changed['src/domains/identity/roles/roles.ts']).toContain("  'oldLantern:read': 'See all old lanterns',\n};");
});

test('an entity gets a type number that no other has', async () => {
  const { created } = await planned('entity', 'lanterns', 'Lantern');
  const number = Number(/type: (\d+)/.exec(created['src/domains/lanterns/lantern.entity.ts'])[1]);

  const { tree } = plan(root, ['entity', 'lanterns', 'Lantern']);
  const others = tree.list('src', '.entity.ts').flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/\btype: (\d+)/g)]);
  expect(others.map(([, each]) => Number(each))).not.toContain(number);
  expect(number).toBeLessThan(4096);
});

test('an entity of a domain that is there joins its lists', async () => {
  const { created, changed } = await planned('entity', 'jobs', 'Lantern');

  expect(Object.keys(created)).toHaveLength(4);
  expect(Object.keys(changed)).toEqual(['src/domains/jobs/domain.ts', 'src/domains/identity/roles/roles.ts']);
  const domain = changed['src/domains/jobs/domain.ts'];
  expect(domain).toMatch(/entities: \[Job, [^\]]*, Lantern\],\n {2}policies: \[\.\.\.jobPolicies, lanternPolicy\],/);
  expect(domain).toMatch(
    /JobResolver \}[^\n]*\n[^\n]*\nimport \{ Lantern \}[^\n]*\nimport \{ lanternPolicy \}[^\n]*\nimport \{ JobQueueResolver \}/,
  );
});

test('a mutation joins the files of its entity', async () => {
  const { created, changed } = await planned('mutation', 'jobs', 'juggleJob');

  expect(Object.keys(created)).toEqual([
    'src/domains/jobs/juggle-job.ts',
    'tests/support/jobs.ts',
    'tests/integration/jobs/juggle-job.test.ts',
  ]);
  const [inputs, payloads, resolver] = ['inputs', 'payloads', 'resolver'].map((role) => `src/domains/jobs/job.${role}.ts`);
  const examples = 'tests/support/examples/jobs.ts';
  expect(Object.keys(changed)).toEqual([inputs, payloads, resolver, 'src/domains/identity/roles/roles.ts', examples]);
  expect(changed[examples]).toMatch(
    /\nimport \{ aJob \} from '..\/jobs.js';\n[^]*\n {2}juggleJob: async \(\{ app \}\) => \(\{ args: \{ input: \{ id: \(await aJob\(app\)\).id \} \} \}\),\n\};\n$/,
  );
  expect(changed[inputs]).toContain("@InputType({ description: 'Which job to juggle' })\nexport class JuggleJobInput {");
  expect(changed[payloads]).toContain("@Payload('A job was juggled')\nexport class JuggleJobPayload {");
  expect(changed[resolver]).toContain("  @Allow('job:juggle', 10)\n  @Mutation(() => JuggleJobPayload, { description: 'Juggle a job' })");
  expect(changed[resolver]).toMatch(/import \{ CancelJobInput, [^}]*JuggleJobInput, RetryJobInput \} from '.\/job.inputs.js';/);
  expect(changed['src/domains/identity/roles/roles.ts']).toContain("'job:juggle': 'Juggle jobs',\n};");
});

test('a mutation of an entity that lies in a folder of its domain goes there', async () => {
  const { created, changed } = await planned('mutation', 'identity', 'juggleRole');

  expect(Object.keys(created)).toContain('src/domains/identity/roles/juggle-role.ts');
  expect(created['tests/support/roles.ts'] ?? created['tests/support/planted-roles.ts']).toContain(
    "from '#domains/identity/roles/role.entity.js'",
  );
  expect(changed['src/domains/identity/roles/role.resolver.ts']).toContain("import { juggleRole } from './juggle-role.js';");
});

test('a mutation finds the files of its entity in another folder', async () => {
  const { created, changed } = await planned('mutation', 'tools', 'juggleTool');

  expect(Object.keys(created)).toContain('src/domains/tools/juggle-tool.ts');
  expect(changed['src/domains/tools/lifecycle/tool.payloads.ts']).toContain("import { Tool } from '../tool.entity.js';");
  expect(changed['src/domains/tools/lifecycle/tool.resolver.ts']).toContain("import { juggleTool } from '../juggle-tool.js';");
});

test('a mutation that makes an entity takes the columns that have to be given', async () => {
  const { created, changed } = await planned('mutation', 'files', 'addUpload');

  expect(created['src/domains/files/add-upload.ts']).toContain(
    "{ name, sizeBytes, sha256 }: Pick<Upload, 'name' | 'sizeBytes' | 'sha256'>",
  );
  const inputs = created['src/domains/files/upload.inputs.ts'];
  expect(inputs).toContain("import { MaxLength } from 'class-validator';\nimport { Field, InputType } from 'type-graphql';\n");
  expect(inputs).toContain("  @Field(() => SafeInt, { description: 'Size bytes of the upload' })\n  sizeBytes!: number;");
  expect(changed['src/domains/files/domain.ts']).toContain('resolvers: [UploadResolver]');
  expect(created['tests/support/examples/files.ts']).toBe(`import type { Examples } from './example.js';

/** Examples of what the files domain offers. */
export const filesExamples: Examples = {
  addUpload: () => ({ args: { input: { name: 'a name', sizeBytes: 1, sha256: 'a sha256' } } }),
};
`);
  expect(changed['tests/support/examples/index.ts']).toMatch(
    /\nimport \{ filesExamples \} from '.\/files.js';\n[^]*\bown: readonly Examples\[\] = \[[^\]]*filesExamples,?\s*\];/,
  );
});

test.each([
  [[], 'Usage:'],
  [['entity', 'lanterns'], 'Usage:'],
  [['job', 'lanterns', 'Lantern'], 'Usage:'],
  [['entity', 'lanterns', 'Lantern', 'more'], 'Usage:'],
  [['entity', 'Lanterns', 'Lantern'], '"Lanterns" is no name of a domain'],
  [['entity', '../lanterns', 'Lantern'], '"../lanterns" is no name of a domain'],
  [['entity', 'import', 'Lantern'], '"import" is no name of a domain'],
  [['entity', 'lanterns', 'lantern'], '"lantern" is no name of a type'],
  [['entity', 'lanterns', 'OLDLantern'], '"OLDLantern" is no name of a type'],
  [['entity', 'lanterns', 'Class'], '"class" is a word of JavaScript'],
  [['entity', 'lanterns', 'Job'], 'The schema has a type Job already'],
  [['entity', 'lanterns', 'Page'], null],
  [['entity', 'lanterns', 'String'], 'The schema has a type String already'],
  [['entity', 'lanterns', 'Me'], 'There is a query "me" already'],
  [['entity', 'identity', 'SigningKey'], 'src/domains/identity/sessions/signing-key.entity.ts has a class SigningKey already'],
  [['mutation', 'lanterns', 'lightLantern'], 'There is no domain lanterns'],
  [['mutation', 'jobs', 'LightJob'], '"LightJob" is no name of a mutation'],
  [['mutation', 'jobs', 'pause'], '"pause" is no name of a mutation'],
  [['mutation', 'jobs', 'lightLantern'], '"lightLantern" ends with no entity of jobs: it has '],
  [['mutation', 'jobs', 'cancelJob'], 'src/domains/jobs/job.resolver.ts has a mutation cancelJob already'],
  [['mutation', 'identity', 'turnSigningKey'], 'SigningKey is not in the graph'],
])('what is asked for with %j is judged before anything is made', (args, message) => {
  if (message === null) expect(() => plan(root, args)).not.toThrow();
  else expect(() => plan(root, args)).toThrow(message);
});

test('a list that cannot be recognised is named, and nothing is written', async () => {
  const copy = aCopy();
  const path = join(copy, 'src/domains.ts');
  const text = readFileSync(path, 'utf8').replace(/(domains: readonly Domain\[\] =) \[[^\]]*\];/, '$1 Object.values(all);');
  writeFileSync(path, text);

  expect(() => plan(copy, ['entity', 'lanterns', 'Lantern'])).toThrow('src/domains.ts has no place for the domain lanterns');
  expect(plan(copy, ['entity', 'jobs', 'Lantern']).tree.has('src/domains/lanterns')).toBe(false);
});

test('what was planned is written, and cannot be written twice', async () => {
  const copy = aCopy();
  const { created, changed } = await plan(copy, ['entity', 'lanterns', 'Lantern']).tree.write();

  expect(created).toHaveLength(6);
  expect(changed).toHaveLength(3);
  expect(readFileSync(join(copy, 'src/domains.ts'), 'utf8')).toContain('lanterns');
  expect(() => plan(copy, ['entity', 'lanterns', 'Lantern'])).toThrow('has a class Lantern already');
  expect(() => plan(copy, ['mutation', 'lanterns', 'lightLantern'])).not.toThrow();
});

test('names get their article and their plural, and verbs their past', () => {
  expect(['User', 'Upload', 'OnCallShift', 'Note'].map((name) => formsOf(name).A)).toEqual([
    'A user',
    'An upload',
    'An on call shift',
    'A note',
  ]);
  expect(['Shelf', 'Entry', 'Key', 'Box', 'OnCallShift'].map((name) => formsOf(name).plural.snake)).toEqual([
    'shelfs',
    'entries',
    'keys',
    'boxes',
    'on_call_shifts',
  ]);
  expect(['close', 'add', 'stop', 'open', 'carry', 'send', 'cancel', 'publish'].map(doneOf)).toEqual([
    'closed',
    'added',
    'stopped',
    'opened',
    'carried',
    'sent',
    'cancelled',
    'published',
  ]);
});
