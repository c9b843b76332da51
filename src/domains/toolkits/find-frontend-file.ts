import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { executeSql, sql } from '#core/database/sql.js';
import { notFound } from '#core/errors/not-found.js';
import type { GraphSystem } from '#core/graph/context.js';
import type { Actor } from '#core/policy/actor.js';
import { conditionOf } from '#core/policy/policy.js';
import { frontendMediaType } from './frontend-media-type.js';
import { slugForm } from './manifest.js';
import { ToolkitStorage } from './toolkit-storage.js';
import { Toolkit } from './toolkit.entity.js';

/** A file of the front end of a toolkit. */
export interface FrontendFile {
  path: string;
  name: string;
  mediaType: string;
  etag: string;
}

/**
 * The file below the folder of a toolkit's page at a path as a URL has it; the page itself when the path is empty. Of what the actor does
 * not see, what is disabled and what lies elsewhere, nothing is found.
 */
export async function findFrontendFile(
  { database, policies, services }: GraphSystem,
  actor: Actor,
  slug: string,
  path: readonly string[],
): Promise<FrontendFile> {
  const missing = notFound(`The file ${[slug, ...path].join('/')}`);
  if (!slugForm.test(slug)) throw missing;
  const [toolkit] = await executeSql<{ entry: string }>(
    database.fork(),
    sql`select t.frontend_entry as entry from toolkits t where t.slug = ${slug} and t.is_enabled and t.is_loaded and t.frontend_entry is not null
      and ${conditionOf(policies.visible(Toolkit, actor, 't'))}`,
  );
  if (!toolkit) throw missing;
  const root = join(services.get(ToolkitStorage).folderOf(slug), dirname(toolkit.entry));
  const given = path.join('') === '' && path.length <= 1 ? [basename(toolkit.entry)] : path.map(decoded);
  if (!given.every(isName)) throw missing;
  // Links are followed first: where they lead has to lie in the folder too.
  const real = await realpath(join(root, ...given)).catch(() => null);
  if (real === null || !real.startsWith(`${await realpath(root)}${sep}`)) throw missing;
  const found = await stat(real);
  if (!found.isFile()) throw missing;
  const etag = [found.size, Math.round(found.mtimeMs), found.ino].map((n) => n.toString(36)).join('-');
  const name = basename(real);
  return { path: real, name, mediaType: frontendMediaType(name), etag: `"${etag}"` };
}

// What cannot be decoded is no name either.
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '..';
  }
}

const isName = (part: string | undefined): boolean => part !== undefined && /^[^./\\\0][^/\\\0]*$/.test(part);
