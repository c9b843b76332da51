import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { isOwnName } from '#core/jobs/own-slugs.js';
import { slugForm } from './manifest.js';
import { Toolkit } from './toolkit.entity.js';

/** The slug of the toolkit that the name of an operation begins with. */
export const slugOf = (operation: string): string => operation.slice(0, Math.max(operation.indexOf('.'), 0));

/**
 * Holds the toolkit of an operation as it is until the end of the transaction: whoever disables or uninstalls it waits for that, and
 * who comes after them is refused. Returns the toolkit, or null when there is none of that slug.
 */
export async function admitOperation(em: EntityManager, operation: string): Promise<Pick<Toolkit, 'id' | 'revision'> | null> {
  const slug = slugOf(operation);
  if (isOwnName(operation) || !slugForm.test(slug)) return null;
  const [toolkit] = await executeSql<Pick<Toolkit, 'id' | 'revision' | 'isEnabled' | 'isLoaded'>>(
    em,
    sql`select id, revision, is_enabled as "isEnabled", is_loaded as "isLoaded" from toolkits where slug = ${slug} for share`,
  );
  const refuse = (how: string): never => {
    throw new AppError('PRECONDITION_FAILED', `The toolkit ${slug} ${how}`);
  };
  if (toolkit) {
    if (!toolkit.isEnabled) refuse('is disabled');
    if (!toolkit.isLoaded) refuse('is not loaded: its folder was missing or not in order when it was last looked at');
    return toolkit;
  }
  const removals = await executeSql(em, sql`select 1 from toolkit_removals where slug = ${slug}`);
  return removals.length > 0 ? refuse('was uninstalled') : null;
}
