import type { TestApp } from './app.js';
import { recording, rowsOf, type ChangeRow } from './changes.js';
import { graphql, type Answer, type Auth } from './client.js';
import { sql } from '#core/database/sql.js';

/** Runs a mutation by its name. */
export const mutate = (
  { url }: Pick<TestApp, 'url'>,
  name: string,
  input: object,
  auth: Auth = {},
  selection = 'cursor',
): Promise<Answer> =>
  graphql(
    url,
    `mutation($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${selection} } }`,
    { input },
    auth,
  );

/** Runs a mutation that must succeed; returns its payload. */
export async function mutated(app: TestApp, name: string, input: object, auth: Auth, selection?: string): Promise<Record<string, any>> {
  const { data, errors } = await mutate(app, name, input, auth, selection);
  if (errors) throw new Error(`${name} failed: ${JSON.stringify(errors)}`);
  return data[name];
}

/** How a mutation was refused. */
export interface Refusal {
  code: string;
  paths: string[] | undefined;
  message: string;
}

/** The refusal of a mutation, after making sure that it changed nothing of anybody and recorded nothing but a denial. */
export async function refused(app: TestApp, name: string, input: object, auth: Auth = {}): Promise<Refusal> {
  const before = await people(app);
  const { result, changes } = await recording(app, () => mutate(app, name, input, auth));
  const [error] = result.errors ?? [];
  if (!error) throw new Error(`${name} was not refused`);
  const { code, paths } = error.extensions;
  const isDenial = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'].includes(code);
  const expected = isDenial ? [[`${name}.denied`, 'DENIED', null]] : [];
  const recorded = changes.map(({ action, outcome, target_id }: ChangeRow) => [action, outcome, target_id]);
  if (JSON.stringify(recorded) !== JSON.stringify(expected)) throw new Error(`${name} recorded ${JSON.stringify(recorded)}`);
  if ((await people(app)) !== before) throw new Error(`${name} was refused and changed something`);
  return { code, paths, message: error.message };
}

/** All that is stored of users, roles and ways in, as text; when and from where something was last used is left out. */
async function people(app: TestApp): Promise<string> {
  const tables = [
    'users',
    'roles',
    'permissions',
    'role_permissions',
    'role_assignments',
    'sessions',
    'sign_in_links',
    'revoked_tokens',
    'api_tokens',
    'auth_providers',
    'sso_identities',
  ];
  const all = sql.join(
    tables.map(
      (table) =>
        sql`(select json_agg(to_jsonb(t) - 'last_activity_at' - 'last_used_at' - 'last_used_ip' order by t.id) from ${sql.ref(table)} t)`,
    ),
  );
  return JSON.stringify(await rowsOf(app, sql`select json_build_array(${all}) as rows`));
}
