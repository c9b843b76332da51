import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { callExternalTool } from '#domains/tools/sources/call-external-tool.js';
import { refreshOauth } from '#domains/tools/sources/oauth/refresh-oauth.js';
import { openOauth } from '#domains/tools/sources/oauth/stored-oauth.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { authHeaders, signIn } from '../../support/client.js';
import { offer, startChangingServer } from '../../support/mcp/changing-server.js';
import { startGuard } from '../../support/mcp/guard.js';
import { startOauthServer } from '../../support/mcp/oauth-server.js';
import { mutated, refused } from '../../support/mutation.js';
import { setTo } from '../../support/settings.js';
import { aSource, discovered, readSource, sourceNow } from '../../support/sources.js';
import { SsoBrowser } from '../../support/sso/browser.js';

const app = await startTestApp({ WORKER_CONCURRENCY: '4' });
const root = await signIn(app.url);
await setTo(app, 'tools.privateHosts', ['127.0.0.1'], root);

const scene = async () => {
  const peer = await startChangingServer(offer('one'));
  const guard = await startGuard(peer.url);
  const oauth = await startOauthServer(guard);
  return { guard, oauth, source: await aSource(app, { url: guard.url, authType: 'OAUTH' }) };
};

/** Begins an authorization in a browser; returns where that is sent. */
async function begin(source: { id: string }, browser: SsoBrowser): Promise<string> {
  const query =
    'mutation($input: BeginExternalMcpAuthorizationInput!) { beginExternalMcpAuthorization(input: $input) { authorizationUrl } }';
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authHeaders(root) },
    body: JSON.stringify({ query, variables: { input: { source: source.id, returnTo: '/healthz' } } }),
  });
  for (const line of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    browser.setCookie(app.url, name!, value!);
  }
  const { data, errors } = (await response.json()) as { data: any; errors?: object[] };
  if (errors) throw new Error(JSON.stringify(errors));
  return data.beginExternalMcpAuthorization.authorizationUrl;
}

const authorize = async (source: { id: string }) => {
  const browser = new SsoBrowser('somebody');
  return browser.open(await begin(source, browser));
};

const storedOf = async (source: { id: string }) => openOauth(app.system.services.get(KeyRing), await sourceNow(app, source));

test('[mcpbox-46] a browser grants access: Signalbox registers itself, and keeps tokens, end point and expiry sealed, issuer and client beside', async () => {
  const { oauth, source } = await scene();
  expect((await discovered(app, source, root)).source.statusMessage).toMatch(/^Nobody has authorized Signalbox there yet/);

  const visited = await authorize(source);

  expect([visited.status, new URL(visited.url).pathname]).toEqual([200, '/healthz']);
  const { job } = await discovered(app, source, root);
  expect(job.status).toBe('SUCCEEDED');
  const seen = await readSource(app, source, 'hasOauthTokens oauthIssuer oauthClientId oauthExpiresAt status toolCount', root);
  const stored = (await storedOf(source))!;
  expect(seen).toEqual({
    hasOauthTokens: true,
    oauthIssuer: oauth.issuer,
    oauthClientId: stored.client.client_id,
    oauthExpiresAt: stored.expiresAt,
    status: 'ACTIVE',
    toolCount: 1,
  });
  expect(stored.tokenEndpoint).toBe(`${oauth.issuer}/token`);
  expect(oauth.registrations).toBe(1);
  const all = JSON.stringify(
    await rowsOf(
      app,
      sql`select to_jsonb(s) as source, (select json_agg(c) from changes c) as changes from external_mcp_sources s where id = ${source.id}::uuid`,
    ),
  );
  for (const secret of [stored.tokens.access_token, stored.tokens.refresh_token!, stored.client.client_secret!])
    expect(all).not.toContain(secret);
});

test('access is refreshed before it ends, and by one of those only who need it at the same time', async () => {
  const { oauth, source } = await scene();
  oauth.accessSeconds = 20;
  await authorize(source);
  oauth.accessSeconds = 600;
  const used = (await storedOf(source))!.tokens.access_token;

  const [one, other] = await Promise.all([refreshOauth(app.system, source.id, used), refreshOauth(app.system, source.id, used)]);

  expect(one.tokens.access_token).not.toBe(used);
  expect(other.tokens).toEqual(one.tokens);
  expect(oauth.refreshes).toBe(1);
  expect((await discovered(app, source, root)).job.status).toBe('SUCCEEDED');
  expect(oauth.refreshes).toBe(1);
});

test('a token that is refused is refreshed; when nothing is granted any more, the source says so and asks for a new authorization', async () => {
  const { oauth, guard, source } = await scene();
  await authorize(source);
  const call = () =>
    callExternalTool(app.system, {
      sourceId: source.id,
      toolName: 'one',
      parameters: {},
      signal: new AbortController().signal,
      timeoutMs: 10_000,
    });
  await call();
  const { admits } = guard;
  const old = `Bearer ${(await storedOf(source))!.tokens.access_token}`;
  guard.admits = (request) => request.headers.authorization !== old && admits(request);
  await call();
  expect(oauth.refreshes).toBe(1);

  await oauth.revoke();
  await expect(call()).rejects.toMatchObject({
    fault: 'UNAUTHORIZED',
    message: expect.stringMatching(/has ended: begin its OAuth authorization again$/),
  });
  expect(await readSource(app, source, 'hasOauthTokens status oauthExpiresAt', root)).toEqual({
    hasOauthTokens: false,
    status: 'ERROR',
    oauthExpiresAt: null,
  });

  guard.admits = admits;
  await authorize(source);
  await call();
  expect((await sourceNow(app, source)).status).toBe('ACTIVE');
});

test('only the browser that was sent comes back, once, and what it comes back with is for its source only', async () => {
  const { source } = await scene();
  const callback = /\/mcp-sources\/oauth\/callback/;
  const browser = new SsoBrowser('somebody');
  const { url } = await browser.open(await begin(source, browser), callback);

  const stranger = await new SsoBrowser().open(url);
  const forged = await browser.open(url.replace(/state=[^&]+/, `state=${source.id}.x`));
  expect([stranger.status, forged.status]).toEqual([401, 401]);
  expect((await sourceNow(app, source)).sealedOauth).toBeNull();

  expect((await browser.open(url)).status).toBe(200);
  expect((await browser.open(url)).status).toBe(401);
  expect((await sourceNow(app, source)).sealedOauth).not.toBeNull();
});

test('a refusal of the person, another address and an API without a browser leave nothing granted', async () => {
  const { source } = await scene();
  const browser = new SsoBrowser('somebody');
  const { url } = await browser.open(await begin(source, browser), /\/mcp-sources\/oauth\/callback/);
  const denied = await browser.open(url.replace(/code=[^&]+/, 'error=access_denied'));
  expect([denied.status, denied.page]).toEqual([412, 'Access was not granted (access_denied)\n']);
  expect((await sourceNow(app, source)).sealedOauth).toBeNull();

  await authorize(source);
  const { revision } = await sourceNow(app, source);
  await mutated(
    app,
    'updateExternalMcpSource',
    { id: source.id, expectedRevision: revision, url: 'https://elsewhere.example.com/mcp' },
    root,
  );
  expect(await sourceNow(app, source)).toMatchObject({ sealedOauth: null, oauthClientId: null, oauthIssuer: null, oauthExpiresAt: null });

  const plain = await aSource(app, { url: 'https://a.example.com/mcp' });
  expect((await refused(app, 'beginExternalMcpAuthorization', { source: plain.id }, root)).code).toBe('PRECONDITION_FAILED');
});
