import type { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { Permission } from '#domains/identity/roles/permission.entity.js';

/** Notes that a permission which a secret asks for does not exist. */
export async function checkPermission({ em }: WriteContext, name: string | null | undefined, problems: Problems): Promise<void> {
  if (name != null && (await em.count(Permission, { name })) === 0)
    problems.add('requiredPermission is no permission that there is', 'input.requiredPermission');
}
