import { reasonOf } from '../probing/reason-of.mjs';
import { exchange } from './exchange.mjs';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Asks for a URL and goes where it is redirected to; each hop is checked like the first one.
 * @param {string} start
 * @param {{ method: string, maxRedirects: number } & Parameters<typeof exchange>[1]} options
 * @param {AbortSignal} signal
 */
export async function followRedirects(start, options, signal) {
  const redirects = [];
  for (let url = urlOf(start); ;) {
    const answer = await exchange(url, options, signal).catch((error) => {
      // Only the target itself ends the run: where a site sends its visitors is something to report.
      if (redirects.length > 0) throw new Error(`${shown(url)}, hop ${redirects.length + 1}: ${reasonOf(error)}`, { cause: error });
      throw error;
    });
    if (!REDIRECTS.has(answer.status) || answer.location === null || options.maxRedirects === 0)
      return { url: shown(url), redirects, ...answer };
    redirects.push({ url: shown(url), status: answer.status, address: answer.address });
    if (redirects.length > options.maxRedirects) throw new Error(`More than ${options.maxRedirects} redirects`);
    url = urlOf(answer.location, url);
  }
}

/** @param {string} text */
function urlOf(text, base) {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw new Error('This is no http or https URL');
  if (url.username !== '' || url.password !== '') throw new Error('A URL with credentials is not asked for');
  return url;
}

/** A query may hold a token. */
const shown = ({ origin, pathname }) => `${origin}${pathname}`;
