import { expect, test } from 'vitest';
import type { JSONWebKeySet } from 'jose';
import { entryDigest, sealDigest } from '#core/feed/digests.js';
import { ExportCheck, KeptCheckpoints, type ExportReport } from '#domains/audit/index.js';
import { startTestApp } from '../../support/app.js';
import { authHeaders, graphql, signIn, type Auth } from '../../support/client.js';
import { openSql } from '../../support/probe.js';
import { aRole } from '../../support/roles.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
await signIn(app.url);
await aRole(app, 'auditor', ['audit:read']);
const auditor = await signedIn(app, 'aura', ['auditor']);
const viewer = await signedIn(app, 'vera', ['viewer']);
for (let i = 0; i < 4; i++) await signedIn(app, `user ${i}`);
await graphql(app.url, 'mutation { signIn(input: { username: "mallory", password: "guessed" }) { cursor } }');

const ask = (query = '', auth: Auth = auditor) => fetch(`${app.url}/audit/export.ndjson${query}`, { headers: authHeaders(auth) });
const linesOf = async (query = ''): Promise<string[]> => (await (await ask(query)).text()).trimEnd().split('\n');
const readKeys = async (): Promise<JSONWebKeySet> => (await (await fetch(`${app.url}/audit/jwks.json`)).json()) as JSONWebKeySet;
async function check(lines: readonly string[], keys: JSONWebKeySet | null, kept: KeptCheckpoints | null = null): Promise<ExportReport> {
  const checking = new ExportCheck({ keys, kept });
  for (const line of lines) await checking.next(line);
  return checking.report();
}
const filter = (value: object): string => `?filter=${encodeURIComponent(JSON.stringify(value))}`;

const lines = await linesOf();
const jwks = await readKeys();
const parsed = lines.map((line) => JSON.parse(line) as Record<string, any>);
const at = (number: number): number => parsed.findIndex((line) => line.type === 'link' && line.number === number);
const edited = (number: number, change: (link: Record<string, any>) => void): string[] => {
  const link = structuredClone(parsed[at(number)]!);
  change(link);
  return lines.with(at(number), JSON.stringify(link));
};

test('an export holds the whole trail as lines of JSON, is signed, and verifies without the server', async () => {
  const links = parsed.filter(({ type }) => type === 'link');
  const rows = await sql('select number, entry_id, digest from audit_seals where number <= $1 order by number', [links.length]);

  expect(parsed[0]).toEqual({
    type: 'header',
    format: 'signalbox-audit-2',
    exportedAt: expect.any(String),
    filter: null,
    after: 0,
    through: links.length,
  });
  expect(links.map(({ number, entryId, digest }) => ({ number: String(number), entry_id: entryId, digest }))).toEqual(rows);
  expect(links.every(({ entry, entryId }) => entry.id === entryId)).toBe(true);
  expect(parsed.at(-2)).toMatchObject({ type: 'checkpoint', number: links.length, digest: links.at(-1)!.digest });
  expect(parsed.at(-1)).toEqual({ type: 'end', count: links.length, signature: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
  expect(await check(lines, jwks)).toEqual({
    verdict: 'INTACT',
    isFiltered: false,
    isSigned: true,
    signedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    linkCount: links.length,
    expiredCount: 0,
    keptCount: null,
    after: 0,
    lastNumber: links.length,
    problemCount: 0,
    problems: [],
  });
});

test.each([
  ['a changed entry', () => edited(3, ({ entry }) => (entry.actorUsername = 'somebody else')), 'ENTRY_CHANGED', 3],
  ['an entry whose secret part was added to', () => edited(3, ({ entry }) => (entry.message = 'x')), 'ENTRY_CHANGED', 3],
  ['a missing entry', () => edited(3, (link) => (link.entry = null)), 'ENTRY_MISSING', 3],
  ['a missing line', () => lines.toSpliced(at(3), 1), 'LINK_MISSING', 3],
  ['two lines that changed places', () => lines.with(at(3), lines[at(4)]!).with(at(4), lines[at(3)]!), 'LINK_MISSING', 3],
  ['a line that is there twice', () => lines.toSpliced(at(3), 0, lines[at(3)]!), 'LINK_OUT_OF_ORDER', 3],
  ['a changed digest', () => edited(3, (link) => (link.digest = '0'.repeat(64))), 'LINK_CHANGED', 3],
  ['a shorter time to be kept', () => edited(3, (link) => (link.expiresAt = '2000-01-01T00:00:00.000Z')), 'LINK_CHANGED', 3],
])('an export with %s is found to be wrong, at its line', async (_, make, fault, number) => {
  const { verdict, problems } = await check(make(), jwks);

  expect(verdict).toBe('BROKEN');
  expect(problems[0]).toMatchObject({ fault, number, line: expect.any(Number) });
  expect(Math.abs(problems[0]!.line! - (at(3) + 1))).toBeLessThanOrEqual(1);
});

test.each([
  ['cut off in the middle', () => lines.slice(0, at(3)), /cut off/],
  [
    'without its last link',
    () => lines.toSpliced(-3, 2).with(lines.length - 3, JSON.stringify({ ...parsed.at(-1), count: parsed.at(-1)!.count - 1 })),
    /says that it goes to/,
  ],
  ['without its header', () => lines.slice(1), /does not begin with the header/],
  ['with more behind its end', () => [...lines, lines[1]!], /more behind the end/],
  [
    'of another format',
    () => lines.with(0, JSON.stringify({ ...parsed[0], format: 'signalbox-audit-9' })),
    /The format is signalbox-audit-9/,
  ],
  ['that is none', () => ['hello'], /no line of an export/],
  ['that is empty', () => [], /no export/],
])('an export %s is refused in words', async (_, make, message) => {
  const report = await check(make(), jwks);

  expect(report.verdict).toBe('BROKEN');
  expect(report.problems.map((problem) => problem.message).join('\n')).toMatch(message);
});

test.each([[null], [{}]])('a missing link is found when the header gives %j as its filter', async (filter) => {
  const count = parsed.at(-1)!.count - 1;

  const report = await check(
    lines
      .toSpliced(at(3), 1)
      .with(0, JSON.stringify({ ...parsed[0], filter }))
      .with(lines.length - 2, JSON.stringify({ ...parsed.at(-1), count })),
    jwks,
  );

  expect(report).toMatchObject({ verdict: 'BROKEN', isFiltered: false, problems: [{ fault: 'LINK_MISSING', number: 3 }] });
});

/** The export with its first link told otherwise, and what fits together with that. */
const forgedFirst = (header: object, change: (link: Record<string, any>) => void): string[] =>
  edited(1, (link) => {
    change(link);
    if (link.entry) link.entryDigest = entryDigest(link.entry);
  }).with(0, JSON.stringify({ ...parsed[0], ...header }));

test.each([
  ['null', { after: null }],
  ['nothing', { after: undefined }],
  ['a text', { after: '0' }],
  ['a negative number', { after: -1 }],
  ['a broken number', { after: 0.5 }],
])('an export whose header gives %s as its beginning is refused', async (_, header) => {
  const report = await check(
    forgedFirst(header, (link) => {
      link.entry.actorUsername = 'innocent';
      link.previous = null;
    }),
    jwks,
  );

  expect(report).toMatchObject({ verdict: 'BROKEN', isSigned: false });
  expect(report.problems[0]).toMatchObject({ line: 1, message: expect.stringMatching(/no line of an export.*after/) });
});

test.each<[string, (link: Record<string, any>) => void, string]>([
  ['an entry told otherwise', ({ entry }) => (entry.actorUsername = 'innocent'), 'LINK_CHANGED'],
  [
    'an entry told otherwise, that says not what stands before it',
    (link) => {
      link.entry.actorUsername = 'innocent';
      link.previous = null;
    },
    'LINK_CHANGED',
  ],
  [
    'an entry that is said to have expired',
    (link) => {
      link.entry = null;
      link.expiresAt = '2020-01-01T00:00:00.000Z';
    },
    'LINK_CHANGED',
  ],
])('a first link with %s is found, with and without keys', async (_, change, fault) => {
  for (const keys of [jwks, null]) {
    const report = await check(forgedFirst({}, change), keys);

    expect(report).toMatchObject({ verdict: 'BROKEN', problems: expect.arrayContaining([expect.objectContaining({ fault, number: 1 })]) });
  }
});

test('a first link that is not the first of the trail is checked like any other', async () => {
  const rest = (await linesOf('?after=3')).map((line) => JSON.parse(line) as Record<string, any>);
  const [, link] = rest;
  link!.entry.actorUsername = 'innocent';
  link!.entryDigest = entryDigest(link!.entry);
  link!.previous = null;

  const report = await check(
    rest.map((line) => JSON.stringify(line)),
    jwks,
  );

  expect(report).toMatchObject({ verdict: 'BROKEN', problems: [{ fault: 'LINK_MISSING', number: 3 }] });
});

/** The lines with every link made anew after a change of its entry. */
function madeAnew(all: readonly Record<string, any>[], change: (entry: Record<string, any>) => object): string[] {
  let previous = '0'.repeat(64);
  return all.map((line) => {
    if (line.type !== 'link') return JSON.stringify(line);
    const entry = change(line.entry);
    const link = { ...line, entry, entryDigest: entryDigest(entry as Record<string, unknown>), previous } as any;
    link.digest = previous = sealDigest(link, previous);
    return JSON.stringify(link);
  });
}

test('an export that was made anew without its checkpoints is not signed', async () => {
  const anew = madeAnew(
    parsed.filter(({ type }) => type !== 'checkpoint'),
    (entry) => ({ ...entry, actorUsername: 'x' }),
  );

  expect(await check(anew, jwks)).toMatchObject({
    verdict: 'BROKEN',
    isSigned: false,
    problems: [{ fault: 'UNSIGNED', message: 'It is not what was exported: its signature does not fit' }],
  });
  expect(await check(anew, null)).toMatchObject({ verdict: 'UNPROVEN', isSigned: null });
});

test('the signature of an export does not pass for one of another', async () => {
  const other = (await linesOf()).at(-1)!;
  const { signature } = parsed.at(-2)!;

  const signedWith = (signature: string) => [...lines.slice(0, -1), JSON.stringify({ ...parsed.at(-1), signature })];

  const swapped = await check(signedWith(JSON.parse(other).signature), jwks);
  const ofCheckpoint = await check(signedWith(signature), jwks);

  expect(swapped).toMatchObject({ verdict: 'BROKEN', problems: [{ fault: 'UNSIGNED' }] });
  expect(ofCheckpoint).toMatchObject({ verdict: 'BROKEN', problems: [{ fault: 'SIGNATURE_WRONG' }] });
});

test('a filtered export that was forged entirely, or of which a line was taken out, is found by its signature', async () => {
  const some = (await linesOf(filter({ outcome: { eq: 'SUCCESS' } }))).map((line) => JSON.parse(line) as Record<string, any>);
  const less = structuredClone(some).toSpliced(2, 1);
  less.at(-1)!.count -= 1;

  const forged = madeAnew(some, (entry) => ({ ...entry, actorUsername: 'forged' }));
  const shorter = less.map((line) => JSON.stringify(line));

  for (const each of [forged, shorter]) {
    expect(await check(each, jwks)).toMatchObject({
      verdict: 'BROKEN',
      isFiltered: true,
      isSigned: false,
      problems: [{ fault: 'UNSIGNED' }],
    });
    expect(await check(each, null)).toMatchObject({ verdict: 'UNPROVEN', isFiltered: true, isSigned: null });
  }
});

test('a filter that lets everything through is none', async () => {
  const all = await linesOf(filter({}));

  expect(JSON.parse(all[0]!)).toMatchObject({ filter: null });
  expect(await check(all, jwks)).toMatchObject({ verdict: 'INTACT', isFiltered: false, isSigned: true });
});

test('an export is compared with checkpoints that were kept elsewhere, and newer ones are no fault of it', async () => {
  const earlier = parsed.at(-2)!.signature as string;
  const later = await linesOf();
  const newer = (JSON.parse(later.at(-2)!) as { signature: string }).signature;
  const kept = () => KeptCheckpoints.of([earlier, newer], jwks);

  expect(await check(later, jwks, await kept())).toMatchObject({ verdict: 'INTACT', keptCount: 2 });
  expect(await check(lines, jwks, await kept())).toMatchObject({ verdict: 'INTACT', keptCount: 1 });
  expect(await check(await linesOf(`?after=${parsed.at(-2)!.number}`), jwks, await kept())).toMatchObject({
    verdict: 'INTACT',
    keptCount: 2,
  });
  await expect(KeptCheckpoints.of([earlier], { keys: [] })).rejects.toThrow(/is not signed with any of the keys/);
});

test('an export of which all later links were made anew does not fit the signature of its end', async () => {
  let previous = parsed[at(2)]!.digest as string;
  const forged = parsed.map((line) => {
    if (line.type !== 'link' || line.number < 3) return line;
    const entry = line.number === 3 ? { ...line.entry, actorUsername: 'somebody else' } : line.entry;
    const link = { ...line, entry, entryDigest: entryDigest(entry), previous } as any;
    link.digest = previous = sealDigest(link, previous);
    return link;
  });

  const report = await check(
    forged.map((line) => JSON.stringify(line)),
    jwks,
  );
  const unsigned = await check(
    forged.map((line) => JSON.stringify(line)),
    null,
  );

  expect(report).toMatchObject({ verdict: 'BROKEN', isSigned: false, problems: [{ fault: 'CHECKPOINT_BROKEN' }] });
  expect(unsigned).toMatchObject({ verdict: 'UNPROVEN', isSigned: null });
});

test('an export that goes on behind an earlier one verifies on its own', async () => {
  const rest = await linesOf('?after=3');

  expect(JSON.parse(rest[1]!)).toMatchObject({ type: 'link', number: 4, previous: parsed[at(3)]!.digest });
  expect(await check(rest, jwks)).toMatchObject({ verdict: 'INTACT', isSigned: true, isFiltered: false, after: 3 });
});

test('an export can be filtered like the list, and says so', async () => {
  const some = await linesOf(filter({ action: { eq: 'login_failed' } }));

  const links = some.map((line) => JSON.parse(line) as Record<string, any>).filter(({ type }) => type === 'link');
  expect(links.map(({ entry }) => entry.actorUsername)).toEqual(['mallory']);
  expect(await check(some, jwks)).toMatchObject({ verdict: 'INTACT', isFiltered: true, isSigned: true, linkCount: 1 });
  const changed = some.map((line) => line.replace('mallory', 'eve'));
  expect(await check(changed, jwks)).toMatchObject({ verdict: 'BROKEN', problems: [{ fault: 'ENTRY_CHANGED' }] });
});

test('an export is itself an entry', async () => {
  await linesOf('?after=2');

  const [entry] = await sql(`select actor_id, details from changes where action = 'audit.trail.exported' order by created_at desc limit 1`);
  expect(entry).toEqual({ actor_id: auditor.id, details: { filter: null, after: 2, through: expect.any(Number) } });
});

test.each([
  ['?after=x', 400, ['after']],
  ['?filter=x', 400, ['filter']],
  [filter({ nothing: { eq: 1 } }), 400, ['filter']],
  [filter({ severity: { eq: 'HUGE' } }), 400, ['filter.severity.eq']],
])('an export with %s is refused at its place and not recorded', async (query, status, paths) => {
  const count = () => sql(`select count(*)::int as n from changes where action = 'audit.trail.exported'`);
  const before = await count();

  const response = await ask(query);

  expect([response.status, ((await response.json()) as any).errors[0].extensions]).toEqual([status, { code: 'BAD_USER_INPUT', paths }]);
  expect(await count()).toEqual(before);
});

test('without audit:read there is no export, and the attempt of whoever is signed in is recorded', async () => {
  const response = await ask('', viewer);
  const anonymous = await ask('', {});

  expect([response.status, anonymous.status]).toEqual([403, 401]);
  const denials = await sql(`select action, outcome, actor_id from changes where action = 'exportAudit.denied' order by created_at`);
  expect(denials).toEqual([{ action: 'exportAudit.denied', outcome: 'DENIED', actor_id: viewer.id }]);
});
