import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeOrphans } from '#domains/jobs/runs/remove-orphans.js';
import { adminPassword } from '../../support/app.js';
import { authHeaders, data, signIn, type Auth } from '../../support/client.js';
import { cancel, childOf, enqueue, eventually, gone, jobIn, openSql, startProbeApp, startWorker } from '../../support/probe.js';
import { signedIn } from '../../support/users.js';

const roots = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-roots-')));
const app = await startProbeApp({ FILE_ROOTS: roots });
const admin = await signIn(app.url);
const operator = await signedIn(app, 'olga', ['operator']);
const stranger = await signedIn(app, 'sven', []);
const sql = await openSql(app.databaseUrl);

const inFolder = (name: 'runs' | 'results') => readdir(join(app.dataDir, name)).catch(() => [] as string[]);
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

const filesOf = async (id: string, auth: Auth = admin): Promise<any[]> =>
  (
    await data(
      app.url,
      'query($id: ID!) { job(id: $id) { files(orderBy: [{ field: CREATED_AT }]) { totalCount nodes { id attempt name sizeBytes sha256 mediaType url } } } }',
      { id },
      auth,
    )
  ).job.files.nodes.sort((a: any, b: any) => (a.name < b.name ? -1 : 1));

async function leave(parameters: object, status = 'SUCCEEDED', auth: Auth = admin) {
  const { id } = await enqueue(app.url, 'probe.leave', parameters, auth);
  const job = await jobIn(app.url, id, status, auth, 30_000);
  return { id, job };
}

const get = (url: string, auth: Auth = admin, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${app.url}${url}`, { headers: { ...authHeaders(auth), ...headers } });

test('what a run leaves are the files of its job, with size, digest and type', async () => {
  const { id, job } = await leave({ files: { 'report.md': '# Report\n', 'über uns.csv': 'a;b\n', empty: '' } });

  expect(job.result).toEqual({ found: [] });
  const [empty, report, other] = await filesOf(id);
  expect(empty).toMatchObject({ name: 'empty', sizeBytes: 0, sha256: sha256(''), mediaType: 'application/octet-stream' });
  expect(report).toEqual({
    id: report.id,
    attempt: 1,
    name: 'report.md',
    sizeBytes: 9,
    sha256: sha256('# Report\n'),
    mediaType: 'text/markdown; charset=utf-8',
    url: `/files/${report.id}`,
  });
  expect(other).toMatchObject({ name: 'über uns.csv', sizeBytes: 4, mediaType: 'text/csv; charset=utf-8' });
  expect((await readdir(join(app.dataDir, 'results', `${id}-1`))).sort()).toEqual([empty.id, report.id, other.id].sort());
  expect(await inFolder('runs')).toEqual([]);
  expect((await stat(join(app.dataDir, 'results'))).mode & 0o777).toBe(0o700);
});

test('a file is downloaded as it was written, with a token and with a cookie', async () => {
  const { id } = await leave({ files: { 'über "uns".txt': 'hello' } });
  const [file] = await filesOf(id);

  const response = await get(file.url);
  expect([response.status, await response.text()]).toEqual([200, 'hello']);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-length': '5',
    'content-disposition': `attachment; filename="_ber _uns_.txt"; filename*=UTF-8''%C3%BCber%20%22uns%22.txt`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
    etag: `"${sha256('hello')}"`,
  });
  expect(await (await get(file.url, { cookie: await aCookie() })).text()).toBe('hello');
});

/** The cookie of a browser that signed in as the administrator. */
async function aCookie(): Promise<string> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation($input: SignInInput!) { signIn(input: $input) { session { id } } }',
      variables: { input: { username: 'admin', password: adminPassword, withCookie: true } },
    }),
  });
  return /^signalbox_session=([^;]+);/.exec(response.headers.get('set-cookie')!)![1]!;
}

test.each<[string, Record<string, string>, number, string | null, string]>([
  ['a part from the middle', { range: 'bytes=2-4' }, 206, 'bytes 2-4/10', '234'],
  ['a part to the end', { range: 'bytes=7-' }, 206, 'bytes 7-9/10', '789'],
  ['more than there is', { range: 'bytes=8-100' }, 206, 'bytes 8-9/10', '89'],
  ['the end', { range: 'bytes=-3' }, 206, 'bytes 7-9/10', '789'],
  ['a longer end than there is', { range: 'bytes=-100' }, 206, 'bytes 0-9/10', '0123456789'],
  ['what lies behind the end', { range: 'bytes=10-' }, 416, 'bytes */10', ''],
  ['an end of nothing', { range: 'bytes=-0' }, 416, 'bytes */10', ''],
  ['several parts', { range: 'bytes=0-1,4-5' }, 200, null, '0123456789'],
  ['another unit', { range: 'lines=1-2' }, 200, null, '0123456789'],
  ['a part that ends before it begins', { range: 'bytes=4-2' }, 200, null, '0123456789'],
  ['a part of this content', { range: 'bytes=0-0', 'if-range': `"${sha256('0123456789')}"` }, 206, 'bytes 0-0/10', '0'],
  ['a part of another content', { range: 'bytes=0-0', 'if-range': '"another"' }, 200, null, '0123456789'],
  ['what it has already', { 'if-none-match': `"other", W/"${sha256('0123456789')}"` }, 304, null, ''],
])('a client that asks for %s gets it', async (_case, headers, status, range, body) => {
  const { id } = await ranged;
  const [file] = await filesOf(id);

  const response = await get(file.url, admin, headers);

  expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([status, range, body]);
});
const ranged = leave({ files: { digits: '0123456789' } });

test('who does not see the job gets the same answer as for a file that does not exist', async () => {
  const { id } = await leave({ files: { secret: 'for Olga and those who see all jobs' } }, 'SUCCEEDED', operator);
  const [file] = await filesOf(id, operator);

  expect((await get(file.url, operator)).status).toBe(200);
  expect((await get(file.url, admin)).status).toBe(200);
  const missing = `/files/${file.id.slice(0, -1)}${file.id.endsWith('0') ? '1' : '0'}`;
  const answers = [];
  for (const url of [file.url, missing, '/files/nothing', '/files/'])
    answers.push(
      await get(url, stranger).then(async (response) => [response.status, ((await response.json()) as any).errors[0].extensions.code]),
    );
  expect(answers).toEqual(Array.from({ length: 4 }, () => [404, 'NOT_FOUND']));
  const { errors } = (await (await get(file.url, stranger)).json()) as any;
  expect(errors).toEqual([{ message: `File ${file.id} was not found`, extensions: { code: 'NOT_FOUND' } }]);
  expect((await get(file.url, {})).status).toBe(401);
  expect((await get(missing, {})).status).toBe(401);
  expect((await get(`${file.url}/more`, operator)).status).toBe(404);
});

test('only the files of the run that succeeded are kept, and each run finds an empty folder that nobody else reads', async () => {
  const flag = join(roots, 'retry');
  await writeFile(flag, 'wait');
  const { id } = await enqueue(app.url, 'probe.leave', { files: { 'a.txt': 'a' }, waits: true, flag }, admin);
  const first = await childOf(app.url, id, admin);
  const [told] = await sql(`select payload from job_events where job_id = $1 and payload is not null`, [id]);
  expect(told!.payload).toMatchObject({ folder: join(await realpath(app.dataDir), 'runs', `${id}-1`), mode: 0o700 });
  process.kill(first, 'SIGKILL');
  await childOf(app.url, id, admin, 2);
  expect(await inFolder('runs')).toContain(`${id}-2`);
  await eventually(
    'the folder of the first run to be gone',
    () => inFolder('runs'),
    (names) => !names.includes(`${id}-1`),
  );
  await writeFile(flag, 'go');

  const job = await jobIn(app.url, id, 'SUCCEEDED', admin);
  expect(job).toMatchObject({ attempts: 2, result: { found: [] } });
  expect((await filesOf(id)).map(({ attempt, name }) => [attempt, name])).toEqual([[2, 'a.txt']]);
  await eventually(
    'no folder to be left',
    () => inFolder('runs'),
    (names) => names.length === 0,
  );
});

test.each<[string, object, RegExp]>([
  ['a folder', { folder: 'below' }, /^The run left "below", which is no plain file: folders and links are not kept$/],
  ['a hidden file', { files: { '.profile': 'x' } }, /^The run left a file named "\.profile": names begin with no dot/],
  ['a name of two lines', { files: { 'a\nb': 'x' } }, /^The run left a file named "a\\nb": names begin with no dot/],
  ['too many files', { count: 100 }, /^The run (left 101 files; it may leave 100|wrote more than 100 files)$/],
  ['too many bytes', { bytes: 2_000_001 }, /^The run (left|wrote) more than 2000000 bytes of files$/],
])('a run that leaves %s fails, and nothing of it is kept', async (_case, parameters, error) => {
  const { id, job } = await leave({ files: { 'good.txt': 'good' }, ...parameters }, 'FAILED');

  expect(job.error).toMatch(error);
  expect(await filesOf(id)).toEqual([]);
  await eventually(
    'no folder to be left',
    () => inFolder('runs'),
    (names) => !names.some((name) => name.startsWith(id)),
  );
  expect((await inFolder('results')).filter((name) => name.startsWith(id))).toEqual([]);
});

test('a run that goes on writing is ended when it has written too much', async () => {
  const flag = join(roots, 'never');
  await writeFile(flag, 'wait');
  const { id, job } = await leave({ bytes: 2_000_001, waits: true, flag }, 'FAILED');

  expect(job).toMatchObject({ attempts: 2, error: 'The run wrote more than 2000000 bytes of files' });
  await gone(await childOf(app.url, id, admin, 2));
});

test('a run does not link to what it may only read', async () => {
  const flag = join(roots, 'linked');
  await writeFile(flag, 'x');
  const { id, job } = await leave({ link: 'copy', flag }, 'FAILED');

  expect(job.error).toMatch(/^(Access to this API has been restricted|The run left "copy", which is no plain file)/);
  expect(await filesOf(id)).toEqual([]);
  expect(await readFile(flag, 'utf8')).toBe('x');
});

test('nothing is kept of a job that was cancelled', async () => {
  const { id } = await enqueue(app.url, 'probe.leave', { files: { 'a.txt': 'a' }, waits: true }, admin);
  await childOf(app.url, id, admin);
  await cancel(app.url, id, admin);
  await jobIn(app.url, id, 'CANCELLED', admin);

  expect(await filesOf(id)).toEqual([]);
  await eventually(
    'its folder to be gone',
    () => inFolder('runs'),
    (names) => !names.includes(`${id}-1`),
  );
});

test('what is kept of a job goes with it when it is trimmed', async () => {
  const [old, young] = [await leave({ files: { 'a.txt': 'a', 'b.txt': 'b' } }), await leave({ files: { 'a.txt': 'a' } })];
  await sql(`update jobs set finished_at = now() - interval '1000 days' where id = $1`, [old.id]);

  const { id } = await enqueue(app.url, 'upkeep.trimJobs', {}, admin);
  expect((await jobIn(app.url, id, 'SUCCEEDED', admin)).result).toEqual({ jobs: 1 });

  expect(await inFolder('results')).toContain(`${young.id}-1`);
  expect(await inFolder('results')).not.toContain(`${old.id}-1`);
});

test('what a dead worker left is removed at the next start; what is kept, and what belongs to others, is not', async () => {
  const { id } = await leave({ files: { 'a.txt': 'a' } });
  const [file] = await filesOf(id);
  const flag = join(roots, 'running');
  await writeFile(flag, 'wait');
  const running = await enqueue(app.url, 'probe.leave', { files: { 'b.txt': 'b' }, waits: true, flag }, admin);
  await childOf(app.url, running.id, admin);
  const [runs, results] = [join(app.dataDir, 'runs'), join(app.dataDir, 'results')];
  // As if a process had died before and after it had moved the files of a run, whose job then ran again.
  await mkdir(join(runs, `${id}-0`));
  await cp(join(results, `${id}-1`), join(results, `${id}-7`), { recursive: true });
  const elsewhere = `${id.slice(0, -4)}0000-1`;
  await mkdir(join(results, elsewhere));
  await mkdir(join(runs, 'something else'));

  const worker = await startWorker(app.databaseUrl, { DATA_DIR: app.dataDir });

  await eventually(
    'the orphans to be gone',
    async () => [...(await inFolder('runs')), ...(await inFolder('results'))],
    (names) => [`${id}-0`, `${id}-7`].every((name) => !names.includes(name)),
  );
  expect(await (await get(file.url)).text()).toBe('a');
  expect(await inFolder('runs')).toEqual(expect.arrayContaining([`${running.id}-1`, 'something else']));
  expect(await inFolder('results')).toContain(elsewhere);
  await writeFile(flag, 'go');
  await jobIn(app.url, running.id, 'SUCCEEDED', admin);
  await worker.stop();
  await removeOrphans(app.system);
  expect((await filesOf(running.id)).length).toBe(1);
});
