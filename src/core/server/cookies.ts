import type { ServerResponse } from 'node:http';
import type { CookieJar } from '#core/graph/context.js';
import { newToken } from '#core/secrets/token.js';
import { cookieName, isReachedSecurely, readCookie, type CookieName } from './client-request.js';

const browserSeconds = 900;

/**
 * Sets cookies on a response: http-only, not sent with foreign requests, over HTTPS only and for this very host only where HTTPS is how we
 * are reached.
 */
export const sessionCookies = (response: ServerResponse, publicUrl: string | undefined): CookieJar => {
  const set = new Map<string, string>();
  const send = (name: CookieName, value: string, seconds: number): void => {
    const secure = isReachedSecurely(publicUrl) ? '; Secure' : '';
    set.set(name, `${cookieName(name, publicUrl)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`);
    response.setHeader('set-cookie', [...set.values()]);
  };
  let browser = browserOf(response, publicUrl);
  return {
    setSession: (value, maxAgeMs) => send('signalbox_session', value ?? '', Math.floor(maxAgeMs / 1000)),
    bindBrowser: () => {
      // One for all sign-ins that a browser has under way, else a second tab would break the first.
      browser ??= newToken();
      send('signalbox_browser', browser, browserSeconds);
      return browser;
    },
  };
};

/** The value by which a browser was bound before; null when it sends none. */
export function browserOf({ req }: Pick<ServerResponse, 'req'>, publicUrl: string | undefined): string | null {
  const value = readCookie(req.headers.cookie, cookieName('signalbox_browser', publicUrl));
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : null;
}
