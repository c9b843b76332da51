import type { ServerResponse } from 'node:http';
import type { CookieJar } from '#core/graph/context.js';
import { newToken } from '#core/secrets/token.js';
import { readCookie, sessionCookie } from './client-request.js';

const browserCookie = 'signalbox_browser';
const browserSeconds = 900;

/** Sets cookies on a response: http-only, not sent with foreign requests, over HTTPS only where that is how we are reached. */
export const sessionCookies = (response: ServerResponse, publicUrl: string | undefined): CookieJar => {
  const set = new Map<string, string>();
  const send = (name: string, value: string, path: string, seconds: number): void => {
    const secure = publicUrl?.startsWith('https:') ? '; Secure' : '';
    set.set(name, `${name}=${value}; Path=${path}; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`);
    response.setHeader('set-cookie', [...set.values()]);
  };
  let browser = browserOf(response);
  return {
    setSession: (value, maxAgeMs) => send(sessionCookie, value ?? '', '/', Math.floor(maxAgeMs / 1000)),
    bindBrowser: () => {
      // One for all sign-ins that a browser has under way, else a second tab would break the first.
      browser ??= newToken();
      send(browserCookie, browser, '/', browserSeconds);
      return browser;
    },
  };
};

/** The value by which a browser was bound before; null when it sends none. */
export function browserOf({ req }: Pick<ServerResponse, 'req'>): string | null {
  const value = readCookie(req.headers.cookie, browserCookie);
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : null;
}
