import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { data, signIn } from '../../support/client.js';
import { mutate, mutated } from '../../support/mutation.js';
import { SsoBrowser } from '../../support/sso/browser.js';
import { hasDirectory, startDirectory } from '../../support/sso/directory.js';
import { startRealProvider } from '../../support/sso/real-provider.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const page = await readFile('docs/sign-in.md', 'utf8');

const blocks = [...page.matchAll(/```(?:graphql|json)\n([\s\S]*?)```/g)].map(([, block]) => block!);
const mutation = blocks.find((block) => block.startsWith('mutation($input: CreateAuthProviderInput!)'))!;

/** Runs the mutation of the page with its variables for this kind, `change` is what the machine of the test has otherwise. */
async function make(kind: string, change: object = {}): Promise<string> {
  const { input } = JSON.parse(blocks.find((block) => block.includes(`"kind": "${kind}"`))!) as { input: { config: object } };
  const changed = { ...input, config: { ...input.config, ...change } };
  return (await data(app.url, mutation, { input: changed }, admin)).createAuthProvider.authProvider.id;
}

test('the provider that docs/sign-in.md connects signs people in as the page says', async () => {
  const real = await startRealProvider([`${app.url}/auth/company/callback`]);
  real.accounts.anna = { preferred_username: 'anna', email: 'anna@example.org', email_verified: true, groups: ['ops'] };
  const id = await make('OIDC', { issuer: real.issuer });

  expect(await mutated(app, 'testAuthProvider', { id }, admin, 'isWorking message')).toEqual({
    isWorking: true,
    message: `${real.issuer} answers; browsers are sent to ${real.issuer}/auth`,
  });
  await mutated(app, 'enableAuthProvider', { id }, admin);
  const browser = new SsoBrowser('anna');
  await browser.open(`${app.url}/auth/company/start?returnTo=/`);

  const { me } = await data(
    app.url,
    '{ me { username roles(orderBy: [{ field: SLUG }]) { nodes { slug } } } }',
    {},
    { cookie: browser.cookiesOf(app.url).signalbox_session! },
  );
  expect(me).toEqual({ username: 'anna', roles: { nodes: [{ slug: 'operator' }, { slug: 'viewer' }] } });
});

test.skipIf(!hasDirectory)('the directory that docs/sign-in.md connects signs people in as the page says', async () => {
  const directory = await startDirectory();
  onTestFinished(() => directory.stop());
  const dn = `cn=Anna,ou=people,${directory.baseDn}`;
  await directory.change(async (client) => {
    await client.add(dn, { objectClass: ['inetOrgPerson'], cn: 'Anna', sn: 'Anna', uid: 'anna', userPassword: 'a password' });
    await client.add(`cn=ops,ou=groups,${directory.baseDn}`, { objectClass: ['groupOfNames'], cn: 'ops', member: [dn] });
  });
  const id = await make('LDAP', { url: directory.encrypted, ca: directory.ca });
  await mutated(app, 'enableAuthProvider', { id }, admin);

  const { data: answer } = await mutate(
    app,
    'signIn',
    { provider: 'directory', username: 'anna', password: 'a password' },
    {},
    'user { roles { nodes { slug } } }',
  );
  expect(answer).toEqual({ signIn: { user: { roles: { nodes: [{ slug: 'operator' }] } } } });
});

test('the Active Directory of docs/sign-in.md is a configuration that is taken', async () => {
  const id = await make('AD');

  expect(await rowsOf(app, sql`select config->'groups' as groups from auth_providers where id = ${id}`)).toEqual([
    {
      groups: {
        from: 'SEARCH',
        baseDn: 'DC=corp,DC=example,DC=org',
        filter: '(objectClass=group)',
        memberAttribute: 'member',
        isNested: true,
      },
    },
  ]);
});
