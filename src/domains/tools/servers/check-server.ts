import type { Problems } from '#core/errors/problems.js';
import { managementSlug } from '../serving/reserved-names.js';
import type { McpServer } from './mcp-server.entity.js';

/** What people write of an MCP server. */
export type ServerValues = Pick<McpServer, 'slug' | 'name' | 'description' | 'defaultTimeoutMs'>;

const leastTimeoutMs = 100;
const mostTimeoutMs = 3_600_000;
const longestDescription = 10_000;

/** Notes what is wrong with the values, at their places in the input. */
export function checkServer({ slug, name, description, defaultTimeoutMs }: ServerValues, problems: Problems): void {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(slug))
    problems.add('slug has 1 to 63 lower-case letters, digits and hyphens, and begins with a letter', 'input.slug');
  if (slug === managementSlug) problems.add(`${managementSlug} is the slug of our own tools`, 'input.slug');
  // eslint-disable-next-line no-control-regex
  if (name.trim() !== name || !/^[^\x00-\x1f\x7f]{1,100}$/.test(name))
    problems.add('name has 1 to 100 characters, no control characters and no blanks around them', 'input.name');
  if (description !== null && (description.length > longestDescription || description.includes('\0')))
    problems.add(`description has at most ${longestDescription} characters`, 'input.description');
  if (defaultTimeoutMs < leastTimeoutMs || defaultTimeoutMs > mostTimeoutMs)
    problems.add(`defaultTimeoutMs is between ${leastTimeoutMs} and ${mostTimeoutMs}`, 'input.defaultTimeoutMs');
}
