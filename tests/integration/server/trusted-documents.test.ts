import { get } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/app.js';
import { authHeaders, graphql, signIn, upload, type Answer, type Auth } from '../../support/client.js';
import { mutated } from '../../support/mutation.js';
import { aJob } from '../../support/planted.js';
import { eventually } from '../../support/probe.js';
import { TestSocket } from '../../support/socket.js';
import { signedIn } from '../../support/users.js';

const generated = 'examples/generated/persisted-documents.json';
const manifest = JSON.parse(readFileSync(generated, 'utf8')) as Record<string, string>;
const idOf = (part: string): string => Object.keys(manifest).find((id) => manifest[id]!.includes(part))!;
const [signInId, logsId] = [idOf('mutation SignIn'), idOf('subscription JobLogs')];

const folder = await mkdtemp(join(tmpdir(), 'signalbox-trusted-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const ownFile = join(folder, 'documents.json');
await writeFile(
  ownFile,
  JSON.stringify({
    ...manifest,
    me: '{ me { username } }',
    roles: 'query($first: Int) { roles(first: $first) { totalCount nodes { slug } } }',
  }),
);

const open = await startTestApp({ ROLE: 'api', TRUSTED_DOCUMENTS: ownFile });
const strict = await startTestApp({ ROLE: 'api', TRUSTED_DOCUMENTS: ownFile, REQUIRE_TRUSTED_DOCUMENTS: 'true' });
const signInByPage = 'mutation($input: SignInInput!) { signIn(input: $input) { user { id } } }';
const onlyTrusted = 'Only trusted documents are answered here: send the id of one as documentId';

async function post(url: string, body: object, auth: Auth = {}, path = '/graphql', headers: Record<string, string> = {}) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authHeaders(auth), ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? (JSON.parse(text) as Answer) : null };
}

const credentials = { username: 'admin', password: 'correct horse battery staple' };
const adminOf = async (url: string): Promise<Auth> => {
  const { body } = await post(url, { documentId: signInId, variables: { input: credentials } });
  return { token: body!.data.signIn.accessToken };
};
const admins = { open: await adminOf(open.url), strict: await adminOf(strict.url) };

test('a document that code generation has registered is asked for by its id, with the prefix of its hash or without, or as Apollo does', async () => {
  const variables = { input: credentials };
  const hash = signInId.replace('sha256:', '');

  for (const named of [
    { documentId: signInId },
    { documentId: hash },
    { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
    { documentId: signInId, query: manifest[signInId] },
  ])
    expect((await post(strict.url, { ...named, variables })).body).toMatchObject({ data: { signIn: { accessToken: expect.any(String) } } });
});

test('a trusted document is answered over GET, a socket and server-sent events', async () => {
  const job = await aJob(strict, null, { lines: 2 });
  const get = await fetch(`${strict.url}/graphql?documentId=roles&variables=${encodeURIComponent('{"first":1}')}`, {
    headers: { 'apollo-require-preflight': 'true', ...authHeaders(admins.strict) },
  });
  const socket = await TestSocket.connect(strict.url, admins.strict.token);
  socket.say({ id: '1', type: 'subscribe', payload: { query: '', documentId: logsId, variables: { jobId: job.id, last: 10 } } });
  const page = await socket.message('the lines', (message) => message.id === '1');
  const events = await fetch(`${strict.url}/graphql/stream?documentId=me`, {
    headers: { accept: 'text/event-stream', ...authHeaders(admins.strict) },
  });
  const posted = await post(strict.url, { documentId: 'me' }, admins.strict, '/graphql/stream', { accept: 'text/event-stream' });

  expect(await get.json()).toMatchObject({ data: { roles: { nodes: [{ slug: 'admin' }] } } });
  expect(page.payload.data.jobLogs.items.map(({ text }: { text: string }) => text)).toEqual(['line 1', 'line 2']);
  for (const text of [await events.text(), posted.text]) expect(text).toContain('"data":{"me":{"username":"admin"}}');
  await socket.end();
});

test('where trusted documents are required nothing else is answered, by no way in, not even for a superuser', async () => {
  const query = '{ me { id } }';
  const get = await fetch(`${strict.url}/graphql?query=${encodeURIComponent(query)}`, {
    headers: { 'apollo-require-preflight': 'true', ...authHeaders(admins.strict) },
  });
  const socket = await TestSocket.connect(strict.url, admins.strict.token);
  const events = await fetch(`${strict.url}/graphql/stream?query=${encodeURIComponent(query)}`, {
    headers: { accept: 'text/event-stream', ...authHeaders(admins.strict) },
  });

  const refusal = { errors: [{ message: onlyTrusted, extensions: { code: 'FORBIDDEN' } }] };
  expect(await post(strict.url, { query }, admins.strict)).toMatchObject({ status: 403, body: refusal });
  expect(await post(strict.url, { query, documentId: '' }, admins.strict)).toMatchObject({ status: 403, body: refusal });
  expect([get.status, await get.json()]).toMatchObject([403, refusal]);
  expect([events.status, await events.json()]).toMatchObject([403, refusal]);
  expect(await socket.ask('1', query)).toMatchObject({ type: 'error', payload: refusal.errors });
  expect((await fetch(`${strict.url}/graphql`, batch([{ query }], admins.strict))).status).toBe(400);
  await socket.end();
});

const batch = (body: object, auth: Auth) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...authHeaders(auth) },
  body: JSON.stringify(body),
});

test('the very text of a trusted document is answered too, and so is the page for signing in', async () => {
  expect((await post(strict.url, { query: '{ me { username } }' })).body).toMatchObject({ data: { me: null } });
  expect((await post(strict.url, { query: signInByPage, variables: { input: credentials } })).body).toMatchObject({
    data: { signIn: { user: { id: expect.any(String) } } },
  });
});

test('an id that nobody has registered, or one with another text, is refused and says so', async () => {
  for (const { url } of [open, strict]) {
    expect(await post(url, { documentId: 'unknown' })).toMatchObject({
      status: 400,
      body: {
        errors: [{ message: 'There is no trusted document unknown', extensions: { code: 'BAD_USER_INPUT', paths: ['documentId'] } }],
      },
    });
    expect(await post(url, { documentId: 'me', query: '{ me { id } }' })).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: 'BAD_USER_INPUT', paths: ['query'] } }] },
    });
  }
});

test('where they are not required other documents are answered as well', async () => {
  expect(await graphql(open.url, '{ me { username } }', {}, admins.open)).toEqual({ data: { me: { username: 'admin' } } });
});

test('a flag lets superusers send any document, and nobody else', async () => {
  const { body } = await post(strict.url, { documentId: signInId, variables: { input: credentials } });
  const admin = { token: body!.data.signIn.accessToken };
  const flagged = await startTestApp({ ROLE: 'api', TRUSTED_DOCUMENTS: ownFile });
  const setting = { key: 'graph.superusersSendAnyDocument', value: true, expectedRevision: 1 };
  await mutated(flagged, 'setSetting', setting, await adminOf(flagged.url));
  const strictToo = await startTestApp({
    ROLE: 'api',
    TRUSTED_DOCUMENTS: ownFile,
    REQUIRE_TRUSTED_DOCUMENTS: 'true',
    DATABASE_URL: flagged.databaseUrl,
    DATA_DIR: flagged.dataDir,
  });
  const user = await signedIn(flagged, 'anna', ['operator']);

  expect(await graphql(strictToo.url, '{ me { username } roles { totalCount } }', {}, await adminOf(strictToo.url))).toMatchObject({
    data: { me: { username: 'admin' } },
  });
  expect((await graphql(strictToo.url, '{ roles { totalCount } }', {}, user)).errors).toMatchObject([{ message: onlyTrusted }]);
  expect((await graphql(strict.url, '{ roles { totalCount } }', {}, admin)).errors).toMatchObject([{ message: onlyTrusted }]);
});

test.each([
  ['is not there', null, 'cannot be read: ENOENT'],
  ['is no object', '[]', 'is not a JSON object of documents by their ids'],
  [
    'does not fit the schema',
    '{"old": "{ noSuchField }"}',
    'has a document old that does not fit the schema: Cannot query field "noSuchField" on type "Query".',
  ],
])('a file that %s stops the start and says why', async (what, content, why) => {
  const path = join(folder, `${what}.json`);
  if (content !== null) await writeFile(path, content);

  await expect(startTestApp({ ROLE: 'api', TRUSTED_DOCUMENTS: path })).rejects.toThrow(`TRUSTED_DOCUMENTS: ${path} ${why}`);
});

test('to require trusted documents without naming any is refused at the start', async () => {
  await expect(startTestApp({ REQUIRE_TRUSTED_DOCUMENTS: 'true' })).rejects.toThrow('REQUIRE_TRUSTED_DOCUMENTS: needs TRUSTED_DOCUMENTS');
});

const production = await startTestApp({ ROLE: 'api', NODE_ENV: 'production', ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') });

test('in production the schema is not shown, errors suggest nothing and GraphiQL is off, until a setting switches it on', async () => {
  const admin = await signIn(production.url);
  const asked = async (query: string) => (await graphql(production.url, query, {}, admin)).errors?.[0]?.message ?? null;
  const page = async () => (await fetch(production.url, { headers: authHeaders(admin) })).text();
  const socket = await TestSocket.connect(production.url, admin.token);
  const hidden = 'The schema is not shown here: introspection is switched off';

  expect(await asked('{ __schema { types { name } } }')).toBe(hidden);
  expect(await asked('query { me { id } ...schema } fragment schema on Query { __type(name: "User") { name } }')).toBe(hidden);
  expect(await asked('{ __typename }')).toBeNull();
  expect(await asked('{ me { usernam } }')).toBe('Cannot query field "usernam" on type "User".');
  expect(await asked('{ jobs(filtr: {}) { totalCount } }')).toBe('Unknown argument "filtr" on field "Query.jobs".');
  expect(await socket.ask('1', '{ __schema { types { name } } }')).toMatchObject({ payload: { errors: [{ message: hidden }] } });
  expect(await socket.ask('2', '{ me { usernam } }')).toMatchObject({
    payload: [{ message: 'Cannot query field "usernam" on type "User".' }],
  });
  expect(await page()).toContain('GraphiQL is switched off here');
  await socket.end();

  for (const key of ['graph.introspection', 'graph.graphiql'])
    await mutated(production, 'setSetting', { key, value: true, expectedRevision: 1 }, admin);
  await eventually(
    'introspection',
    () => asked('{ __schema { types { name } } }'),
    (message) => message === null,
  );
  expect(await asked('{ me { usernam } }')).toBe('Cannot query field "usernam" on type "User". Did you mean "username"?');
  expect(await page()).toContain('<title>Signalbox</title>');
});

test('the pages below /account go on working where only trusted documents are answered', async () => {
  for (const path of ['verify', 'reset', 'invitation', 'forgot', 'register']) {
    const page = await (await fetch(`${strict.url}/account/${path}`)).text();
    const query = /const query = '([^']+)';/.exec(page)![1]!;

    const { body } = await post(strict.url, { query, variables: { input: {} } });

    expect([path, body!.errors![0]!.extensions.code, body!.errors![0]!.message]).toEqual([
      path,
      'BAD_USER_INPUT',
      expect.stringContaining('was not provided'),
    ]);
  }
});

test('outside production the schema is shown, and a setting hides it without a restart', async () => {
  const asked = async () => (await graphql(open.url, '{ __schema { queryType { name } } }', {}, admins.open)).errors ?? null;
  expect(await asked()).toBeNull();

  await mutated(open, 'setSetting', { key: 'graph.introspection', value: false, expectedRevision: 1 }, admins.open);

  expect(await asked()).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  await mutated(open, 'resetSetting', { key: 'graph.introspection', expectedRevision: 2 }, admins.open);
});

const cookieOf = async () => {
  const response = await fetch(
    `${open.url}/graphql`,
    batch({ query: signInByPage, variables: { input: { ...credentials, withCookie: true } } }, {}),
  );
  const header = response.headers.get('set-cookie')!;
  return { header, cookie: /signalbox_session=([^;]+)/.exec(header)![1]! };
};
const write = 'mutation { updateProfile(input: { expectedRevision: 1, fullName: "Forged" }) { user { fullName } } }';

test('the cookie is for this site only, and no script reads it', async () => {
  expect((await cookieOf()).header).toMatch(/^signalbox_session=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
});

test.each(['text/plain', 'text/plain; application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'what a page of another site can send without asking, as %s, changes nothing with the cookie',
  async (contentType) => {
    const { cookie } = await cookieOf();

    for (const path of ['/graphql', '/graphql/stream']) {
      const response = await fetch(`${open.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': contentType, accept: 'text/event-stream', ...authHeaders({ cookie }) },
        body: JSON.stringify({ query: write }),
      });
      expect([response.status, ((await response.json()) as Answer).errors?.[0]?.message]).toEqual([
        400,
        'The content type must be application/json',
      ]);
    }
    expect(await graphql(open.url, '{ me { fullName } }', {}, { cookie })).toEqual({ data: { me: { fullName: null } } });
  },
);

test.each([
  ['a page of another site', { origin: 'https://evil.example' }],
  ['a page of another site in a frame without an origin', { origin: 'null' }],
  ['an image of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ['a page of a neighbour', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
])('%s gets nothing done with the cookie, nor an answer', async (_who, headers) => {
  const { cookie } = await cookieOf();
  const as = { ...authHeaders({ cookie }), ...headers };

  const posted = await fetch(`${open.url}/graphql`, {
    ...batch({ query: write }, { cookie }),
    headers: { 'content-type': 'application/json', ...as },
  });
  const streamed = await fetch(`${open.url}/graphql/stream?query=${encodeURIComponent('{ me { id } }')}`, {
    headers: { accept: 'text/event-stream', ...as },
  });
  const form = new FormData();
  form.append('file', new Blob(['x']), 'x.log');
  const uploaded = await fetch(`${open.url}/uploads`, { method: 'POST', headers: as, body: form });

  expect([posted.status, streamed.status, uploaded.status]).toEqual([403, 403, 403]);
  await expect(TestSocket.open(open.url, as)).rejects.toThrow('403');
  expect(await graphql(open.url, '{ me { fullName } }', {}, { cookie })).toEqual({ data: { me: { fullName: null } } });
});

test('neither a GET nor a stream by GET changes anything', async () => {
  const { cookie } = await cookieOf();
  const streamed = await fetch(`${open.url}/graphql/stream?query=${encodeURIComponent(write)}`, {
    headers: { accept: 'text/event-stream', ...authHeaders({ cookie }) },
  });

  expect(streamed.status).toBe(400);
  expect(await graphql(open.url, '{ me { fullName } }', {}, { cookie })).toEqual({ data: { me: { fullName: null } } });
});

// fetch says itself which mode it is in.
const statusOf = (url: string, headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    get(url, { headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    }).on('error', reject);
  });

test('the own page and a link that was followed go on working', async () => {
  const { cookie } = await cookieOf();
  const own = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', origin: open.url };

  const page = await statusOf(open.url, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', ...authHeaders({ cookie }) });
  const asked = await fetch(`${open.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...own, ...authHeaders({ cookie }) },
    body: JSON.stringify({ query: '{ me { username } }' }),
  });

  expect([page, await asked.json()]).toMatchObject([200, { data: { me: { username: 'admin' } } }]);
  expect(await upload(open.url, 'content', 'own.log', { cookie })).toMatch(/^[\da-f-]{36}$/);
});
