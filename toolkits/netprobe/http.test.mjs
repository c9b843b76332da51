import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { expect, test } from 'vitest';
import { listen } from './testing/listen.mjs';
import { makeCertificate } from './testing/make-certificate.mjs';
import { runOperation } from './testing/run-operation.mjs';

const inAYear = new Date(Date.now() + 365 * 86_400_000);

/** A server that answers by path. */
async function serving(answers) {
  const asked = [];
  const port = await listen(
    createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const { status = 200, headers = {}, body = '' } = answers[request.url.split('?')[0]] ?? { status: 404 };
      response.writeHead(status, headers).end(body);
    }),
  );
  return { url: `http://127.0.0.1:${port}`, port, asked };
}

const ask = (url, parameters = {}, options) => runOperation('http', { url, attempts: 1, ...parameters }, options);

test('an answer is reported with its status and how long each phase took', async () => {
  const { url, asked } = await serving({ '/': { body: 'all is well' } });

  const { result, files, lines } = await ask(`${url}/?token=geheim`, { attempts: 3, expectedStatus: [200], expectedText: 'is well' });

  const number = expect.any(Number);
  const figures = { min: number, p50: number, p90: number, p99: number, max: number };
  expect(result).toEqual({
    url: `${url}/`,
    isReachable: true,
    isExpected: true,
    status: 200,
    finalUrl: `${url}/`,
    redirects: [],
    phasesMs: { dnsMs: figures, connectMs: figures, tlsMs: null, firstByteMs: figures, bodyMs: figures },
    attempts: 3,
    succeeded: 3,
    lossPercent: 0,
    latencyMs: figures,
    errors: [],
  });
  expect(asked).toEqual(['GET /?token=geheim', 'GET /?token=geheim', 'GET /?token=geheim']);
  expect(files['attempts.csv'].split('\r\n')[0]).toBe(
    'attempt,at,isOk,ms,status,dnsMs,connectMs,tlsMs,firstByteMs,bodyMs,redirects,address,error',
  );
  expect(JSON.stringify([result, lines, files])).not.toContain('geheim');
});

test.each([
  [{}, 'Status 404'],
  [{ expectedStatus: [200, 204] }, 'Status 404, expected 200 or 204'],
  [{ expectedStatus: [404], expectedText: 'sorry' }, 'The expected text is not in the body'],
  [{ expectedStatus: [404] }, null],
])('an answer 404 with the expectation %j counts as lost for "%s"', async (parameters, failure) => {
  const { url } = await serving({});

  const { result } = await ask(`${url}/missing`, parameters);

  expect(result).toMatchObject({ isReachable: true, isExpected: failure === null, status: 404, succeeded: failure === null ? 1 : 0 });
  expect(result.errors).toEqual(failure === null ? [] : [{ error: failure, count: 1 }]);
});

test('redirects are followed and told, up to a bound', async () => {
  const to = (location) => ({ status: 302, headers: { location } });
  const { url } = await serving({ '/a': to('/b'), '/b': to('c?x=1'), '/c': { body: 'there' }, '/loop': to('/loop') });

  expect((await ask(`${url}/a`)).result).toMatchObject({
    status: 200,
    finalUrl: `${url}/c`,
    redirects: [
      { url: `${url}/a`, status: 302, address: '127.0.0.1' },
      { url: `${url}/b`, status: 302, address: '127.0.0.1' },
    ],
  });
  expect((await ask(`${url}/a`, { maxRedirects: 0 })).result).toMatchObject({ status: 302, redirects: [], isExpected: true });
  expect((await ask(`${url}/loop`, { maxRedirects: 3 })).result.errors).toEqual([{ error: 'More than 3 redirects', count: 1 }]);
});

test('each hop of a redirect is checked: what is not public is not asked, and why is reported', async () => {
  const inside = await serving({ '/secret': { body: 'inside' } });
  const to = (location) => ({ status: 302, headers: { location } });
  const outside = await serving({
    '/port': to(`${inside.url}/secret`),
    '/mapped': to(`http://[::ffff:127.0.0.1]:${inside.port}/secret`),
    '/decimal': to(`http://2130706433:${inside.port}/secret`),
    '/metadata': to('http://169.254.169.254/latest/meta-data/'),
    '/file': to('file:///etc/passwd'),
    '/credentials': to(`http://a:b@127.0.0.1:${inside.port}/secret`),
  });
  const settings = { allowList: [`127.0.0.1:${outside.port}`] };
  const errorOf = async (path) => (await ask(`${outside.url}${path}`, {}, { settings })).result.errors[0].error;

  expect(await errorOf('/port')).toContain(`127.0.0.1:${inside.port}/secret, hop 2: 127.0.0.1:${inside.port} is refused`);
  expect(await errorOf('/decimal')).toContain('is refused');
  expect(await errorOf('/mapped')).toContain('is refused');
  expect(await errorOf('/metadata')).toContain('is refused, because it is not public (metadata)');
  expect(await errorOf('/file')).toBe('This is no http or https URL');
  expect(await errorOf('/credentials')).toBe('A URL with credentials is not asked for');
  expect(inside.asked).toEqual([]);
});

test('a large body is read up to a bound, and HEAD reads none', async () => {
  const { url, asked } = await serving({ '/big': { body: `${'x'.repeat(3 * 1024 * 1024)}end` } });

  expect((await ask(`${url}/big`, { expectedText: 'end' })).result.errors).toEqual([
    { error: 'The expected text is not in the first 1 MiB of the body', count: 1 },
  ]);
  expect((await ask(`${url}/big`, { method: 'HEAD' })).result).toMatchObject({ status: 200, succeeded: 1 });
  expect(asked).toEqual(['GET /big', 'HEAD /big']);
});

test('a server that does not answer in time, and one that answers with something else, are lost', async () => {
  const silent = await listen(createServer(() => {}));
  const secure = await serving({});

  expect((await ask(`http://127.0.0.1:${silent}/`, { timeoutMs: 100 })).result).toMatchObject({
    isReachable: false,
    errors: [{ error: 'No answer within 100 ms', count: 1 }],
  });
  expect((await ask(`https://127.0.0.1:${secure.port}/`)).result.errors[0].error).toMatch(/^(EPROTO|ERR_SSL)/);
});

test('https is asked with a certificate that is trusted, or with any when the caller says so', async () => {
  const authority = makeCertificate({ name: 'Test CA', to: inAYear, isAuthority: true });
  const { key, cert } = makeCertificate({ name: 'localhost', altNames: ['localhost'], to: inAYear, issuer: authority });
  const port = await listen(createSecureServer({ key, cert }, (_request, response) => response.end('safe')));
  const url = `https://localhost:${port}/`;
  const trusting = { allowList: ['localhost'], certificateAuthorities: [authority.cert] };

  const trusted = await ask(url, { expectedText: 'safe' }, { settings: trusting });
  expect(trusted.result).toMatchObject({ status: 200, succeeded: 1, phasesMs: { tlsMs: { min: expect.any(Number) } } });
  expect((await ask(url)).result.errors).toEqual([{ error: 'The certificate is not trusted: UNABLE_TO_VERIFY_LEAF_SIGNATURE', count: 1 }]);
  expect((await ask(url, { verifyCertificate: false })).result).toMatchObject({ status: 200, succeeded: 1 });
});
