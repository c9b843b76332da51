import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isLeafType, getNamedType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { can } from '#core/policy/actor.js';
import { permissions } from '#domains/identity/roles/roles.js';
import { executionFollower } from '#domains/tools/executions/execution-follower.js';
import { graph } from '../../../src/domains.js';
import { callers, permissionsMatrix, refusalOf, rootFields, type Asked } from '../../../src/permissions-matrix.js';
import { rowsOf } from '../../support/changes.js';
import { data, graphql, signIn, type Answer, type Auth } from '../../support/client.js';
import type { Stage } from '../../support/examples/example.js';
import { examples } from '../../support/examples/index.js';
import { aMachine } from '../../support/machine.js';
import { startMailbox, startMailingApp } from '../../support/mailbox.js';
import { aRow } from '../../support/planted.js';
import { sampleArguments } from '../../support/sample-arguments.js';
import { setTo } from '../../support/settings.js';
import { TestSocket } from '../../support/socket.js';
import { startRealProvider } from '../../support/sso/real-provider.js';
import { toolkitStorage } from '../../support/toolkit-storage.js';
import { signedIn } from '../../support/users.js';

const toolkits = await toolkitStorage();
const app = await startMailingApp(await startMailbox(), { TOOLKIT_STORAGE_DIR: toolkits.dir });
const { issuer } = await startRealProvider([]);
const fields = rootFields(await graph.schema());
const names = Object.keys(callers);
const auths = new Map<string, Stage['caller']>();
const planted: { id: string; name: string; entity: EntityClass }[] = [];
let root: Auth;
/** What makes a row one that only who sees every row of its type finds. */
const seenByFew: Record<string, Record<string, unknown>> = { Setting: { isFeatureFlag: false }, Job: { follower: executionFollower } };

/** Somebody like a column of the matrix, signed in anew: some operations end the session that asks. */
async function aCaller(name: string): Promise<Stage['caller']> {
  if (name === 'anonymous') return null;
  const username = `${name} ${randomUUID()}`;
  const roles = ['viewer', 'approver', 'operator'].filter((slug) => slug === name);
  const isSuperuser = name === 'administrator' || name === 'API token';
  const user = await signedIn(app, username, roles, { isSuperuser });
  if (name !== 'API token') return { ...user, username };
  return { id: user.id, username, sessionId: null, token: (await aMachine(app, user, Object.keys(permissions))).token };
}

beforeAll(async () => {
  root = await signIn(app.url);
  await setTo(app, 'limits.denialsPerMinute', 100_000, root);
  for (const flag of ['accounts.selfRegistration', 'toolkits.bundleUpload']) await setTo(app, flag, true, root);
  for (const entity of graph.declared) {
    const { name } = declarationOf(entity);
    if (name) planted.push({ entity, name, id: await aRow(app, entity, seenByFew[name]) });
  }
  for (const name of names) auths.set(name, await aCaller(name));
});

/** What an example of a column of the matrix has at hand. */
const stageOf = (name: string, caller: Stage['caller']): Stage => ({
  app,
  root,
  caller,
  may: (permission) => can(callers[name]!, permission),
  seesAll: (entity) => graph.policies.visible(entity, callers[name]!, 't') === true,
  rowOf: (entity) => planted.find((each) => each.entity === entity)!.id,
  toolkits,
  issuer,
});

type Field = (typeof fields)[number];

const selectionOf = ({ field }: Field): string => (isLeafType(getNamedType(field.type)) ? '' : '{ __typename }');

/** Asks for a field with the arguments of an example, or with some that fit its types. */
async function ask({ kind, field }: Field, auth: Auth, args: Record<string, unknown> | null, socket: TestSocket): Promise<Answer> {
  const given = Object.keys(args ?? {});
  const typed = field.args.filter(({ name }) => given.includes(name)).map(({ name, type }) => `$${name}: ${type}`);
  const passed = args === null ? sampleArguments(field.args) : given.length > 0 ? `(${given.map((name) => `${name}: $${name}`)})` : '';
  const query = `${kind.toLowerCase()}${typed.length > 0 ? `(${typed.join(', ')})` : ''} { ${field.name}${passed} ${selectionOf({ kind, field })} }`;
  if (kind !== 'Subscription') return graphql(app.url, query, args ?? {}, auth);
  const id = randomUUID();
  const { type, payload } = await socket.ask(id, query, args ?? {});
  socket.say({ id, type: 'complete' });
  return type === 'error' ? { data: null, errors: payload } : payload;
}

const codeOf = ({ errors }: Answer): string | null => errors?.[0]?.extensions.code ?? null;

/** Everything that is stored, but for the audit trail, its order and the time of the last use of something. */
async function everything(): Promise<Record<string, string>> {
  const left = new Set(['changes', 'audit_seals', 'audit_checkpoints', 'streams', 'server_processes', 'attempt_counts', 'migrations']);
  const tables = await rowsOf<{ name: string }>(app, sql`select tablename as name from pg_tables where schemaname = 'public' order by 1`);
  const sums = tables
    .filter(({ name }) => !left.has(name))
    .map(
      ({ name }) =>
        sql`${name}::text, (select md5(coalesce(string_agg((to_jsonb(t) - 'last_activity_at' - 'last_used_at' - 'last_used_ip')::text, ',' order by t::text), '')) from ${sql.ref(name)} t)`,
    );
  const [row] = await rowsOf<{ sums: Record<string, string> }>(app, sql`select jsonb_build_object(${sql.join(sums)}) as sums`);
  return row!.sums;
}

const askedOf = ({ field }: Field): Asked => field.extensions as unknown as Asked;

test('the page says what the code says', async () => {
  expect(readFileSync('docs/permissions-matrix.md', 'utf8')).toBe(await permissionsMatrix(graph));
});

test('every operation declares its example, and every example is one of an operation', () => {
  expect(Object.keys(examples).sort()).toEqual([...new Set(fields.map(({ field }) => field.name))].sort());
});

test.each(names)('[cdsa-52] whatever %s may not ask for is refused, changes nothing and is recorded as denied', async (name) => {
  const auth: Auth = auths.get(name) ?? {};
  const refused = fields.filter((each) => refusalOf(callers[name]!, askedOf(each)) !== null);
  const socket = await TestSocket.connect(app.url, auth.token);
  const before = await everything();
  const [start] = await rowsOf<{ at: string }>(app, sql`select clock_timestamp()::text as at`);

  const answers: [string, string | null][] = [];
  for (const each of refused) answers.push([`${each.kind}.${each.field.name}`, codeOf(await ask(each, auth, null, socket))]);

  expect(Object.fromEntries(answers)).toEqual(
    Object.fromEntries(refused.map((each) => [`${each.kind}.${each.field.name}`, refusalOf(callers[name]!, askedOf(each))])),
  );
  expect(await everything()).toEqual(before);
  const recorded = await rowsOf<{ action: string; outcome: string }>(
    app,
    sql`select action, outcome from changes where created_at >= ${start!.at}::timestamptz and actor_id is not distinct from ${auths.get(name)?.id ?? null}::uuid order by action`,
  );
  // That strangers asked a question is nothing to keep.
  const kept = refused.filter(({ kind }) => name !== 'anonymous' || kind === 'Mutation');
  expect(recorded).toEqual(
    kept.map(({ field }) => ({ action: `${field.name}.denied`, outcome: 'DENIED' })).sort((a, b) => (a.action < b.action ? -1 : 1)),
  );
  await socket.end();
});

test.each(names)('[cdsa-53] whatever %s may ask for is answered as its example says', { timeout: 120_000 }, async (name) => {
  const allowed = fields.filter((each) => refusalOf(callers[name]!, askedOf(each)) === null);

  const wrong: unknown[] = [];
  const socket = await TestSocket.connect(app.url, auths.get(name)?.token);
  for (const each of allowed) {
    // Some of these end the session that asks.
    const caller = askedOf(each).presence === 'inPerson' ? await aCaller(name) : (auths.get(name) ?? null);
    const { args = {}, code = null, isNull } = await examples[each.field.name]!(stageOf(name, caller));
    const answer = await ask(each, caller ?? {}, args, socket);
    const isRight = codeOf(answer) === code && (isNull === undefined || isNull === (answer.data?.[each.field.name] === null));
    if (!isRight) wrong.push([`${each.kind}.${each.field.name}`, answer]);
  }
  await socket.end();

  expect(wrong).toEqual([]);
});

test.each(names.filter((name) => name !== 'anonymous'))('of what is none of theirs %s sees the types that the page says', async (name) => {
  const { nodes } = await data(
    app.url,
    'query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }',
    { ids: planted.map(({ id }) => id) },
    auths.get(name)!,
  );

  const shown = planted.map(({ name: type, entity }) => [type, graph.policies.visible(entity, callers[name]!, 't') === true]);
  expect(planted.map(({ name: type }, n) => [type, nodes[n] !== null])).toEqual(shown);
});
