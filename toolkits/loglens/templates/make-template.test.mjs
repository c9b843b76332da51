import { expect, test } from 'vitest';
import { makeTemplate } from './make-template.mjs';

const UUID = '3f2a1b9c-1111-4222-8333-444455556666';

test.for([
  ['nothing varies here', 'nothing varies here'],
  ['user 42 took 12.5ms, 1,234 bytes', 'user <num> took <num>ms, <num> bytes'],
  ['worker3 on node-17', 'worker<num> on node-<num>'],
  [`order ${UUID} lost`, 'order <uuid> lost'],
  ['uuid deadbeef-aaaa-bbbb-cccc-ddddeeeeffff, 1 of 2', 'uuid <uuid>, <num> of <num>'],
  ['from 10.0.0.1:8080', 'from <ip>:<num>'],
  ['version 1.2.3.4.5 and 1.2', 'version <num> and <num>'],
  ['::1 fe80::1 2001:db8:0:0:0:0:0:1 ::ffff:10.0.0.1', '<ip> <ip> <ip> <ip>'],
  ['00:1a:2b:3c:4d:5e and 12:34:56', '<ip> and <num>:<num>:<num>'],
  ['std::abort in 1 add::fn', 'std::abort in <num> add::fn'],
  ['at 2025-01-02T03:04:05.678Z', 'at <time>'],
  ['commit 3f2a1b9 at 0xDEADbeef, decade', 'commit <hex> at <hex>, decade'],
  ['pod api-7d9f8b6c5-x2x9z', 'pod api-<hex>-<id>'],
  ['key cus_9s6XKzkNRiz8i3', 'key cus_<id>'],
  [`a "b \\" c" 'd e' \`f\``, 'a <str> <str> <str>'],
  [`it's 5 o'clock "unclosed`, `it's <num> o'clock "unclosed`],
  ['/api/v1/users/42/orders/7f.html', '/api/v1/users/<num>/orders/<num>f.html'],
  ['/a%20b%2F42', '/a%20b%2F<num>'],
  ['naïve café 7 日本9', 'naïve café <num> 日本<num>'],
  ['', ''],
])('%s', ([text, template]) => {
  expect(makeTemplate(text)).toBe(template);
});

test('a long template is cut', () => {
  expect(makeTemplate('x'.repeat(1000))).toBe(`${'x'.repeat(299)}…`);
  expect(makeTemplate(`5 ${'x'.repeat(1000)}`)).toBe(`<num> ${'x'.repeat(293)}…`);
});
