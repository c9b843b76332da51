import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { authHeaders, data, signIn, type Auth } from '../../support/client.js';
import { eventually } from '../../support/probe.js';
import { signedIn } from '../../support/users.js';

const mostBytes = 1_000_000;
const app = await startTestApp({ ROLE: 'api', MAX_UPLOAD_BYTES: String(mostBytes) });
const operator = await signedIn(app, 'olga', ['operator']);

const stored = async (): Promise<string[]> => (await readdir(join(app.dataDir, 'uploads')).catch(() => [])).sort();
const rows = () => rowsOf(app, sql`select id, name, size_bytes::int as size, sha256, uploaded_by_id from uploads order by id`);

interface Answered {
  status: number;
  body: any;
}

async function send(body: BodyInit, auth: Auth = operator, headers: Record<string, string> = {}): Promise<Answered> {
  const response = await fetch(`${app.url}/uploads`, { method: 'POST', body, headers: { ...authHeaders(auth), ...headers } });
  return { status: response.status, body: await response.json() };
}

const form = (content: BlobPart, name = 'a.log'): FormData => {
  const made = new FormData();
  made.append('file', new Blob([content]), name);
  return made;
};

/** Runs something that must be refused: nothing is stored, and nothing but what is expected is recorded. */
async function refused(work: () => Promise<Answered>, status: number, code: string, recorded: object[] = []): Promise<Answered> {
  const [files, before] = [await stored(), await rows()];
  const { result, changes } = await recording(app, work);
  expect(result).toMatchObject({ status, body: { errors: [{ message: expect.any(String), extensions: { code } }] } });
  expect(result.body.id).toBeUndefined();
  await eventually('nothing to be left in the folder', stored, (now) => now.join() === files.join());
  expect(await rows()).toEqual(before);
  expect(changes).toMatchObject(recorded);
  return result;
}

test.each([
  ['a text', Buffer.from('one line\nanother line\n')],
  ['nothing', Buffer.alloc(0)],
  ['any bytes', randomBytes(100_000)],
  ['what looks like the end of a part', Buffer.from('\r\n--boundary--\r\n--\r\n\r\n')],
  ['as many bytes as allowed', randomBytes(mostBytes)],
])('a file of %s is stored as it was sent, with its size and digest, and recorded', async (name, content) => {
  const { result, changes } = await recording(app, () => send(form(content, `${name}.log`)));

  const sha256 = createHash('sha256').update(content).digest('hex');
  const { id } = result.body;
  expect(result).toEqual({ status: 201, body: { id, name: `${name}.log`, sizeBytes: content.length, sha256 } });
  expect((await readFile(join(app.dataDir, 'uploads', id))).equals(content)).toBe(true);
  expect((await rows()).find((row) => row.id === id)).toEqual({
    id,
    name: `${name}.log`,
    size: content.length,
    sha256,
    uploaded_by_id: operator.id,
  });
  expect(changes).toMatchObject([
    {
      action: 'files.upload.stored',
      outcome: 'SUCCESS',
      actor_id: operator.id,
      target_type: 'Upload',
      target_id: id,
      before: null,
      after: { sha256 },
    },
  ]);
  expect(await data(app.url, 'query($id: ID!) { upload(id: $id) { name sizeBytes sha256 uploadedBy { id } } }', { id }, operator)).toEqual({
    upload: { name: `${name}.log`, sizeBytes: content.length, sha256, uploadedBy: { id: operator.id } },
  });
});

test.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\logs\\a.log', 'a.log'],
  ['größe – 日志.log', 'größe – 日志.log'],
  ['x'.repeat(300), 'x'.repeat(255)],
])('the name %j is only a name', async (sent, name) => {
  const { status, body } = await send(form('content', sent));

  expect([status, body.name]).toEqual([201, name]);
  expect(await stored()).toContain(body.id);
});

test('many files at the same time do not mix', async () => {
  const contents = Array.from({ length: 8 }, () => randomBytes(200_000));

  const answers = await Promise.all(contents.map((content) => send(form(content))));

  for (const [i, { body }] of answers.entries())
    expect((await readFile(join(app.dataDir, 'uploads', body.id))).equals(contents[i]!)).toBe(true);
});

test('a file of one byte too many is refused, and so is one of very many', async () => {
  const message = `A file may have at most ${mostBytes} bytes`;

  for (const size of [mostBytes + 1, 64 * 1024 * 1024]) {
    const { body } = await refused(() => send(form(Buffer.alloc(size))), 413, 'LIMIT_EXCEEDED');
    expect(body.errors[0].message).toBe(message);
  }
});

const multipart = { 'content-type': 'multipart/form-data; boundary=b' };
const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="x.log"\r\n';
const withoutFile = new FormData();
withoutFile.append('file', 'only a field');

test.each<[name: string, body: BodyInit, headers: Record<string, string>]>([
  ['a request without a file', withoutFile, {}],
  ['a form without parts', '--b--\r\n', multipart],
  ['another content type', 'content', { 'content-type': 'text/plain' }],
  ['JSON', '{}', { 'content-type': 'application/json' }],
  ['a form without a boundary', `${head}\r\ncontent\r\n--b--\r\n`, { 'content-type': 'multipart/form-data' }],
  ['a form with another boundary', `${head}\r\ncontent\r\n--b--\r\n`, { 'content-type': 'multipart/form-data; boundary=c' }],
  ['an empty form', '', multipart],
  ['a form that breaks off within the head of its file', head, multipart],
  ['a form that breaks off within its file', `${head}\r\ncontent`, multipart],
  [
    'a form with a broken head',
    '--b\r\ncontent-disposition: form-data; name="file"; filename="a\0b"\r\n\r\ncontent\r\n--b--\r\n',
    multipart,
  ],
])('%s is bad input, and the server goes on', async (_name, body, headers) => {
  await refused(() => send(body, operator, headers), 400, 'BAD_USER_INPUT');

  expect((await send(form('content'))).status).toBe(201);
});

/** Begins an upload and waits until its first bytes are in the folder; returns the connection. */
async function begin(declaredBytes: number) {
  const files = await stored();
  const { port, hostname } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  const lines = ['POST /uploads HTTP/1.1', 'host: x', `authorization: Bearer ${operator.token}`, `content-length: ${declaredBytes}`];
  socket.write(`${[...lines, 'content-type: multipart/form-data; boundary=b'].join('\r\n')}\r\n\r\n${head}\r\n${'x'.repeat(100_000)}`);
  await eventually('the file to begin', stored, (now) => now.length === files.length + 1);
  return { socket, files };
}

test.each(['destroy', 'end', 'resetAndDestroy'] as const)('of an upload that the client breaks off (%s) nothing is left', async (how) => {
  const before = await rows();
  const { result: files, changes } = await recording(app, async () => {
    const { socket, files } = await begin(500_000);
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket[how]();
    await closed;
    await eventually('nothing to be left in the folder', stored, (now) => now.join() === files.join());
    return files;
  });

  expect(await stored()).toEqual(files);
  expect(await rows()).toEqual(before);
  expect(changes).toEqual([]);
  expect((await send(form('content'))).status).toBe(201);
});

test('without signing in nothing can be uploaded, and only the attempt is recorded', async () => {
  const denial = { action: 'upload.denied', outcome: 'DENIED', actor_id: null, actor_username: 'anonymous', target_id: null };

  await refused(() => send(form('content'), {}), 401, 'UNAUTHENTICATED', [denial]);
  await refused(() => send(form(Buffer.alloc(16 * 1024 * 1024)), {}), 401, 'UNAUTHENTICATED', [denial]);
  await refused(() => send(form('content'), { token: 'wrong' }), 401, 'UNAUTHENTICATED');
});

test('without file:upload nothing can be uploaded, and only the attempt is recorded', async () => {
  const viewer = await signedIn(app, 'vera', ['viewer']);

  const { body } = await refused(() => send(form('content'), viewer), 403, 'FORBIDDEN', [
    { action: 'upload.denied', outcome: 'DENIED', actor_id: viewer.id, actor_username: 'vera', target_id: null },
  ]);

  expect(body.errors[0].message).toBe('This needs the permission file:upload');
});

test('of an upload that cannot be recorded nothing is left', async () => {
  await rowsOf(app, sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no record today'; end $$`);
  await rowsOf(
    app,
    sql`create trigger refuse before insert on changes for each row when (new.action = 'files.upload.stored') execute function refuse()`,
  );
  onTestFinished(async () => void (await rowsOf(app, sql`drop trigger refuse on changes`)));

  await refused(() => send(form('content')), 500, 'INTERNAL');
});

test('an administrator sees who sent what, and a stranger sees nothing of it', async () => {
  const { body } = await send(form('content'));
  const query = 'query($id: ID!) { upload(id: $id) { uploadedBy { username } } }';

  expect(await data(app.url, query, body, await signIn(app.url))).toEqual({ upload: { uploadedBy: { username: 'olga' } } });
  expect(await data(app.url, query, body, await signedIn(app, 'stranger'))).toEqual({ upload: null });
});
