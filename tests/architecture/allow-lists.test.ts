import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
);
const writersOf = (property: string, column: string): string[] => {
  const writes = [
    new RegExp(`\\.${property}\\s*(\\?\\?)?=(?!=)`),
    new RegExp(`\\.${property}\\.(push|splice|sort|reverse|unshift|pop|shift|fill)\\(`),
    new RegExp(`(Object\\.assign|nativeUpdate|nativeInsert|upsert)\\([^;]*\\b${property}\\b`),
    new RegExp(`(update|insert|merge)[^;\`]*\\b${column}\\b`, 'i'),
  ];
  return sources.filter((path) => writes.some((write) => write.test(readFileSync(`src/${path}`, 'utf8')))).sort();
};

test('[mcpbox-08] one function each writes which hosts and which modules are allowed', () => {
  expect(writersOf('allowedHosts', 'allowed_hosts')).toEqual(['domains/tools/requests/sync-allowed-hosts.ts']);
  expect(writersOf('allowedModules', 'allowed_modules')).toEqual(['domains/tools/requests/sync-allowed-modules.ts']);
  // The first row begins with nothing.
  expect(readFileSync('src/domains/settings/seed-global-config.ts', 'utf8')).toContain('allowedModules: []');
});
