import { createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { listen } from './testing/listen.mjs';
import { makeCertificate } from './testing/make-certificate.mjs';
import { runOperation } from './testing/run-operation.mjs';

const day = 86_400_000;
const inDays = (days) => new Date(Date.now() + days * day + 3_600_000);
const authority = makeCertificate({ name: 'Test CA', to: inDays(3650), isAuthority: true });
const trusting = { settings: { allowList: ['localhost', '127.0.0.1'], certificateAuthorities: [authority.cert] } };

/** A TLS server with a certificate that the authority of this test has signed. */
async function serving(wanted, options = {}) {
  const { key, cert } = makeCertificate({
    name: 'localhost',
    altNames: ['localhost', '*.test.example', '127.0.0.1'],
    issuer: authority,
    ...wanted,
  });
  const server = createServer({ key, cert: `${cert}${authority.cert}`, ...options }, (socket) => socket.on('error', () => {}).end());
  server.on('tlsClientError', () => {});
  return listen(server);
}

const probe = async (port, parameters = {}, options = trusting) =>
  runOperation('tls', { host: 'localhost', port, attempts: 1, ...parameters }, options);

test('a handshake reports protocol, cipher, chain, names, validity and trust', async () => {
  const port = await serving({ to: inDays(100) });

  const { result, lines, files } = await probe(port, { attempts: 2 });

  expect(result).toMatchObject({
    host: 'localhost',
    port,
    servername: 'localhost',
    isReachable: true,
    protocol: 'TLSv1.3',
    cipher: expect.stringMatching(/^TLS_AES_/),
    isHostnameMatch: true,
    isTrusted: true,
    trustError: null,
    daysLeft: 100,
    level: 'OK',
    attempts: 2,
    succeeded: 2,
    lossPercent: 0,
  });
  expect(result.chain).toEqual([
    {
      subject: 'CN=localhost',
      issuer: 'CN=Test CA',
      isSelfSigned: false,
      subjectAltNames: ['DNS:localhost', 'DNS:*.test.example', 'IP Address:127.0.0.1'],
      serialNumber: expect.stringMatching(/^40[\dA-F]{16}$/),
      fingerprint256: expect.stringMatching(/^([\dA-F]{2}:){31}[\dA-F]{2}$/),
      keyType: 'ec',
      validFrom: expect.stringMatching(/Z$/),
      validTo: expect.stringMatching(/Z$/),
      daysLeft: 100,
      level: 'OK',
    },
    expect.objectContaining({ subject: 'CN=Test CA', issuer: 'CN=Test CA', isSelfSigned: true, daysLeft: 3650 }),
  ]);
  expect(lines.at(-1)).toMatchObject({ level: 'INFO', text: 'The certificates are valid for another 100 days' });
  expect(files['attempts.csv'].split('\r\n')[0]).toBe('attempt,at,isOk,ms,dnsMs,connectMs,tlsMs,protocol,address,error');
});

test.each([
  [{ to: inDays(29) }, {}, 'WARN', 'WARN', 'A certificate is valid for another 29 days only, fewer than 30'],
  [{ to: inDays(30) }, {}, 'OK', 'INFO', 'The certificates are valid for another 30 days'],
  [{ to: inDays(59) }, { warnDays: 60 }, 'WARN', 'WARN', 'A certificate is valid for another 59 days only, fewer than 60'],
  [{ to: inDays(6) }, {}, 'CRITICAL', 'ERROR', 'A certificate is valid for another 6 days only'],
  [{ from: inDays(-20), to: inDays(-2) }, {}, 'EXPIRED', 'ERROR', 'A certificate is expired'],
  [{ from: inDays(2), to: inDays(90) }, {}, 'NOT_YET_VALID', 'ERROR', 'A certificate is not yet valid'],
])('of a certificate with %j and %j the level is %s', async (wanted, parameters, level, logLevel, text) => {
  const { result, lines } = await probe(await serving(wanted), parameters);

  expect(result.level).toBe(level);
  expect(result.succeeded).toBe(1);
  expect(lines).toContainEqual({ level: logLevel, text });
});

test.each([
  ['localhost', true, true],
  ['api.test.example', true, true],
  ['127.0.0.1', true, true],
  ['other.example', false, false],
])('for the name %s, that the certificate is for it is %s', async (servername, isHostnameMatch, isTrusted) => {
  const { result, lines } = await probe(await serving({ to: inDays(100) }), { servername });

  expect(result).toMatchObject({ servername, isHostnameMatch, isTrusted });
  expect(lines.some(({ text }) => text === `The certificate is not for ${servername}`)).toBe(!isHostnameMatch);
});

test('a certificate that signs itself is not trusted, and reported all the same', async () => {
  const port = await serving({ to: inDays(100), issuer: undefined });

  const { result, lines } = await probe(port, {}, { settings: { allowList: ['localhost'] } });

  expect(result).toMatchObject({ isReachable: true, isTrusted: false, level: 'OK' });
  expect(result.chain[0]).toMatchObject({ subject: 'CN=localhost', isSelfSigned: true });
  expect(lines.at(-1)).toMatchObject({ level: 'ERROR', text: expect.stringMatching(/^The certificate is not trusted: [A-Z_]+$/) });
});

test('an old protocol is told', async () => {
  const { result } = await probe(await serving({ to: inDays(100) }, { maxVersion: 'TLSv1.2' }));

  expect(result).toMatchObject({ protocol: 'TLSv1.2', isTrusted: true });
});

test('what is no TLS is lost, and what is not public is refused', async () => {
  const { createServer: createPlain } = await import('node:net');
  const port = await listen(
    createPlain((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('hello\n'),
    ),
  );

  const { result } = await probe(port);
  expect(result).toMatchObject({ isReachable: false, level: null, chain: [], succeeded: 0 });
  await expect(probe(port, {}, { settings: {} })).rejects.toThrow('is refused');
});
