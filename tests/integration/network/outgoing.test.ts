import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import type { Resolve } from '#core/network/checked-connector.js';
import { Outgoing, type OutgoingRules } from '#core/network/outgoing.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return (server.address() as AddressInfo).port;
}

const names: Record<string, string[]> = {
  'inside.test': ['127.0.0.1'],
  'other.test': ['127.0.0.1'],
  'mixed.test': ['8.8.8.8', '127.0.0.1'],
  'metadata.test': ['169.254.169.254'],
  'nat64.test': ['64:ff9b::7f00:1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'unique.test': ['fd00::1'],
};
const resolve: Resolve = async (host) =>
  (names[host.replace(/\.$/, '')] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

function open(rules: Partial<OutgoingRules> = {}, how = resolve): Outgoing {
  const outgoing = new Outgoing({ isAllowed: () => true, maxBytes: 1_000, timeoutMs: 5_000, ...rules }, how);
  ends.push(() => outgoing.close());
  return outgoing;
}

const inside = { privateHosts: ['inside.test', 'other.test'] };

test('a host of the own network answers where it is named as such, with status, headers and body', async () => {
  const asked: unknown[] = [];
  const port = await serve(async (request, response) => {
    const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>);
    asked.push([request.method, request.url, request.headers['x-key'], Buffer.concat(chunks).toString()]);
    response.writeHead(201, { 'x-answer': 'yes' }).end('made');
  });

  const response = await open(inside).fetch(`http://Inside.test.:${port}/a?b=c`, {
    method: 'POST',
    headers: { 'X-Key': '1' },
    body: 'hello',
  });

  expect([response.status, response.headers.get('x-answer'), await response.text()]).toEqual([201, 'yes', 'made']);
  expect(response).toBeInstanceOf(Response);
  expect(asked).toEqual([['POST', '/a?b=c', '1', 'hello']]);
});

test.each([
  'http://127.0.0.1:PORT/',
  'http://127.1:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f000001:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::1]:PORT/',
  'http://[64:ff9b::7f00:1]:PORT/',
  'http://0.0.0.0:PORT/',
  'http://①②⑦.0.0.1:PORT/',
  'http://169.254.169.254/latest/meta-data',
  'http://[fd00:ec2::254]/latest',
  'http://localhost:PORT/',
  'http://mixed.test:PORT/',
  'http://metadata.test/',
  'http://nat64.test:PORT/',
  'http://mapped.test:PORT/',
  'http://unique.test:PORT/',
  'http://inside.test:PORT/',
])('%s is not asked, and the refusal names no address behind a name', async (url) => {
  let asked = 0;
  const port = await serve((_request, response) => void response.end(String((asked += 1))));
  const everything: Resolve = async (host) => (host === 'localhost' ? [{ address: '127.0.0.1', family: 4 }] : resolve(host));

  const refusal = open({}, everything).fetch(url.replace('PORT', String(port)));

  await expect(refusal).rejects.toMatchObject({ name: 'OutgoingError', fault: 'REFUSED' });
  await expect(refusal).rejects.toThrow(/is refused, because (it|an address of it) is not public/);
  if (url.includes('.test')) await expect(refusal).rejects.not.toThrow(/\d+\.\d+\.\d+\.\d+/);
  expect(asked).toBe(0);
});

test('a name of the own network opens no metadata address', async () => {
  const outgoing = open({ privateHosts: ['metadata.test', '169.254.169.254'] });

  await expect(outgoing.fetch('http://metadata.test/')).rejects.toThrow('an address of it is not public (metadata)');
  await expect(outgoing.fetch('http://169.254.169.254/')).rejects.toThrow('it is not public (metadata)');
});

test('what was looked up is what is connected to, however the resolver answers next', async () => {
  const port = await serve((_request, response) => void response.end('reached'));
  let lookups = 0;
  const rebinding: Resolve = async () => [{ address: (lookups += 1) === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }];

  await expect(open({}, rebinding).fetch(`http://rebinding.test:${port}/`)).rejects.toThrow('(documentation)');
  expect(lookups).toBe(1);
});

test('host and port are asked for, in their plain form', async () => {
  const asked: unknown[] = [];
  const isAllowed = (host: string, port: number): boolean => asked.push([host, port]) < 0;
  const outgoing = open({ isAllowed });

  for (const url of ['https://Example.COM./', 'http://example.com/', 'http://0x7f.1:81/', 'http://[::1]/'])
    await expect(outgoing.fetch(url)).rejects.toMatchObject({ fault: 'REFUSED' });

  expect(asked).toEqual([
    ['example.com', 443],
    ['example.com', 80],
    ['127.0.0.1', 81],
    ['::1', 80],
  ]);
});

test.each([
  ['file:///etc/passwd', 'Only http and https'],
  ['ftp://example.com/', 'Only http and https'],
  ['data:text/plain,x', 'Only http and https'],
  ['ws://example.com/', 'Only http and https'],
  ['http://allowed.test@127.0.0.1/', 'a user name or password'],
  ['http://a:b@example.com/', 'a user name or password'],
])('%s is refused by its form', async (url, why) => {
  await expect(open().fetch(url)).rejects.toThrow(why);
});

test.each(['host', 'transfer-encoding', 'upgrade', 'proxy-authorization', 'expect'])('the header %s cannot be given', async (name) => {
  await expect(open(inside).fetch('http://inside.test/', { headers: { [name]: 'x' } })).rejects.toThrow(
    `The header ${name} cannot be sent along`,
  );
});

test('a line break in a header or method makes no second request', async () => {
  const outgoing = open(inside);

  await expect(outgoing.fetch('http://inside.test/', { headers: { 'x-a': 'b\r\nhost: evil' } })).rejects.toThrow(TypeError);
  await expect(outgoing.fetch('http://inside.test/', { method: 'GET / HTTP/1.1\r\n\r\nGET' })).rejects.toThrow(TypeError);
});

test('each redirect is checked like a first address', async () => {
  let asked = 0;
  const secret = await serve((_request, response) => void response.end(String((asked += 1))));
  const port = await serve((request, response) => {
    const to: Record<string, string> = {
      '/address': `http://127.0.0.1:${secret}/`,
      '/metadata': 'http://169.254.169.254/latest',
      '/file': 'file:///etc/passwd',
      '/forbidden': `http://other.test:${secret}/`,
      '/user': `http://a:b@inside.test:${secret}/`,
    };
    response.writeHead(302, { location: to[request.url!]! }).end();
  });
  const outgoing = open({ ...inside, isAllowed: (host) => host !== 'other.test' });

  for (const path of ['/address', '/metadata', '/file', '/forbidden', '/user'])
    await expect(outgoing.fetch(`http://inside.test:${port}${path}`)).rejects.toMatchObject({ fault: 'REFUSED' });
  expect(asked).toBe(0);
});

test('credentials do not follow a redirect to another origin, and do to the same one', async () => {
  const got: IncomingHttpHeaders[] = [];
  const end = await serve((request, response) => void response.end(String(got.push(request.headers))));
  const port = await serve((request, response) => {
    if (request.url === '/end') return void response.end(String(got.push(request.headers)));
    response.writeHead(307, { location: request.url === '/same' ? '/end' : `http://other.test:${end}/` }).end();
  });
  const headers = { authorization: 'Bearer 1', cookie: 'a=b', 'x-api-key': '2', accept: 'text/plain' };
  const outgoing = open(inside);

  for (const path of ['/same', '/other']) await (await outgoing.fetch(`http://inside.test:${port}${path}`, { headers })).text();

  expect(got[0]).toMatchObject(headers);
  expect(Object.keys(got[1]!).filter((name) => name in headers)).toEqual(['accept']);
});

test('a POST becomes a GET without its body at 303, and stays what it is at 307', async () => {
  const got: unknown[] = [];
  const port = await serve(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
    const status = Number(request.url!.slice(1));
    if (status) return void response.writeHead(status, { location: '/end' }).end();
    got.push([request.method, body, request.headers['content-type']]);
    response.end();
  });
  const outgoing = open(inside);

  for (const status of [303, 307])
    await outgoing.fetch(`http://inside.test:${port}/${status}`, { method: 'POST', body: '{}', headers: { 'content-type': 'a/b' } });

  expect(got).toEqual([
    ['GET', '', undefined],
    ['POST', '{}', 'a/b'],
  ]);
});

test('redirects without an end are left, and one that was not to be followed is handed on', async () => {
  let asked = 0;
  const port = await serve((_request, response) => {
    asked += 1;
    response.writeHead(302, { location: '/again' }).end();
  });
  const outgoing = open({ ...inside, mostRedirects: 3 });

  await expect(outgoing.fetch(`http://inside.test:${port}/`)).rejects.toThrow('redirects too often');
  expect(asked).toBe(4);
  expect((await outgoing.fetch(`http://inside.test:${port}/`, { redirect: 'manual' })).headers.get('location')).toBe('/again');
  await expect(outgoing.fetch(`http://inside.test:${port}/`, { redirect: 'error' })).rejects.toMatchObject({ fault: 'REDIRECT' });
});

test('an answer may have so many bytes, also when it is sent smaller than it is', async () => {
  const port = await serve((request, response) => {
    if (request.url === '/zip') return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000_000)));
    response.end('x'.repeat(Number(request.url!.slice(1))));
  });
  const outgoing = open(inside);

  expect((await (await outgoing.fetch(`http://inside.test:${port}/1000`)).text()).length).toBe(1_000);
  for (const path of ['/1001', '/zip'])
    await expect((await outgoing.fetch(`http://inside.test:${port}${path}`)).text()).rejects.toMatchObject({ fault: 'TOO_LARGE' });
});

test('an answer has to be there in time, its body too', async () => {
  const port = await serve((request, response) => {
    if (request.url === '/body') response.write('a');
  });
  const outgoing = open({ ...inside, timeoutMs: 1_500 });

  await expect(outgoing.fetch(`http://inside.test:${port}/head`)).rejects.toMatchObject({ fault: 'TIMEOUT' });
  await expect((await outgoing.fetch(`http://inside.test:${port}/body`)).text()).rejects.toMatchObject({ fault: 'TIMEOUT' });
});

test('an event stream goes on beyond the time and size of an answer where it may, but each event is bounded', async () => {
  const event = `data: ${'x'.repeat(500)}\r\n\r\n`;
  let more = (_text: string): void => {};
  const port = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    more = (text) => void response.write(text);
    more(event);
  });
  const response = await open({ ...inside, timeoutMs: 1_500, mayStream: true }).fetch(`http://inside.test:${port}/`);
  const reader = response.body!.getReader();
  const read = async (): Promise<string> => Buffer.from((await reader.read()).value!).toString();

  for (let i = 0; i < 4; i += 1) {
    expect(await read()).toBe(event);
    await new Promise((resolve) => setTimeout(resolve, 500));
    more(event);
  }
  expect(await read()).toBe(event);
  more(`data: ${'x'.repeat(1_200)}`);
  await expect(reader.read()).rejects.toMatchObject({ fault: 'TOO_LARGE' });
});

test('what calls itself an event stream is bounded like any other answer where it may not go on', async () => {
  const port = await serve((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(request.url === '/large' ? '\n'.repeat(1_200) : '\n');
  });
  const outgoing = open({ ...inside, timeoutMs: 1_500 });

  await expect((await outgoing.fetch(`http://inside.test:${port}/`)).text()).rejects.toMatchObject({ fault: 'TIMEOUT' });
  await expect((await outgoing.fetch(`http://inside.test:${port}/large`)).text()).rejects.toMatchObject({ fault: 'TOO_LARGE' });
});

test('whoever asks can break off, before the answer and within it', async () => {
  let gone = 0;
  const port = await serve((request, response) => {
    response.on('close', () => (gone += 1));
    if (request.url === '/body') response.write('a');
  });
  const outgoing = open(inside);
  const controller = new AbortController();

  const head = outgoing.fetch(`http://inside.test:${port}/head`, { signal: controller.signal });
  const body = await outgoing.fetch(`http://inside.test:${port}/body`, { signal: controller.signal });
  controller.abort(new Error('no longer wanted'));

  await expect(head).rejects.toThrow('no longer wanted');
  await expect(body.text()).rejects.toThrow('no longer wanted');
  await expect.poll(() => gone).toBe(2);
});

test('a host that is not there or does not answer is told by name', async () => {
  const port = await serve((request) => void request.socket.destroy());
  const outgoing = open(inside);

  await expect(outgoing.fetch('http://nowhere.test/')).rejects.toThrow('nowhere.test cannot be reached (ENOTFOUND)');
  await expect(outgoing.fetch(`http://inside.test:${port}/`)).rejects.toMatchObject({ fault: 'UNREACHABLE' });
});
