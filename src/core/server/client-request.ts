import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Credentials } from '#core/graph/context.js';
import { clientAddress, type TrustedProxies } from './client-address.js';

/** What the cookies of browsers are for: a session, or a sign-in that is on its way to a provider and back. */
export type CookieName = 'signalbox_session' | 'signalbox_browser';

/** What a server knows of how clients reach it. */
export interface Surroundings {
  readonly TRUST_PROXY: TrustedProxies;
  readonly PUBLIC_URL?: string | undefined;
}

/** Whether browsers reach the server over https. */
export const isReachedSecurely = (publicUrl = ''): boolean => /^https:/i.test(publicUrl);

/** How a cookie is called. Over https its name says that no other host has set it, and no page that was sent in plain text. */
export const cookieName = (name: CookieName, publicUrl: string | undefined): string =>
  isReachedSecurely(publicUrl) ? `__Host-${name}` : name;

/** What a request says of its client. */
export interface ClientRequest {
  credentials: Credentials;
  requestId: string;
  /** Trace id of W3C Trace Context, or a new one. */
  traceId: string;
  sourceIp: string | null;
  userAgent: string | null;
  /** Whether a language model asks, over MCP. */
  isAgent?: boolean;
}

/** A new id of a request: a UUID in one piece. Node.js makes it of twenty, which all stay in memory as long as it does. */
export const newRequestId = (): string => Buffer.from(randomUUID(), 'latin1').toString('latin1');

const traceparent = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;

/** Reads a request's credentials, address and trace; a bearer token wins over the cookie. */
export function readClient({ headers, socket }: IncomingMessage, { TRUST_PROXY, PUBLIC_URL }: Surroundings): ClientRequest {
  const accessToken = bearer(headers.authorization);
  return {
    credentials: accessToken ? { accessToken } : { cookie: readCookie(headers.cookie, cookieName('signalbox_session', PUBLIC_URL)) },
    requestId: newRequestId(),
    traceId: traceparent.exec(String(headers.traceparent ?? ''))?.[1] ?? randomBytes(16).toString('hex'),
    sourceIp: clientAddress(socket.remoteAddress ?? null, headers['x-forwarded-for']?.toString(), TRUST_PROXY),
    userAgent: headers['user-agent']?.slice(0, 500) ?? null,
  };
}

/** The token of an `Authorization: Bearer …` value. */
export const bearer = (value: unknown): string | undefined => (typeof value === 'string' ? /^Bearer +(\S+)$/i.exec(value)?.[1] : undefined);

/** The value of a cookie in a `Cookie` header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const found = header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`));
  // Our own values are base64url: nothing in it is encoded.
  return found?.slice(name.length + 1);
}
