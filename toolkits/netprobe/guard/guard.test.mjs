import { expect, test, vi } from 'vitest';
import { Guard } from './guard.mjs';

const guardOf = (allowList, ...addresses) => {
  const resolve = vi.fn(async () => addresses.map((address) => ({ address })));
  return { guard: new Guard(allowList, resolve), resolve };
};

test('a name is resolved once, and its address is what has to be connected to', async () => {
  const { guard, resolve } = guardOf([], '93.184.215.14', '2606:4700::1');

  expect(await guard.check('Example.com.', 443)).toEqual({
    host: 'example.com',
    port: 443,
    address: '93.184.215.14',
    family: 4,
    dnsMs: expect.any(Number),
  });
  expect(resolve.mock.calls).toEqual([['example.com']]);
});

test('an address is not looked up', async () => {
  const { guard, resolve } = guardOf([]);

  expect(await guard.check('[2606:4700::1]', 80)).toEqual({ host: '2606:4700::1', port: 80, address: '2606:4700::1', family: 6, dnsMs: 0 });
  expect(resolve).not.toHaveBeenCalled();
});

test('one address that is not public among several refuses all of them, without telling it', async () => {
  const { guard } = guardOf([], '93.184.215.14', '10.4.5.6');

  const refusal = guard.check('example.com', 443);

  await expect(refusal).rejects.toMatchObject({ name: 'TargetRefused', code: 'REFUSED' });
  await expect(refusal).rejects.toThrow(
    'example.com:443 is refused, because an address of it is not public (private): an administrator may permit it in the setting netprobe.allowList',
  );
  await expect(refusal).rejects.not.toThrow('10.4.5.6');
});

test.each(['127.0.0.1', 'localhost', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254', '2130706433', '0x7f.1', '127.1'])(
  '%s is refused, however it is written',
  async (host) => {
    await expect(new Guard([]).check(host, 80)).rejects.toThrow('is refused');
  },
);

test('what the allow-list permits may be reached, on that port only', async () => {
  const { guard } = guardOf(['db.internal:5432'], '10.0.0.9');

  expect(await guard.check('db.internal', 5432)).toMatchObject({ address: '10.0.0.9' });
  await expect(guard.check('db.internal', 22)).rejects.toThrow('is refused');
  await expect(guard.check('web.internal', 5432)).rejects.toThrow('is refused');
});

test('a host without an address is not found', async () => {
  await expect(guardOf([]).guard.check('nowhere.example', 80)).rejects.toMatchObject({ code: 'ENOTFOUND' });
});
