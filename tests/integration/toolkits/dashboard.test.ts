import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { data, graphql, signIn } from '../../support/client.js';
import { eventually, startProbeApp } from '../../support/probe.js';
import { didMutateToolkit, mutateToolkit } from '../../support/toolkit-mutations.js';
import { manifestOf, toolkitStorage, workerOf } from '../../support/toolkit-storage.js';
import { signedIn } from '../../support/users.js';

// Loaders call here: how often each was loaded, and how many at once.
const calls = new Map<string, number>();
let [running, most] = [0, 0];
const server = createServer((request, response) => {
  calls.set(request.url!, (calls.get(request.url!) ?? 0) + 1);
  most = Math.max(most, (running += 1));
  setTimeout(() => {
    running -= 1;
    response.end('ok');
  }, 150);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => server.close());
const { port } = server.address() as AddressInfo;
const calling = (result: string): string => `export async function loadContext({ slug, version }) {
  await fetch('http://127.0.0.1:${port}/' + slug);
  ${result}
}`;

const storage = await toolkitStorage();
const put = (slug: string, loader: string, more: object = {}) =>
  storage.write(slug, {
    'toolkit.json': manifestOf(slug, ['go'], { dashboardContextModule: 'context.mjs', ...more }),
    'worker.mjs': workerOf(['go']),
    'context.mjs': loader,
  });
await put('good', calling('return { slug, version, list: [1, 2] };'));
await put('other', 'export const load = () => ({ by: "another name" });', { dashboardContextAttr: 'load' });
await put(
  'throwing',
  `export function loadContext() { throw new Error('nothing at ' + new URL('data/x.json', import.meta.url).pathname + ' or /etc/hosts\\nmore'); }`,
);
await put('reading', `import { readFileSync } from 'node:fs'; export const loadContext = () => readFileSync('/etc/passwd', 'utf8');`);
await put(
  'writing',
  `import { writeFileSync } from 'node:fs'; export const loadContext = () => writeFileSync(new URL('x', import.meta.url), '');`,
);
await put('curious', `export const loadContext = () => ({ env: Object.keys(process.env).sort() });`);
await put('endless', 'export const loadContext = () => { for (;;); };');
await put('large', `export const loadContext = () => 'x'.repeat(300_000);`);
await put('missing', 'export const other = 1;');
await storage.put('plain');
for (let i = 0; i < 6; i++) await put(`many-${i}`, calling('return slug;'));

const app = await startProbeApp({ TOOLKIT_STORAGE_DIR: storage.dir, ROLE: 'api' });
const admin = await signIn(app.url);
const viewer = await signedIn(app, 'vera', []);
const contextOf = async (slug: string) =>
  (await data(app.url, 'query($slug: String!) { toolkit(slug: $slug) { dashboardContext dashboardContextError } }', { slug }, viewer))
    .toolkit;

test('a context is what its loader returns, by the name that the manifest states', async () => {
  expect(await contextOf('good')).toEqual({
    dashboardContext: { slug: 'good', version: '1.0.0', list: [1, 2] },
    dashboardContextError: null,
  });
  expect(await contextOf('other')).toEqual({ dashboardContext: { by: 'another name' }, dashboardContextError: null });
  expect(await contextOf('plain')).toEqual({ dashboardContext: null, dashboardContextError: null });
  const named = '{ toolkits(orderBy: [{ field: SLUG }]) { nodes { slug dashboardContextModule dashboardContextAttr } } }';
  const { nodes } = (await data(app.url, named, {}, viewer)).toolkits;
  expect(nodes).toEqual(
    expect.arrayContaining([
      { slug: 'good', dashboardContextModule: 'context.mjs', dashboardContextAttr: 'loadContext' },
      { slug: 'other', dashboardContextModule: 'context.mjs', dashboardContextAttr: 'load' },
      { slug: 'plain', dashboardContextModule: null, dashboardContextAttr: null },
    ]),
  );
});

test.each([
  ['throwing', 'nothing at data/x.json or …'],
  ['reading', /^Access to this API has been restricted/],
  ['writing', /^Access to this API has been restricted/],
  ['large', 'it is larger than 262144 bytes'],
  ['missing', 'The module exports no function loadContext'],
  ['endless', 'it took longer than 5000 ms'],
])('a loader that is %s reads as null with the reason, without a path of the machine', async (slug, reason) => {
  const { dashboardContext, dashboardContextError } = await contextOf(slug);

  expect(dashboardContext).toBeNull();
  if (typeof reason === 'string') expect(dashboardContextError).toBe(reason);
  else expect(dashboardContextError).toMatch(reason);
  expect(dashboardContextError).not.toContain(storage.dir);
});

test('a loader sees nothing of the environment of the server', async () => {
  expect((await contextOf('curious')).dashboardContext.env).not.toContain('PATH');
});

test('many who ask at once share one load, and who asks again some seconds later gets a new one', async () => {
  await eventually(
    'what was loaded before to be out of date',
    () => contextOf('good').then(() => calls.get('/good')!),
    (count) => count >= 2,
  );
  const before = calls.get('/good')!;

  const answers = await Promise.all(Array.from({ length: 20 }, () => contextOf('good')));

  expect(calls.get('/good')).toBe(before);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});

test('no more than two are loaded at once', async () => {
  most = 0;
  const filter = { slug: { startsWith: 'many-' } };
  const query = 'query($filter: ToolkitFilter) { toolkits(filter: $filter) { nodes { slug dashboardContext dashboardContextError } } }';

  const { toolkits } = await data(app.url, query, { filter }, viewer);

  expect(toolkits.nodes).toHaveLength(6);
  for (const { slug, dashboardContext, dashboardContextError } of toolkits.nodes)
    expect([dashboardContext, dashboardContextError]).toEqual([slug, null]);
  expect(most).toBe(2);
});

test('of a disabled toolkit nothing is loaded', async () => {
  await didMutateToolkit(app.url, 'disableToolkit', { slug: 'other' }, admin);

  expect(await contextOf('other')).toEqual({ dashboardContext: null, dashboardContextError: null });
});

test('cards are shown as the manifest has them, with the back end that a toolkit had elsewhere', async () => {
  const cards = [
    { title: 'Go', description: 'Goes', icon: 'play', operation: 'go' },
    { title: 'Look', description: 'Looks', link: 'https://example.com/x', query: '{ me { id } }' },
  ];
  await storage.put('carded', ['go'], { dashboardCards: cards, backendModule: 'toolkits.carded.backend', backendRouterAttr: 'router' });
  await didMutateToolkit(app.url, 'registerToolkit', { slug: 'carded' }, admin);

  const { toolkit } = await data(app.url, '{ toolkit(slug: "carded") { dashboardCards backendModule backendRouterAttr } }', {}, viewer);

  expect(toolkit).toEqual({ dashboardCards: cards, backendModule: 'toolkits.carded.backend', backendRouterAttr: 'router' });
});

const card = { title: 'T', description: 'D' };
test.each([
  ['a card without a title', { dashboardCards: [{ description: 'D' }] }, 'dashboardCards.0.title'],
  ['a card with an unknown field', { dashboardCards: [{ ...card, colour: 'red' }] }, 'colour'],
  ['a card whose link is a script', { dashboardCards: [{ ...card, link: 'javascript:alert(1)' }] }, 'dashboardCards.0.link'],
  [
    'a card whose link leads to another host by two slashes',
    { dashboardCards: [{ ...card, link: '//evil.example' }] },
    'dashboardCards.0.link',
  ],
  ['a card of an operation that there is not', { dashboardCards: [{ ...card, operation: 'run' }] }, 'dashboardCards.0.operation'],
  ['a card with a mutation', { dashboardCards: [{ ...card, query: 'mutation { x }' }] }, 'dashboardCards.0.query'],
  ['21 cards', { dashboardCards: Array.from({ length: 21 }, () => card) }, 'dashboardCards'],
  ['a context function without a module', { dashboardContextAttr: 'load' }, 'dashboardContextAttr'],
  ['a context module that is not there', { dashboardContextModule: 'no.mjs' }, 'no.mjs is missing'],
  ['a context module elsewhere', { dashboardContextModule: '../no.mjs' }, 'dashboardContextModule'],
  ['a page at its root', { frontendEntry: 'index.html' }, 'frontendEntry'],
  ['a page elsewhere', { frontendEntry: '../web/index.html' }, 'frontendEntry'],
  ['a page that is not there', { frontendEntry: 'web/index.html' }, 'web/index.html is missing'],
])('a manifest with %s is not in order', async (_case, more, complaint) => {
  await storage.put('wrong', ['go'], more);

  const { errors } = await mutateToolkit(app.url, 'registerToolkit', { slug: 'wrong' }, admin);

  expect(errors).toMatchObject([{ message: expect.stringContaining(complaint), extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('the toolkit that comes along has cards whose queries can be run, a context, and a page', async () => {
  const shipped = await startProbeApp({ TOOLKIT_STORAGE_DIR: fileURLToPath(new URL('../../../toolkits', import.meta.url)), ROLE: 'api' });
  const auth = await signIn(shipped.url);
  const { toolkit } = await data(
    shipped.url,
    '{ toolkit(slug: "loglens") { dashboardCards dashboardContext dashboardContextError frontendUrl } }',
    {},
    auth,
  );

  expect(toolkit).toMatchObject({
    dashboardContextError: null,
    dashboardContext: { parameters: { top: { default: 10 } } },
    frontendUrl: '/toolkits/loglens/index.html',
  });
  const queries = toolkit.dashboardCards.flatMap(({ query }: { query?: string }) => query ?? []);
  expect(queries.length).toBeGreaterThan(0);
  for (const query of queries) expect((await graphql(shipped.url, query, {}, auth)).errors).toBeUndefined();
  expect((await fetch(`${shipped.url}${toolkit.frontendUrl}`, { headers: { authorization: `Bearer ${auth.token}` } })).status).toBe(200);
});
