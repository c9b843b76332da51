import type { IncomingMessage } from 'node:http';
import { SigningKeys } from '#domains/identity/index.js';
import { findFrontendFile } from '#domains/toolkits/index.js';
import { AppError } from '#core/errors/app-error.js';
import type { GraphSystem } from '#core/graph/context.js';
import { authorize, system as systemActor, type Actor } from '#core/policy/actor.js';
import { readClient } from '#core/server/client-request.js';
import type { Handler } from '#core/server/http-server.js';
import { sendFile } from '#core/server/send-file.js';
import type { Config } from '../config.js';
import type { ContextFor } from './operation-context.js';
import { admitsTo, isPagePass, pagePass } from './page-pass.js';

const folder = '/toolkits/';

/** Where the front ends of toolkits are. */
export const toolkitRoute = `GET ${folder}**`;

/**
 * What a page of a toolkit may do in a browser: run its own scripts and show its own files. It has an origin of its own, so that neither
 * the cookie nor the answers of this server are within its reach, and it reaches nothing else.
 */
const policyOf = (origins: readonly string[]): string =>
  [
    'sandbox allow-scripts',
    "default-src 'none'",
    "script-src 'self' 'unsafe-inline'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "media-src 'self' data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${["'self'", ...origins].join(' ')}`,
  ].join('; ');

/** The front ends of toolkits, for whoever is signed in. */
export function toolkitFiles(system: GraphSystem, config: Config, contextFor: ContextFor): Handler {
  const keys = system.services.get(SigningKeys);
  const policy = { 'content-security-policy': policyOf(config.ALLOWED_ORIGINS) };

  const actorOf = async (request: IncomingMessage, slug: string, pass: string | null): Promise<Actor> => {
    if (pass === null) {
      const { actor } = await contextFor(readClient(request, config), new AbortController().signal);
      authorize(actor, 'signedIn');
      return actor;
    }
    if (!admitsTo(keys, slug, pass)) throw new AppError('UNAUTHENTICATED', `The page is out of date: open ${folder}${slug}/ again`);
    return systemActor;
  };

  return async (request, response) => {
    const [slug = '', second, ...others] = request.url!.split('?')[0]!.slice(folder.length).split('/');
    const pass = isPagePass(second) ? second : null;
    const rest = pass !== null || second === undefined ? others : [second, ...others];
    const file = await findFrontendFile(system, await actorOf(request, slug, pass), slug, rest);
    // A page without an origin sends no cookie with what it loads: the path lets it in then.
    if (pass === null && isOpened(request)) {
      const location = `${folder}${slug}/${pagePass(keys, slug)}/${rest.join('/')}`;
      return void response.writeHead(302, { location, 'cache-control': 'no-store' }).end();
    }
    // The policy says who may show it within a page.
    response.removeHeader('x-frame-options');
    // Its modules and fonts are asked for across origins.
    await sendFile(request, response, { ...file, shown: pass === null ? policy : { ...policy, 'access-control-allow-origin': '*' } });
  };
}

// Where a browser does not trust the connection, it does not say what it asks for.
const isOpened = ({ headers }: IncomingMessage): boolean =>
  (headers['sec-fetch-mode'] ?? (headers.accept?.includes('text/html') ? 'navigate' : '')) === 'navigate';
