import { expect, test } from 'vitest';
import { adminPassword, startTestApp } from '../../support/app.js';
import { needBrowser, Person } from '../support/browser.js';

needBrowser();

const report = {
  file: { name: 'shop.log' },
  format: { title: 'Access log' },
  lines: { total: 1_234 },
  levels: { ERROR: 12, INFO: 1_222 },
  errors: { top: [{ template: '<b>GET /orders/<num> 503</b>', count: 9 }] },
};

/** Somebody who is signed in at an app, by the cookie of the browser. */
async function visitor(url: string): Promise<Person> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation($input: SignInInput!) { signIn(input: $input) { session { id } } }',
      variables: { input: { username: 'admin', password: adminPassword, withCookie: true } },
    }),
  });
  const value = /^signalbox_session=([^;]+);/.exec(answer.headers.get('set-cookie') ?? '')![1]!;
  const person = await Person.sitDown();
  await person.page.context().addCookies([{ name: 'signalbox_session', value, url, httpOnly: true, sameSite: 'Lax' }]);
  return person;
}

test('the report viewer of loglens shows a report, as texts only', async () => {
  const { url } = await startTestApp({ ROLE: 'api' });
  const { page, complaints } = await visitor(url);
  await page.goto(`${url}/toolkits/loglens/index.html`);

  await page
    .getByLabel('Report to show')
    .setInputFiles({ name: 'report.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(report)) });

  await expect.poll(() => page.locator('#report').innerText()).toContain('shop.log: 1,234 lines · Access log');
  expect(await page.locator('#report').innerText()).toContain('<b>GET /orders/<num> 503</b>');
  expect(
    await page
      .locator('section')
      .first()
      .evaluate((element) => getComputedStyle(element).marginBlockStart),
  ).toBe('24px');
  expect(complaints).toEqual([]);
});

test('a page of a toolkit reaches neither the cookie nor the API of its viewer', async () => {
  const { url } = await startTestApp({ ROLE: 'api' });
  const { page } = await visitor(url);
  await page.goto(`${url}/toolkits/loglens/index.html`);

  const tried = await page.evaluate(async (query) => {
    const attempt = async (what: () => unknown): Promise<string> => {
      try {
        return `done: ${String(await what())}`;
      } catch (error) {
        return (error as Error).name;
      }
    };
    return {
      origin: self.origin,
      cookie: await attempt(() => document.cookie),
      storage: await attempt(() => localStorage.length),
      api: await attempt(async () => (await fetch('/graphql', { method: 'POST', credentials: 'include', body: query })).status),
      simple: await attempt(
        async () => (await fetch('/graphql', { method: 'POST', credentials: 'include', mode: 'no-cors', body: query })).type,
      ),
    };
  }, '{"query":"{ me { username } }"}');

  expect(tried).toEqual({ origin: 'null', cookie: 'SecurityError', storage: 'SecurityError', api: 'TypeError', simple: 'TypeError' });
});

test('another page of the same server may embed it, and gives it the report', async () => {
  const { url } = await startTestApp({ ROLE: 'api' });
  const { page } = await visitor(url);
  const body = `<iframe src="/toolkits/loglens/index.html"></iframe><script>
    addEventListener('message', ({ data, source }) => {
      if (data.type === 'loglens.ready') source.postMessage({ type: 'loglens.report', report: ${JSON.stringify(report)} }, '*');
    });
  </script>`;
  await page.route(`${url}/host.html`, (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(`${url}/host.html`);

  await expect.poll(() => page.frameLocator('iframe').locator('#report').innerText()).toContain('shop.log');
});
