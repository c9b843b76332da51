import { expect, test } from 'vitest';
import { newId } from '#core/database/id.js';
import { startTestApp } from '../../support/app.js';
import { data, signIn } from '../../support/client.js';
import { openSql } from '../../support/probe.js';

const app = await startTestApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
const admin = await signIn(app.url);
await data(app.url, 'mutation { createAuditCheckpoint { checkpoint { number } } }', {}, admin);
await app.system.sequencer.run();

const state = () =>
  sql(`select (select json_agg(c order by position) from changes c) as entries, (select json_agg(s order by number) from audit_seals s) as seals,
    (select json_agg(p) from audit_checkpoints p) as checkpoints, (select json_agg(k) from audit_keys k) as keys`);
const aged = `insert into changes (id, created_at, action, outcome, actor_username, retention_days)
  values ($1, now() - interval '31 days', 'aged', 'SUCCESS', 'test', 30)`;

const refused = {
  'a changed action': `update changes set action = 'nothing' where action = 'login_success'`,
  'a changed actor': `update changes set actor_username = 'somebody else'`,
  'a changed retention': `update changes set retention_days = 0`,
  'a moved entry': `update changes set position = position + 1000`,
  'an entry without its position': `update changes set position = null`,
  'an entry deleted before its time': `delete from changes where action = 'login_success'`,
  'all entries deleted': 'delete from changes',
  'an emptied trail': 'truncate changes',
  'a changed link': `update audit_seals set digest = repeat('0', 64)`,
  'a deleted link': 'delete from audit_seals where number = 1',
  'an emptied chain': 'truncate audit_seals',
  'a changed checkpoint': `update audit_checkpoints set digest = repeat('0', 64)`,
  'a deleted checkpoint': 'delete from audit_checkpoints',
  'an emptied list of checkpoints': 'truncate audit_checkpoints',
  'a deleted key': 'delete from audit_keys',
};

test.each(Object.entries(refused))('the database refuses %s', async (_, statement) => {
  const before = await state();

  await expect(sql(statement)).rejects.toThrow(/The audit trail refuses/);

  expect(await state()).toEqual(before);
});

test('the database refuses a link that would stand before the first one', async () => {
  const before = await state();

  await expect(
    sql(
      `insert into audit_seals (id, number, position, entry_id, entry_digest, expires_at, digest)
      select $1, 0, -1, $1, 'x', now(), 'x'`,
      [newId(11)],
    ),
  ).rejects.toThrow(/audit_seals_number_check/);

  expect(await state()).toEqual(before);
});

test('an entry with a position may be deleted once its time has passed, and one without may not', async () => {
  const [sealed, fresh] = [newId(1), newId(1)];
  await sql(aged, [sealed]);
  await app.system.sequencer.run();
  await sql(aged, [fresh]);

  await expect(sql('delete from changes where id = $1', [fresh])).rejects.toThrow(/refuses to delete/);
  await sql('delete from changes where id = $1', [sealed]);

  expect(await sql('select id from changes where id = any($1)', [[sealed, fresh]])).toEqual([{ id: fresh }]);
  expect(await sql('select count(*)::int as n from audit_seals where entry_id = $1', [sealed])).toEqual([{ n: 1 }]);
});

test('an entry that gets its position may not change otherwise on that occasion', async () => {
  const id = newId(1);
  await sql(`insert into changes (id, action, outcome, actor_username) values ($1, 'fresh', 'SUCCESS', 'test')`, [id]);

  await expect(sql(`update changes set position = 999999, action = 'forged' where id = $1`, [id])).rejects.toThrow(/refuses to change/);

  expect(await sql('select action, position from changes where id = $1', [id])).toEqual([{ action: 'fresh', position: null }]);
});

test('an entry without a position is neither in the list of all nor in that of who did it, and is not counted', async () => {
  const lists = async () => {
    const { me, auditEntries } = await data(
      app.url,
      `query($filter: AuditEntryFilter) { me { auditEntries(filter: $filter) { totalCount nodes { id } } } auditEntries(filter: $filter) { totalCount nodes { id } } }`,
      { filter: { action: { eq: 'unplaced' } } },
      admin,
    );
    return [me.auditEntries, auditEntries];
  };
  const id = newId(1);
  const [{ actor_id: actor }] = (await sql(`select actor_id from changes where action = 'login_success'`)) as [{ actor_id: string }];
  await sql(`insert into changes (id, action, outcome, actor_id, actor_username) values ($1, 'unplaced', 'SUCCESS', $2, 'admin')`, [
    id,
    actor,
  ]);

  expect(await lists()).toEqual([none, none]);

  await app.system.sequencer.run();
  const one = { totalCount: 1, nodes: [{ id }] };
  expect(await lists()).toEqual([one, one]);
});

const none = { totalCount: 0, nodes: [] };
