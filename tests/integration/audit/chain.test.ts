import { expect, test } from 'vitest';
import { newId } from '#core/database/id.js';
import { Sequencer } from '#core/feed/sequencer.js';
import { publicAuditKeys, verifyChain } from '#domains/audit/index.js';
import { graph } from '../../../src/domains.js';
import { startTestApp } from '../../support/app.js';
import { data, graphql, signIn } from '../../support/client.js';
import { enqueue, eventually, jobIn, jobOf, openSql } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { tamper } from '../../support/tamper.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp();
const sql = await openSql(app.databaseUrl);
const admin = await signIn(app.url);
await aRole(app, 'auditor', ['audit:read']);
const auditor = await signedIn(app, 'aura', ['auditor']);
for (let i = 0; i < 5; i++) await signedIn(app, `user ${i}`);

const verify = async (args = '') =>
  (
    await data(
      app.url,
      `{ verifyAuditChain${args} { isIntact checkedCount expiredCount checkpointCount signedNumber lastNumber digest hasMore problemCount problems { fault number entryId message } } }`,
      {},
      auditor,
    )
  ).verifyAuditChain;
const faults = async (): Promise<[string, number | null][]> =>
  (await verify()).problems.map(({ fault, number }: { fault: string; number: number | null }) => [fault, number]);
const checkpoint = async (): Promise<{ id: string; number: number; digest: string }> =>
  (await data(app.url, 'mutation { createAuditCheckpoint { checkpoint { id number digest } } }', {}, admin)).createAuditCheckpoint
    .checkpoint;
const entryOf = async (number: number): Promise<string> =>
  (await sql<{ entry_id: string }>('select entry_id from audit_seals where number = $1', [number]))[0]!.entry_id;
const lastNumber = async (): Promise<number> => Number((await sql('select max(number) as n from audit_seals'))[0]!.n);
const run = async (operation: string) => {
  const { id } = await enqueue(app.url, operation, {}, admin);
  await jobIn(app.url, id, 'SUCCEEDED', admin);
  return (await jobOf(app.url, id, admin)).result;
};

test('the trail of what was really done is intact, as a whole and in parts', async () => {
  const { number } = await checkpoint();
  await app.system.sequencer.run();

  const whole = await verify();
  const first = await verify('(first: 3)');
  const rest = await verify('(after: 3)');

  const last = await lastNumber();
  expect(whole).toEqual({
    isIntact: true,
    checkedCount: last,
    expiredCount: 0,
    checkpointCount: 1,
    signedNumber: number,
    lastNumber: last,
    digest: expect.stringMatching(/^[\da-f]{64}$/),
    hasMore: false,
    problemCount: 0,
    problems: [],
  });
  expect(number).toBeLessThan(last);
  expect(first).toMatchObject({ isIntact: true, checkedCount: 3, lastNumber: 3, hasMore: true });
  expect(rest).toMatchObject({ isIntact: true, checkedCount: last - 3, lastNumber: last, digest: whole.digest, hasMore: false });
});

test('a changed entry is found and named', async () => {
  const id = await entryOf(4);

  await tamper(app.databaseUrl, `update changes set message = 'nothing to see' where id = '${id}'`);

  expect((await verify()).problems).toEqual([
    { fault: 'ENTRY_CHANGED', number: 4, entryId: id, message: `Entry ${id} is not what it was` },
  ]);
});

test.each([
  ['its actor', `actor_username = 'somebody else'`],
  ['its time', `created_at = created_at - interval '1 hour'`],
  ['what it changed', `after = '{"revokedAt": null}'`],
  ['its address', `ip_address = '10.0.0.1'`],
  ['its place', `position = 1000000`],
  ['how long it is kept', `retention_days = 1`],
])('an entry of which %s was changed is found', async (_, change) => {
  await tamper(app.databaseUrl, `update changes set ${change} where id = '${await entryOf(3)}'`);

  expect(await faults()).toContainEqual(['ENTRY_CHANGED', 3]);
});

test('an entry that is missing before its time is found', async () => {
  await tamper(app.databaseUrl, `delete from changes where id = '${await entryOf(2)}'`);

  expect(await faults()).toEqual([['ENTRY_MISSING', 2]]);
});

test('an entry that is missing together with its link is found', async () => {
  const id = await entryOf(2);

  await tamper(app.databaseUrl, `delete from changes where id = '${id}'`, 'delete from audit_seals where number = 2');

  expect((await verify()).problems).toMatchObject([{ fault: 'LINK_MISSING', number: 2, message: 'Link 2 is missing' }]);
});

test('an entry that is missing together with its link is found also when the later links are numbered anew', async () => {
  const id = await entryOf(2);

  await tamper(
    app.databaseUrl,
    `delete from changes where id = '${id}'`,
    'delete from audit_seals where number = 2',
    'alter table audit_seals drop constraint audit_seals_number_check',
    'update audit_seals set number = -number where number > 2',
    'update audit_seals set number = -number - 1 where number < 0',
  );

  expect((await faults())[0]).toEqual(['LINK_CHANGED', 2]);
});

test('two entries that changed places are found', async () => {
  const [first, second] = [await entryOf(2), await entryOf(3)];

  await tamper(
    app.databaseUrl,
    'alter table audit_seals drop constraint audit_seals_number_unique',
    'update audit_seals set number = 5 - number where number in (2, 3)',
  );

  expect(await sql('select entry_id from audit_seals where number in (2, 3) order by number')).toEqual([
    { entry_id: second },
    { entry_id: first },
  ]);
  expect((await faults()).slice(0, 2)).toEqual([
    ['LINK_CHANGED', 2],
    ['LINK_CHANGED', 3],
  ]);
});

test.each([0, -1])('an entry that was put before all others, at the position %i, is found', async (position) => {
  const id = newId(1);

  await tamper(
    app.databaseUrl,
    `insert into changes (id, position, created_at, action, outcome, actor_username) values ('${id}', ${position}, '2020-01-01', 'x', 'SUCCESS', 'x')`,
  );

  expect((await verify()).problems).toMatchObject([{ fault: 'ENTRY_FORGED', entryId: id }]);
});

test('an entry that was put between others is found', async () => {
  const id = newId(1);

  await tamper(
    app.databaseUrl,
    `insert into changes (id, position, action, outcome, actor_username) values ('${id}', -1, 'x', 'SUCCESS', 'x')`,
    `update changes set position = (select position + 0 from changes where id = '${await entryOf(2)}') where id = '${await entryOf(2)}'`,
    `update changes set position = 1000000000 where id = '${id}'`,
  );

  expect((await verify()).problems).toEqual([
    { fault: 'ENTRY_FORGED', number: null, entryId: id, message: `Entry ${id} has no link in the chain` },
  ]);
});

test.each([0, -1])('an entry with a link %i is found, and so is the link', async (number) => {
  const id = newId(1);

  await tamper(
    app.databaseUrl,
    'alter table audit_seals drop constraint audit_seals_number_check',
    `insert into changes (id, position, created_at, action, outcome, actor_username) values ('${id}', -7, '2026-01-01', 'x', 'SUCCESS', 'x')`,
    `insert into audit_seals (id, number, position, entry_id, entry_digest, expires_at, digest)
     values ('${newId(11)}', ${number}, -7, '${id}', 'x', now(), 'x')`,
  );

  expect((await verify()).problems).toEqual([
    { fault: 'LINK_OUT_OF_ORDER', number, entryId: id, message: `Link ${number} stands before the first one` },
    { fault: 'ENTRY_FORGED', number: null, entryId: id, message: `Entry ${id} has no link in the chain` },
  ]);
});

test('a second link of a number is found', async () => {
  const id = newId(1);

  await tamper(
    app.databaseUrl,
    'alter table audit_seals drop constraint audit_seals_number_unique',
    `insert into changes (id, position, action, outcome, actor_username) values ('${id}', 1000000000, 'x', 'SUCCESS', 'x')`,
    `insert into audit_seals (id, number, position, entry_id, entry_digest, expires_at, digest)
     select '${newId(11)}', number, 1000000000, '${id}', entry_digest, expires_at, digest from audit_seals where number = 3`,
  );
  const parts = (await data(app.url, '{ verifyAuditChain(first: 3) { problems { fault number } } }', {}, auditor)).verifyAuditChain;

  expect(await faults()).toContainEqual(['LINK_OUT_OF_ORDER', 3]);
  // Also where a part ends between the two.
  expect(parts.problems).toContainEqual({ fault: 'LINK_OUT_OF_ORDER', number: 3 });
});

test('a chain that was made anew after a change is found by the checkpoint', async () => {
  const { number } = await checkpoint();
  const id = await entryOf(1);

  await tamper(app.databaseUrl, `update changes set actor_username = 'somebody else' where id = '${id}'`, 'delete from audit_seals');
  await new Sequencer(app.system.database, graph.declared).run();

  const problems = (await verify()).problems as { fault: string; number: number }[];
  expect(problems.every(({ fault }) => fault === 'CHECKPOINT_BROKEN')).toBe(true);
  expect(problems.map((each) => each.number)).toContain(number);
});

test('a checkpoint that somebody else signed is found', async () => {
  const { id, number } = await checkpoint();

  await tamper(app.databaseUrl, `update audit_checkpoints set signature = 'eyJhbGciOiJFZERTQSJ9.e30.AAAA' where id = '${id}'`);

  expect(await faults()).toEqual([['SIGNATURE_WRONG', number]]);
});

test('an end that was cut off is found by the checkpoint', async () => {
  const { number } = await checkpoint();

  await tamper(
    app.databaseUrl,
    `delete from changes where id in (select entry_id from audit_seals where number >= ${number})`,
    `delete from audit_seals where number >= ${number}`,
  );

  expect((await verify()).problems).toMatchObject([{ fault: 'CUT_OFF', number }]);
});

test('entries whose time has passed are deleted, their links stay, and the chain remains intact', async () => {
  const aged = [newId(1), newId(1), newId(1)];
  await sql(
    `insert into changes (id, created_at, action, outcome, actor_username, retention_days)
     select id, now() - interval '31 days', 'aged', 'SUCCESS', 'test', 30 from unnest($1::uuid[]) id`,
    [aged],
  );
  await app.system.sequencer.run();

  const result = await run('upkeep.trimAudit');

  expect(result).toEqual({ entries: 3 });
  expect(await sql('select id from changes where id = any($1)', [aged])).toEqual([]);
  expect(await verify()).toMatchObject({ isIntact: true, expiredCount: 3, checkedCount: await lastNumber() });
  const { auditSeals } = await data(
    app.url,
    'query($ids: [ID!]) { auditSeals(filter: { entryId: { in: $ids } }) { nodes { entryId entry { id } } } }',
    { ids: aged },
    auditor,
  );
  expect(auditSeals.nodes.map(({ entry }: { entry: null }) => entry)).toEqual([null, null, null]);
});

test('entries whose time passes and that are deleted while the chain is verified are none that are missing', async () => {
  const aged = Array.from({ length: 120 }, () => newId(1));
  await sql(
    `insert into changes (id, created_at, action, outcome, actor_username, retention_days)
     select id, now() - interval '30 days' + interval '1 second', 'aged', 'SUCCESS', 'test', 30 from unnest($1::uuid[]) id`,
    [aged],
  );
  await app.system.sequencer.run();
  let trimmed: unknown = null;

  const report = await verifyChain(app.system.database, {
    after: 0,
    limit: Infinity,
    keys: await publicAuditKeys(app.system.database.fork()),
    onProgress: async () => {
      if (trimmed) return;
      await eventually(
        'the time of the entries to pass',
        () => sql('select 1 from changes where id = any($1) and created_at + interval $$30 days$$ >= clock_timestamp()', [aged]),
        (rows) => rows.length === 0,
      );
      trimmed = await run('upkeep.trimAudit');
    },
  });

  expect(trimmed).toEqual({ entries: 120 });
  expect(report).toMatchObject({ problemCount: 0, problems: [] });
  expect(report.expiredCount).toBeGreaterThan(0);
});

test('what an older version left without links gets them from the next one that runs', async () => {
  await tamper(app.databaseUrl, 'delete from audit_checkpoints', 'delete from audit_seals where number > 3');

  await new Sequencer(app.system.database, graph.declared).run();

  expect(await sql('select count(*)::int as n from changes where position is not null')).toEqual([{ n: await lastNumber() }]);
  expect(await verify()).toMatchObject({ isIntact: true, lastNumber: await lastNumber() });
});

test('an entry that was moved behind all others keeps nothing from being sealed', async () => {
  await tamper(app.databaseUrl, `update changes set position = 1000000000 where id = '${await entryOf(3)}'`);
  const sequencer = new Sequencer(app.system.database, graph.declared);
  const id = newId(1);
  await sql(`insert into changes (id, action, outcome, actor_username) values ($1, 'later', 'SUCCESS', 'test')`, [id]);

  await sequencer.run();

  expect(await sql('select count(*)::int as n from audit_seals where entry_id = $1', [id])).toEqual([{ n: 1 }]);
  expect(await faults()).toEqual([['ENTRY_CHANGED', 3]]);
});

test('every night all of it is verified, and what is wrong is an entry and an error', async () => {
  expect(await run('upkeep.verifyAudit')).toMatchObject({ isIntact: true, problemCount: 0 });
  const id = await entryOf(1);

  await tamper(app.databaseUrl, `update changes set message = 'nothing to see' where id = '${id}'`);
  const result = await run('upkeep.verifyAudit');

  expect(result).toMatchObject({ isIntact: false, problemCount: 1, problems: [{ fault: 'ENTRY_CHANGED', number: 1, entryId: id }] });
  const [entry] = await sql(`select severity, outcome, message, details from changes where action = 'audit.chain.broken'`);
  expect(entry).toEqual({
    severity: 'CRITICAL',
    outcome: 'ERROR',
    message: `Entry ${id} is not what it was`,
    details: { problemCount: 1, problems: [{ fault: 'ENTRY_CHANGED', number: 1, entryId: id, message: `Entry ${id} is not what it was` }] },
  });
});

test('a checkpoint is signed every hour', async () => {
  const result = await run('upkeep.checkpointAudit');

  const { auditCheckpoints } = await data(app.url, '{ auditCheckpoints(last: 1) { nodes { number digest signature } } }', {}, auditor);
  expect(auditCheckpoints.nodes).toMatchObject([{ number: result.number, digest: result.digest }]);
  const { jobSchedule } = await data(app.url, '{ jobSchedule(name: "upkeep.checkpointAudit") { cron isEnabled } }', {}, admin);
  expect(jobSchedule).toEqual({ cron: '7 * * * *', isEnabled: true });
});

test.each([
  ['(after: -1)', 'after'],
  ['(first: 0)', 'first'],
  ['(first: 100001)', 'first'],
])('verifyAuditChain%s is refused at its place', async (args, path) => {
  const answer = await graphql(app.url, `{ verifyAuditChain${args} { isIntact } }`, {}, auditor);

  expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', paths: [path] } }]);
});

test('without audit:read the chain cannot be verified, and without audit:checkpoint not signed', async () => {
  const viewer = await signedIn(app, 'vera', ['viewer']);
  const before = await sql('select count(*)::int as n from audit_checkpoints');

  const asked = await graphql(app.url, '{ verifyAuditChain { isIntact } }', {}, viewer);
  const signed = await graphql(app.url, 'mutation { createAuditCheckpoint { cursor } }', {}, auditor);

  expect([asked, signed].map(({ errors }) => errors![0]!.extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  expect(await sql('select count(*)::int as n from audit_checkpoints')).toEqual(before);
});
