import { expect, test } from 'vitest';
import { keyId } from '#core/secrets/key-id.js';
import type { BackupManifest } from './manifest.js';
import { requireKeys } from './restorable.js';

const keyOf = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const idOf = (byte: number): string => keyId(Buffer.alloc(32, byte));
const places = (current?: number, ...retired: number[]) => ({
  current: current === undefined ? undefined : keyOf(current),
  retired: retired.map(keyOf),
  dataDir: '/nowhere',
});
const check = (keys: BackupManifest['keys'], neededKeys: BackupManifest['neededKeys'], where: ReturnType<typeof places>): string[] =>
  requireKeys({ keys, neededKeys } as BackupManifest, where);

test('a backup of old that does not say which keys it needs, needs the one that was current then', () => {
  const keys = { ids: [idOf(2), idOf(1)], isIncluded: false };

  expect(check(keys, undefined, places(2))).toEqual([idOf(1)]);
  expect(check(keys, undefined, places(3, 2, 1))).toEqual([]);
  expect(() => check(keys, undefined, places(1))).toThrow(`need the key ${idOf(2)}, but ENCRYPTION_KEY is ${idOf(1)}`);
  expect(check(null, undefined, places())).toEqual([]);
});

test('keys that are needed come out of the backup and from what is set together', () => {
  const keys = { ids: [idOf(2)], isIncluded: true };
  const needed = [
    { id: idOf(1), isRequired: true },
    { id: idOf(2), isRequired: false },
  ];

  expect(check(keys, needed, places(undefined, 1))).toEqual([]);
  expect(check(keys, needed, places(1))).toEqual([idOf(2)]);
  expect(() => check(keys, needed, places())).toThrow(`need the key ${idOf(1)}, which is not in it`);
});

test('when all keys are missing that secrets need, they are asked for although a server could start', () => {
  const needed = [{ id: idOf(1), isRequired: false }];

  expect(() => check(null, needed, places(2))).toThrow(`need the key ${idOf(1)}, but ENCRYPTION_KEY is ${idOf(2)}`);
  expect(check(null, [], places(2))).toEqual([]);
});
