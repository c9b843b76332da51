import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { commandHere } from '../../e2e/support/command.js';
import { startTestApp } from '../../support/app.js';
import { openSql } from '../../support/probe.js';
import { tamper } from '../../support/tamper.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
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

  expect(stdout).toMatch(/^Intact: \d+ links, 0 of them of entries whose time has passed, 1 checkpoints\.\n$/);
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

  expect(stdout).toMatch(/^Intact: \d+ links, 0 of them of entries whose time has passed; its end is signed\.\n$/);
  expect(code).toBe(0);
});

test('an export that does not begin at the beginning says so', async () => {
  const links = lines.map((line) => (line === '' ? {} : (JSON.parse(line) as Record<string, any>)));
  const rest = links
    .filter(({ type, number }) => type !== 'link' || number > 2)
    .map((line) => (line.type === 'header' ? { ...line, after: 2 } : line.type === 'end' ? { ...line, count: line.count - 2 } : line))
    .filter(({ type }) => type);
  await writeFile(file('rest.ndjson'), rest.map((line) => JSON.stringify(line)).join('\n'));

  const { code, stdout } = await commandHere(['audit', 'verify', file('rest.ndjson'), '--keys', file('keys.json')], alone);

  expect(stdout).toMatch(/^Intact: \d+ links without the first 2, which it does not hold, 0 of them .*; its end is signed\.\n$/);
  expect(code).toBe(0);
});

test('without keys it says that no signature was verified', async () => {
  const { code, stdout } = await commandHere(['audit', 'verify', file('trail.ndjson')], alone);

  expect(stdout).toMatch(/signatures were not verified: no --keys\.\n$/);
  expect(code).toBe(0);
});

test('a changed line of an export is named', async () => {
  await writeFile(file('changed.ndjson'), lines.with(2, lines[2]!.replace('"action":"', '"action":"not.')).join('\n'));

  const { code, stdout } = await commandHere(['audit', 'verify', file('changed.ndjson'), '--keys', file('keys.json')], alone);

  expect(stdout).toMatch(/^Line 3: Entry [\da-f-]{36} is not what it was\nNOT INTACT: 1 problems, up to link \d+\.\n$/);
  expect(code).toBe(1);
});

test('with --json the report is one line, for programs', async () => {
  const { stdout } = await commandHere(['audit', 'verify', file('trail.ndjson'), '--keys', file('keys.json'), '--json'], alone);

  expect(JSON.parse(stdout)).toMatchObject({ isIntact: true, isSigned: true, isFiltered: false, problems: [] });
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
  [['audit', 'export', file('trail.ndjson')], 1, /is there already/],
  [['audit', 'export'], 2, /FILE is missing/],
])('%j is refused with code %i', async (args, code, message) => {
  const ended = await commandHere(args, settings);

  expect(ended.stderr).toMatch(message);
  expect(ended.code).toBe(code);
});
