import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { permissions, seededRoles } from '#domains/identity/roles/roles.js';

const head = '| permission | what it allows | seeded roles that hold it |\n| --- | --- | --- |\n';

// With `-u` the table is written anew.
test('docs/users.md lists every permission with what it allows and the seeded roles that hold it', async () => {
  const text = readFileSync('docs/users.md', 'utf8');
  const [before, rest] = text.split(head) as [string, string];
  const rolesOf = (name: string): string[] => Object.keys(seededRoles).filter((slug) => seededRoles[slug]!.permissions.includes(name));
  const rows = Object.entries(permissions).map(([name, allows]) => `| \`${name}\` | ${allows} | ${rolesOf(name).join(', ')} |\n`);

  await expect(`${before}${head}${rows.join('')}${rest.replace(/^(?:\|.*\n)*/, '')}`).toMatchFileSnapshot('../../docs/users.md');
});
