import type { EntityManager } from '@mikro-orm/postgresql';
import type { Problems } from '#core/errors/problems.js';
import { Permission } from './permission.entity.js';

/** The permissions of these names; notes those that there are not. */
export async function findPermissions(
  em: EntityManager,
  names: readonly string[],
  path: string,
  problems: Problems,
): Promise<Permission[]> {
  const wanted = [...new Set(names)];
  const permissions = wanted.length > 0 ? await em.find(Permission, { name: { $in: wanted } }) : [];
  const missing = wanted.filter((name) => !permissions.some((permission) => permission.name === name));
  if (missing.length > 0) problems.add(`There is no permission ${missing.join(', ')}`, path);
  return permissions;
}
