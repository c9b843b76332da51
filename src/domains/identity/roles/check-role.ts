import type { Problems } from '#core/errors/problems.js';
import { isPlain } from '../users/check-user.js';
import type { Role } from './role.entity.js';

/** What of a role people write. */
export type RoleValues = Pick<Role, 'slug' | 'name' | 'description'>;

/** Notes what is wrong with the values that are given, at their places in the input. */
export function checkRole({ slug, name, description }: Partial<RoleValues>, problems: Problems): void {
  if (slug !== undefined && !/^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/.test(slug))
    problems.add('slug has 1 to 50 letters, digits, - and _, and begins with a letter or a digit', 'input.slug');
  // The audit trail names the roles of an actor by their slugs, and a superuser by this.
  if (slug?.toLowerCase() === 'superuser') problems.add('superuser is no slug of a role', 'input.slug');
  if (name !== undefined && !isPlain(name, 100))
    problems.add('name has 1 to 100 characters, no control characters and no blanks around them', 'input.name');
  if (description && (description.length > 1000 || !description.isWellFormed() || description.includes('\0')))
    problems.add('description has at most 1000 characters', 'input.description');
}
