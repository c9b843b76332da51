import { expect, test, vi } from 'vitest';
import { startTestApp, adminPassword } from '../../support/app.js';
import { data, graphql, signIn, upload, authHeaders } from '../../support/client.js';
import { aUser, signedIn } from '../../support/users.js';
import http from 'node:http';

const app = await startTestApp({ ROLE: 'api' });
const show = (what: string, x: unknown) => console.log(`## ${what}: ${typeof x === 'string' ? x : JSON.stringify(x)}`);
const post = async (what: string, init: RequestInit, path = '/graphql') => {
  try {
    const r = await fetch(app.url + path, init);
    show(what, `${r.status} ${r.headers.get('content-type')} ${(await r.text()).slice(0, 600)}`);
  } catch (e) { show(what, `THREW ${e} ${(e as any).cause}`); }
};
const json = { 'content-type': 'application/json' };
test('explore', async () => {
  const auth = await signIn(app.url);
  const h = { ...json, ...authHeaders(auth) };
  await post('malformed', { method: 'POST', headers: json, body: '{' });
  await post('text', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{me{id}}"}' });
  await post('oversize', { method: 'POST', headers: json, body: JSON.stringify({ query: 'x'.repeat(2 ** 21) }) });
  await post('oversize 64M', { method: 'POST', headers: json, body: JSON.stringify({ query: 'x'.repeat(2 ** 26) }) });
  await post('oversize chunked', { method: 'POST', headers: json, duplex: 'half', body: new ReadableStream({ start(c) { for (let i = 0; i < 64; i++) c.enqueue(new Uint8Array(2 ** 18).fill(97)); c.close(); } }) } as any);
  await post('syntax', { method: 'POST', headers: json, body: JSON.stringify({ query: '{ me {' }) });
  await post('unknown field', { method: 'POST', headers: json, body: JSON.stringify({ query: '{ me { nope } }' }) });
  await post('bad variables', { method: 'POST', headers: json, body: JSON.stringify({ query: 'query($id: ID!) { node(id: $id) { id } }' , variables: { id: {} } }) });
  await post('no variables', { method: 'POST', headers: json, body: JSON.stringify({ query: 'query($id: ID!) { node(id: $id) { id } }'  }) });
  await post('tokens', { method: 'POST', headers: json, body: JSON.stringify({ query: `{ ${'me { id } '.repeat(2000)} }` }) });
  await post('GET', { method: 'GET' }, '/graphql?query=%7Bme%7Bid%7D%7D');
  await post('GET ok', { method: 'GET', headers: { 'apollo-require-preflight': '1' } }, '/graphql?query=%7Bme%7Bid%7D%7D');
  await post('GET mutation', { method: 'GET', headers: { 'apollo-require-preflight': '1' } }, '/graphql?query=' + encodeURIComponent('mutation { signOut { isSignedOut } }'));
  await post('GET empty', { method: 'GET', headers: { 'apollo-require-preflight': '1' } }, '/graphql');
  await post('subscription', { method: 'POST', headers: h, body: JSON.stringify({ query: 'subscription { jobEvents { cursor } }' }) });
  await post('batch', { method: 'POST', headers: json, body: JSON.stringify([{ query: '{me{id}}' }]) });
  await post('query number', { method: 'POST', headers: json, body: JSON.stringify({ query: 4 }) });
  await post('vars string', { method: 'POST', headers: json, body: JSON.stringify({ query: '{me{id}}', variables: '{}' }) });
  await post('opname', { method: 'POST', headers: json, body: JSON.stringify({ query: 'query a {me{id}}', operationName: 'b' }) });
  await post('accept', { method: 'POST', headers: { ...json, accept: 'text/html' }, body: JSON.stringify({ query: '{me{id}}' }) });
  await post('garbage bearer', { method: 'POST', headers: { ...json, authorization: 'Bearer x' }, body: JSON.stringify({ query: '{me{id}}' }) });
  await post('origin', { method: 'POST', headers: { ...json, origin: 'https://evil.example' }, body: JSON.stringify({ query: '{me{id}}' }) });
  await post('unknown path', {}, '/nope');
  await post('health', {}, '/healthz');
  await post('ready', {}, '/readyz');
  await post('anon users', { method: 'POST', headers: json, body: JSON.stringify({ query: '{users{totalCount}}' }) });
  await post('persisted', { method: 'POST', headers: json, body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }) });
  const q = (what: string, query: string, variables: object = {}) => post(what, { method: 'POST', headers: h, body: JSON.stringify({ query, variables }) });
  const cur = (x: unknown) => Buffer.from(JSON.stringify(x)).toString('base64url');
  for (const [n, c] of Object.entries({ junk: 'junk', other: cur([1, 'Role:createdAt,id', '2026-01-01', 'x']), dateless: cur([1, 'User:createdAt,id', 'x', 'y']), obj: cur([1, 'User:createdAt,id', {}, {}]), arr: cur([1, 'User:createdAt,id', [1], ['a']]), bool: cur([1, 'User:createdAt,id', true, false]), nul: cur([1, 'User:createdAt,id', null, null]), num: cur([1, 'User:createdAt,id', 1, 2]), short: cur([1, 'User:createdAt,id', 1]), nulchar: cur([1, 'User:createdAt,id', 'a\u0000', 'b']) }))
    await q(`cursor ${n}`, 'query($c: String){ users(after: $c) { totalCount nodes { id } } }', { c });
  for (const args of ['first: -1', 'first: 501', 'last: -1', 'last: 501', 'first: 1, last: 1', 'first: 1, before: "x"', 'last: 1, after: "x"', 'first: 0', 'last: 0', 'first: 99999999999', 'first: 1.5'])
    await q(`args ${args}`, `{ users(${args}) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`);
  for (const f of ['{id:{eq:"x"}}', '{id:{in:["x"]}}', '{username:{eq:"a\\u0000"}}', '{username:null}', '{username:{eq:null}}', '{and:null}', '{or:[]}', '{and:[]}', '{not:{}}', '{}', '{username:{startsWith:"ad%"}}', '{username:{startsWith:"\\\\"}}', '{isActive:{eq:true}}', '{username:{isNull:null}}','{username:{in:[]}}', '{username:{gt:"a", lt:"b"}}'])
    await q(`filter ${f}`, `{ users(filter: ${f}) { nodes { username } totalCount } }`);
  for (const depth of [100, 1000, 3000, 10000, 50000, 140000])
    await post(`depth ${depth}`, { method: 'POST', headers: h, body: `{"query":"query($f: UserFilter){ users(filter: $f) { totalCount } }","variables":{"f":${'{"not":'.repeat(depth)}{"username":{"eq":"admin"}}${'}'.repeat(depth)}}}` });
  await post('jwks', {}, '/.well-known/jwks.json');
  await post('metrics', {}, '/metrics');
  await post('bad sign-in link', {}, '/sign-in?token=x');
  await q('nul sign in', 'mutation { signIn(input: {username: "a\\u0000", password: "x"}) { accessToken } }');
  await q('long name', 'mutation($n:String!) { signIn(input: {username: $n, password: "x"}) { accessToken } }', { n: 'x'.repeat(201) });
  await q('user both', '{ user(id: "x", username: "y") { id } }');
  await q('user none', '{ user { id } }');
  await q('node x', '{ node(id: "x") { id } }');
  await q('revoke x', 'mutation { revokeSession(input: {id: "x"}) { session { id } } }');
  // simultaneous sign-ins
  const both = await Promise.all(Array.from({ length: 5 }, () => graphql(app.url, 'mutation { signIn(input: {username: "admin", password: "' + adminPassword + '"}) { accessToken } }')));
  show('both', both.map((b) => b.errors?.[0]?.message ?? 'ok'));
  // uploads
  const up = (what: string, body: any, headers: any = {}) => post(what, { method: 'POST', headers: { ...authHeaders(auth), ...headers }, body }, '/uploads');
  const fd = () => { const f = new FormData(); f.append('file', new Blob(['hello']), 'a\u0000b'); return f; };
  await up('nul name', fd());
  await up('no boundary', 'x', { 'content-type': 'multipart/form-data' });
  await up('empty multipart', '--b--\r\n', { 'content-type': 'multipart/form-data; boundary=b' });
  await up('not multipart', 'x', { 'content-type': 'text/plain' });
  await up('truncated', '--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\nabc', { 'content-type': 'multipart/form-data; boundary=b' });
  const none = new FormData(); none.append('x', 'y');
  await up('field only', none);
}, 120_000);
