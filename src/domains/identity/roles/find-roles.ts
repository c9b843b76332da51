import type { EntityManager } from '@mikro-orm/postgresql';
import type { Problems } from '#core/errors/problems.js';
import { Role } from './role.entity.js';

/** The roles of these slugs; notes those that there are not. */
export async function findRoles(em: EntityManager, slugs: readonly string[], path: string, problems: Problems): Promise<Role[]> {
  const wanted = [...new Set(slugs)];
  const roles = wanted.length > 0 ? await em.find(Role, { slug: { $in: wanted } }) : [];
  const missing = wanted.filter((slug) => !roles.some((role) => role.slug === slug));
  if (missing.length > 0) problems.add(`There is no role ${missing.join(', ')}`, path);
  return roles;
}
