import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { isPlain } from '../users/check-user.js';
import type { Profile } from './profile.js';

const most = 100;
const tries = 1_000;

/** A sign-in name that no user has: what the provider calls them, with a number behind it when somebody has that. The rights are locked. */
export async function freeUsername(em: EntityManager, slug: string, { username, email, subject }: Profile): Promise<string> {
  const wanted = [username, email?.split('@')[0], `${slug}-${subject}`].map(plain).find((name) => name !== null) ?? slug;
  const base = wanted.slice(0, most - 5).trim();
  const taken = await executeSql<{ username: string }>(em, sql`select username from users where starts_with(username, ${base})`);
  const names = new Set(taken.map((row) => row.username));
  if (!names.has(wanted)) return wanted;
  for (let n = 2; n < tries; n += 1) if (!names.has(`${base}-${n}`)) return `${base}-${n}`;
  throw new Error(`There is no free username like ${base}`);
}

// What cannot be seen would make two names look the same.
function plain(name: string | null | undefined): string | null {
  const shown = (name ?? '')
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
    .trim();
  const cut = [...shown].slice(0, most).join('').slice(0, most).toWellFormed().trim();
  return isPlain(cut, most) ? cut : null;
}
