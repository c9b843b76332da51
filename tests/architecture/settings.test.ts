import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfig, settings } from '../../src/config.js';
import { graph } from '../../src/domains.js';

test('every setting is in the documented table with its meaning', () => {
  const table = readFileSync('docs/settings.md', 'utf8');

  const missing = Object.entries(settings.shape).filter(([name, { description }]) => !table.includes(`| \`${name}\` | ${description}`));

  expect(missing.map(([name]) => name)).toEqual([]);
});

test('every setting that people change while everything runs is in the documented table', () => {
  const table = readFileSync('docs/settings.md', 'utf8');

  expect(graph.settings.map(({ key }) => key).filter((key) => !table.includes(`| \`${key}\` |`))).toEqual([]);
});

test('a bad setting is refused with its name and the reason, and all bad ones at once', () => {
  expect(() => readConfig({ PORT: 'high', DATABASE_URL: 'mysql://x/y', ADMIN_PASSWORD: 'short' })).toThrow(
    'The settings are wrong:\n  PORT: must be a whole number\n  DATABASE_URL: must be a URL that starts with postgres:// or postgresql://\n  ADMIN_PASSWORD: must have at least 12 characters',
  );
});

test('in production the encryption key has no default', () => {
  expect(() => readConfig({ NODE_ENV: 'production' })).toThrow('The settings are wrong:\n  ENCRYPTION_KEY: must be set in production');
});

test('an empty setting counts as left out', () => {
  expect(readConfig({ PORT: '', HOST: '' })).toMatchObject({ PORT: 4000, HOST: '127.0.0.1' });
});
