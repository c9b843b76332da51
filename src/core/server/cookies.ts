import type { ServerResponse } from 'node:http';
import type { CookieJar } from '#core/graph/context.js';
import { sessionCookie } from './client-request.js';

/** Sets the session cookie on a response: http-only, not sent with foreign requests, over HTTPS only where that is how we are reached. */
export const sessionCookies = (response: ServerResponse, publicUrl: string | undefined): CookieJar => ({
  setSession: (value, maxAgeMs) => {
    const secure = publicUrl?.startsWith('https:') ? '; Secure' : '';
    response.setHeader(
      'set-cookie',
      `${sessionCookie}=${value ?? ''}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.floor(maxAgeMs / 1000)}${secure}`,
    );
  },
});
