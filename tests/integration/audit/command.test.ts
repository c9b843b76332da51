import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Sequencer } from '#core/feed/sequencer.js';
import { graph } from '../../../src/domains.js';
import { commandHere } from '../../e2e/support/command.js';
import { startTestApp } from '../../support/app.js';
import { authHeaders, signIn } from '../../support/client.js';
import { openSql } from '../../support/probe.js';
import { tamper } from '../../support/tamper.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
const admin = await signIn(app.url);
for (let i = 0; i < 3; i++) await signedIn(app, `user ${i}`);
await app.system.sequencer.run();
const folder = await mkdtemp(join(tmpdir(), 'signalbox-audit-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const settings = { DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir };
// Nowhere there is a server.
const alone = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', DATA_DIR: join(folder, 'empty') };
const file = (name: string): string => join(folder, name);
await commandHere(['audit', 'export', file('trail.ndjson')], settings);
await writeFile(file('keys.json'), await (await fetch(`${app.url}/audit/jwks.json`)).text());
const lines = (await readFile(file('trail.ndjson'), 'utf8')).split('\n');

test('the trail of the installation is verified', async () => {
  const { code, stdout } = await commandHere(['audit', 'verify'], settings);

  expect(stdout).toMatch(
    /^Intact: \d+ links, 0 of them of entries whose time has passed, 1 checkpoints; signed up to link \d+, at [\dT:.-]+Z\. Nothing proves the \d+ behind it yet\.\n$/,
  );
  expect(code).toBe(0);
});

test('a trail that somebody changed ends with code 1 and the place', async () => {
  const id = (await sql('select entry_id from audit_seals where number = 2'))[0]!.entry_id as string;
  await tamper(app.databaseUrl, `update changes set message = 'x' where id = '${id}'`);

  const { code, stdout } = await commandHere(['audit', 'verify'], settings);

  expect(stdout).toMatch(new RegExp(`^Entry ${id} is not what it was\nNOT INTACT: 1 problems, up to link \\d+\\.\n$`));
  expect(code).toBe(1);
});

test('an export is verified without a server, with keys that were kept', async () => {
  const { code, stdout } = await commandHere(['audit', 'verify', file('trail.ndjson'), '--keys', file('keys.json')], alone);

  expect(stdout).toMatch(
    /^Intact: \d+ links, 0 of them of entries whose time has passed; signed as it was exported at [\dT:.-]+Z, and its end by a checkpoint\.\n$/,
  );
  expect(code).toBe(0);
});

const exported = async (query: string, name: string): Promise<void> => {
  const response = await fetch(`${app.url}/audit/export.ndjson${query}`, { headers: authHeaders(admin) });
  await writeFile(file(name), await response.text());
};

test('an export that does not begin at the beginning says so, and a part that somebody else cut out is not what was exported', async () => {
  await exported('?after=2', 'rest.ndjson');
  const links = lines.map((line) => (line === '' ? {} : (JSON.parse(line) as Record<string, any>)));
  const cut = links
    .filter(({ type, number }) => type !== 'link' || number > 2)
    .map((line) => (line.type === 'header' ? { ...line, after: 2 } : line.type === 'end' ? { ...line, count: line.count - 2 } : line))
    .filter(({ type }) => type);
  await writeFile(file('cut.ndjson'), cut.map((line) => JSON.stringify(line)).join('\n'));

  const { code, stdout } = await commandHere(['audit', 'verify', file('rest.ndjson'), '--keys', file('keys.json')], alone);
  const other = await commandHere(['audit', 'verify', file('cut.ndjson'), '--keys', file('keys.json')], alone);

  expect(stdout).toMatch(/^Intact: \d+ links without the first 2, which it does not hold, 0 of them .*, and its end by a checkpoint\.\n$/);
  expect(code).toBe(0);
  expect(other.stdout).toMatch(/^Line \d+: It is not what was exported: its signature does not fit\nNOT INTACT: 1 problems/);
  expect(other.code).toBe(1);
});

test('a filtered export says what it does not tell', async () => {
  await exported(`?filter=${encodeURIComponent('{"action":{"eq":"login_success"}}')}`, 'filtered.ndjson');

  const proven = await commandHere(['audit', 'verify', file('filtered.ndjson'), '--keys', file('keys.json')], alone);
  const unproven = await commandHere(['audit', 'verify', file('filtered.ndjson')], alone);

  expect(proven.stdout).toMatch(
    /^Intact: \d+ entries of a filtered export; signed as it was exported at [\dT:.-]+Z\. What the filter left out cannot be told\.\n$/,
  );
  expect(proven.code).toBe(0);
  expect(unproven.stdout).toMatch(/^NOT PROVEN: \d+ entries of a filtered export fit together, /);
  expect(unproven.code).toBe(3);
});

test('without keys it says that nothing is proven, and ends with code 3', async () => {
  const { code, stdout } = await commandHere(['audit', 'verify', file('trail.ndjson')], alone);

  expect(stdout).toMatch(
    /^NOT PROVEN: \d+ links, .* fit together, but signatures were not verified: no --keys\. Anybody could have put this together\.\n$/,
  );
  expect(code).toBe(3);
});

test('text with the line separators of Unicode is no end of a line', async () => {
  await sql(`insert into changes (id, action, outcome, actor_username) values (gen_random_uuid(), 'x', 'SUCCESS', $1)`, [
    'one\u2028two\u2029three',
  ]);
  await exported('', 'odd.ndjson');

  const { code, stdout } = await commandHere(['audit', 'verify', file('odd.ndjson'), '--keys', file('keys.json')], alone);

  expect(stdout).toMatch(/^Intact/);
  expect(code).toBe(0);
});

test('with keys that were kept, a trail that was made anew without its checkpoints is not intact', async () => {
  await tamper(
    app.databaseUrl,
    `update changes set actor_username = 'somebody else' where id = (select entry_id from audit_seals where number = 2)`,
    'delete from audit_checkpoints',
    'delete from audit_seals',
  );
  await new Sequencer(app.system.database, graph.declared).run();

  const kept = await commandHere(['audit', 'verify', '--keys', file('keys.json')], settings);
  const own = await commandHere(['audit', 'verify'], settings);

  expect(kept.stdout).toMatch(/^No checkpoint signs anything of the chain\nNOT INTACT: 1 problems, up to link \d+\.\n$/);
  expect(kept.code).toBe(1);
  expect(own.stdout).toMatch(/; no checkpoint signs any of it yet, so that nothing proves it\.\n$/);
  expect(own.code).toBe(0);
});

test('with keys that were kept, hours behind the last checkpoint are not intact', async () => {
  // Only so that it is undone.
  await tamper(app.databaseUrl);
  await sql(
    `insert into changes (id, created_at, action, outcome, actor_username) values (gen_random_uuid(), now() + interval '3 hours', 'later', 'SUCCESS', 'x')`,
  );
  await app.system.sequencer.run();

  const { code, stdout } = await commandHere(['audit', 'verify', '--keys', file('keys.json')], settings);

  expect(stdout).toMatch(
    /^No checkpoint signs what comes behind link \d+, and that goes on for hours after the one of [\dT:.-]+Z\nNOT INTACT: 1 /,
  );
  expect(code).toBe(1);
});

test('checkpoints that were kept elsewhere tell of a trail that was made anew and signed again', async () => {
  const { stdout: signed } = await commandHere(['audit', 'checkpoint', '--json'], settings);
  const checkpoint = JSON.parse(signed) as { number: number; digest: string; signature: string };
  await writeFile(file('kept.txt'), `${checkpoint.signature}\n`);
  await writeFile(
    file('server.log'),
    `${JSON.stringify({ level: 'info', msg: 'listening' })}\n${JSON.stringify({ level: 'info', ...checkpoint, msg: 'a checkpoint of the audit trail was signed' })}\n`,
  );
  const verify = (name: string, ...more: string[]) =>
    commandHere(['audit', 'verify', ...more, '--keys', file('keys.json'), '--checkpoints', file(name)], settings);

  const before = [await verify('kept.txt'), await verify('server.log')];
  await exported('', 'before.ndjson');
  const exportBefore = await verify('kept.txt', file('before.ndjson'));
  await tamper(
    app.databaseUrl,
    `update changes set actor_username = 'somebody else' where id = (select entry_id from audit_seals where number = 2)`,
    'delete from audit_checkpoints',
    'delete from audit_seals',
  );
  await new Sequencer(app.system.database, graph.declared).run();
  await commandHere(['audit', 'checkpoint'], settings);
  await exported('', 'after.ndjson');
  const without = await commandHere(['audit', 'verify', '--keys', file('keys.json')], settings);
  const after = [await verify('kept.txt'), await verify('server.log'), await verify('kept.txt', file('after.ndjson'))];

  for (const { code, stdout } of [...before, exportBefore]) {
    expect(stdout).toMatch(/^Intact: .*, 1 checkpoints that were kept elsewhere agree; signed /);
    expect(code).toBe(0);
  }
  // By itself, what was signed anew cannot be told from what always was so.
  expect(without.code).toBe(0);
  for (const { code, stdout } of after) {
    expect(stdout).toMatch(
      new RegExp(`The chain at link ${checkpoint.number} is not what the checkpoint of .*, which was kept elsewhere, says it was`),
    );
    expect(code).toBe(1);
  }
});

test('a checkpoint that was kept elsewhere tells of links that were removed', async () => {
  const { stdout: signed } = await commandHere(['audit', 'checkpoint', '--json'], settings);
  const { number, signature } = JSON.parse(signed) as { number: number; signature: string };
  await writeFile(file('newest.txt'), signature);
  await tamper(
    app.databaseUrl,
    `delete from audit_checkpoints where number = ${number}`,
    `delete from changes where id in (select entry_id from audit_seals where number >= ${number})`,
    `delete from audit_seals where number >= ${number}`,
  );

  const { code, stdout } = await commandHere(
    ['audit', 'verify', '--keys', file('keys.json'), '--checkpoints', file('newest.txt')],
    settings,
  );

  expect(stdout).toMatch(new RegExp(`which was kept elsewhere, knows of link ${number}\nNOT INTACT`));
  expect(code).toBe(1);
});

test('a changed line of an export is named', async () => {
  await writeFile(file('changed.ndjson'), lines.with(2, lines[2]!.replace('"action":"', '"action":"not.')).join('\n'));

  const { code, stdout } = await commandHere(['audit', 'verify', file('changed.ndjson'), '--keys', file('keys.json')], alone);

  expect(stdout).toMatch(/^Line 3: Entry [\da-f-]{36} is not what it was\nNOT INTACT: 1 problems, up to link \d+\.\n$/);
  expect(code).toBe(1);
});

test('with --json the report is one line, for programs', async () => {
  const { stdout } = await commandHere(['audit', 'verify', file('trail.ndjson'), '--keys', file('keys.json'), '--json'], alone);

  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'INTACT', isSigned: true, isFiltered: false, problems: [] });
});

test('a checkpoint is signed and printed', async () => {
  const { code, stdout } = await commandHere(['audit', 'checkpoint', '--json'], settings);

  const [row] = await sql('select number, digest, signature from audit_checkpoints order by created_at desc limit 1');
  expect({ ...JSON.parse(stdout), code }).toEqual({ ...row, number: Number(row!.number), code: 0 });
  expect(await sql(`select actor_username from changes where action = 'audit.checkpoint.signed' order by created_at desc limit 1`)).toEqual(
    [{ actor_username: 'command line' }],
  );
});

test.each([
  [['audit', 'verify', file('nothing.ndjson')], 1, /no such file/],
  [['audit', 'verify', file('trail.ndjson'), '--keys', file('trail.ndjson')], 1, /JSON/],
  [['audit', 'verify', file('trail.ndjson'), '--checkpoints', file('keys.json')], 2, /Give --keys too/],
  [['audit', 'verify', '--checkpoints', file('keys.json')], 1, /holds no checkpoint/],
  [['audit', 'verify', '--checkpoints', file('nothing.txt')], 1, /no such file/],
  [['audit', 'export', file('trail.ndjson')], 1, /is there already/],
  [['audit', 'export'], 2, /FILE is missing/],
])('%j is refused with code %i', async (args, code, message) => {
  const ended = await commandHere(args, settings);

  expect(ended.stderr).toMatch(message);
  expect(ended.code).toBe(code);
});
