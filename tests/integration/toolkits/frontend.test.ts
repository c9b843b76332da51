import { symlink } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { authHeaders, data, signIn, type Auth } from '../../support/client.js';
import { startProbeApp } from '../../support/probe.js';
import { didMutateToolkit } from '../../support/toolkit-mutations.js';
import { manifestOf, toolkitStorage, workerOf } from '../../support/toolkit-storage.js';
import { signedIn } from '../../support/users.js';

const storage = await toolkitStorage();
await storage.write('shop', {
  'toolkit.json': manifestOf('shop', ['go'], { frontendEntry: 'web/start.html', frontendSourceEntry: 'src/main.tsx' }),
  'worker.mjs': workerOf(['go']),
  'web/start.html': '<!doctype html><title>Shop</title>',
  'web/assets/app.js': 'const a = 1;',
  'web/assets/style.css': 'body {}',
  'web/assets/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'web/assets/odd.xyz': 'odd',
  'web/assets/ein wort.txt': 'spaced',
  'web/.secret': 'hidden',
});
await storage.put('plain');
await storage.write('beside', { 'secret.txt': 'beside' });
await symlink(join(storage.dir, 'beside', 'secret.txt'), join(storage.dir, 'shop', 'web', 'link.txt'));
await symlink(join(storage.dir, 'beside'), join(storage.dir, 'shop', 'web', 'linked'));
await symlink(join(storage.dir, 'shop', 'web', 'assets', 'app.js'), join(storage.dir, 'shop', 'web', 'inner.js'));

const app = await startProbeApp({ TOOLKIT_STORAGE_DIR: storage.dir, ALLOWED_ORIGINS: 'https://ui.example' });
const admin = await signIn(app.url);
const viewer = await signedIn(app, 'vera', []);

/** Asks for a path exactly as it is written. */
const get = (
  path: string,
  auth: Auth = viewer,
  headers: object = {},
): Promise<{ status: number; headers: Record<string, any>; body: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    request({ hostname, port, path, headers: { ...authHeaders(auth), ...headers } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });

test('the page of a toolkit is served at its frontendUrl, and nothing of it may use the cookie of the viewer', async () => {
  const { toolkits } = await data(
    app.url,
    '{ toolkits(orderBy: [{ field: SLUG }]) { nodes { slug frontendUrl frontendEntry frontendSourceEntry } } }',
    {},
    viewer,
  );
  expect(toolkits.nodes).toEqual([
    { slug: 'plain', frontendUrl: null, frontendEntry: null, frontendSourceEntry: null },
    { slug: 'shop', frontendUrl: '/toolkits/shop/start.html', frontendEntry: 'web/start.html', frontendSourceEntry: 'src/main.tsx' },
  ]);

  const { status, headers, body } = await get('/toolkits/shop/start.html?x=1');

  expect([status, body]).toEqual([200, '<!doctype html><title>Shop</title>']);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
  });
  expect(headers).not.toHaveProperty('content-disposition');
  expect(headers).not.toHaveProperty('x-frame-options');
  const policy = String(headers['content-security-policy']).split('; ');
  expect(policy).toEqual(
    expect.arrayContaining([
      'sandbox allow-scripts',
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'self' https://ui.example",
    ]),
  );
  expect(headers['content-security-policy']).not.toMatch(/allow-same-origin|connect-src/);
});

test.each([
  ['/toolkits/shop', 'text/html; charset=utf-8', '<!doctype html><title>Shop</title>'],
  ['/toolkits/shop/', 'text/html; charset=utf-8', '<!doctype html><title>Shop</title>'],
  ['/toolkits/shop/assets/app.js', 'text/javascript; charset=utf-8', 'const a = 1;'],
  ['/toolkits/shop/assets/style.css', 'text/css; charset=utf-8', 'body {}'],
  ['/toolkits/shop/assets/logo.svg', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['/toolkits/shop/assets/odd.xyz', 'application/octet-stream', 'odd'],
  ['/toolkits/shop/assets/ein%20wort.txt', 'text/plain; charset=utf-8', 'spaced'],
  ['/toolkits/shop/inner.js', 'text/javascript; charset=utf-8', 'const a = 1;'],
])('%s is %s', async (path, type, content) => {
  const { status, headers, body } = await get(path);

  expect([status, headers['content-type'], body]).toEqual([200, type, content]);
});

test('what the browser has already is not sent again, and what changed is', async () => {
  const { headers } = await get('/toolkits/shop/assets/app.js');
  expect((await get('/toolkits/shop/assets/app.js', viewer, { 'if-none-match': headers.etag })).status).toBe(304);

  await storage.write('shop', { 'web/assets/app.js': 'const a = 22;' });

  expect((await get('/toolkits/shop/assets/app.js', viewer, { 'if-none-match': headers.etag })).body).toBe('const a = 22;');
});

test.each([
  '/toolkits/shop/nothing.txt',
  '/toolkits/shop/assets',
  '/toolkits/shop/assets/',
  '/toolkits/shop/../toolkit.json',
  '/toolkits/shop/../worker.mjs',
  '/toolkits/shop/..%2fworker.mjs',
  '/toolkits/shop/%2e%2e/worker.mjs',
  '/toolkits/shop/assets/..%5c..%5cworker.mjs',
  '/toolkits/shop/..\\worker.mjs',
  '/toolkits/shop//etc/passwd',
  '/toolkits/shop/%2fetc%2fpasswd',
  '/toolkits/shop/start.html%00.txt',
  '/toolkits/shop/%ff',
  '/toolkits/shop/.secret',
  '/toolkits/shop/link.txt',
  '/toolkits/shop/linked/secret.txt',
  '/toolkits/../shop/web/start.html',
  '/toolkits/%2e%2e/shop/start.html',
  '/toolkits/beside/secret.txt',
  '/toolkits/plain/worker.mjs',
  '/toolkits/',
  '/toolkits/none/start.html',
])('%s is not found', async (path) => {
  const { status, body } = await get(path);

  expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([404, 'NOT_FOUND']);
});

test('a browser that opens a page is led to a path by which what the page loads is let in without the cookie, for an hour', async () => {
  const opened = await get('/toolkits/shop/start.html', viewer, { 'sec-fetch-mode': 'navigate' });
  const { location } = opened.headers as { location: string };

  expect(opened).toMatchObject({ status: 302, headers: { 'cache-control': 'no-store' } });
  expect(location).toMatch(/^\/toolkits\/shop\/~[\w.-]+\/start\.html$/);
  expect(await get(location, {})).toMatchObject({
    status: 200,
    headers: { 'access-control-allow-origin': '*' },
    body: '<!doctype html><title>Shop</title>',
  });
  const base = location.slice(0, -'start.html'.length);
  expect((await get(`${base}assets/style.css`, {})).body).toBe('body {}');
  expect((await get(base, {})).body).toContain('Shop');
  expect((await get('/toolkits/shop', viewer, { accept: 'text/html' })).headers.location).toMatch(/^\/toolkits\/shop\/~[^/]+\/$/);
  // Nothing else comes with it.
  expect((await get(`${base}../toolkit.json`, {})).status).toBe(404);
  expect((await get(`${base}.secret`, {})).status).toBe(404);
  expect((await get(base.replace('/shop/', '/other/'), {})).status).toBe(401);
  expect((await get(`/toolkits/shop/~${'x'.repeat(60)}/start.html`, {})).status).toBe(401);
  const until = /~([a-z0-9]+)\./.exec(base)![1]!;
  const later = (Number.parseInt(until, 36) + 1).toString(36);
  expect((await get(`${base.replace(until, later)}start.html`, {})).status).toBe(401);
  expect(Number.parseInt(until, 36) - Date.now()).toBeLessThanOrEqual(3_600_000);
  expect((await get('/toolkits/shop/start.html', {}, { 'sec-fetch-mode': 'navigate' })).status).toBe(401);
});

test('only who is signed in gets it, and nobody while the toolkit is disabled', async () => {
  expect((await get('/toolkits/shop/start.html', {})).status).toBe(401);
  await didMutateToolkit(app.url, 'disableToolkit', { slug: 'shop' }, admin);

  expect((await get('/toolkits/shop/start.html')).status).toBe(404);
  expect((await data(app.url, '{ toolkit(slug: "shop") { frontendUrl } }', {}, viewer)).toolkit).toEqual({ frontendUrl: null });
  await didMutateToolkit(app.url, 'enableToolkit', { slug: 'shop' }, admin);
  expect((await get('/toolkits/shop/start.html')).status).toBe(200);
});
