import { listSignInMethods, sessionMs, signInByLink, SigningKeys } from '#domains/identity/index.js';
import { maskError } from '#core/errors/mask-error.js';
import { Denied } from '#core/feed/denied.js';
import { write } from '#core/feed/write.js';
import type { GraphSystem } from '#core/graph/context.js';
import { recordDenial } from '#core/graph/mutation.js';
import { readClient } from '#core/server/client-request.js';
import { sessionCookies } from '#core/server/cookies.js';
import type { Handler } from '#core/server/http-server.js';
import { readBody } from '#core/server/read-body.js';
import { respondHtml } from '#core/server/respond.js';
import { signInLinkPage } from '#core/server/sign-in-link-page.js';
import { Settings } from '#core/settings/settings.js';
import type { Config } from '../config.js';
import type { ContextFor } from './operation-context.js';
import type { ShowProblem } from './sso-routes.js';

/** Where somebody who is signed in sets the own password. */
export const passwordPath = '/account/password';

const mostFormBytes = 4_000;

/** The link that signs in once: to open it changes nothing, the button on its page uses it up. */
export function linkRoutes(system: GraphSystem, config: Config, contextFor: ContextFor, showProblem: ShowProblem): Record<string, Handler> {
  const { services, log } = system;
  return {
    'GET /sign-in': async (request, response) => {
      const token = new URL(request.url!, 'http://localhost').searchParams.get('token') ?? '';
      respondHtml(response, 200, signInLinkPage(token));
    },
    'POST /sign-in': async (request, response) => {
      const token = new URLSearchParams(await readBody(request, mostFormBytes)).get('token') ?? '';
      const context = await contextFor({ ...readClient(request, config), credentials: {} }, new AbortController().signal);
      try {
        const { result } = await write(system, context, (change) => signInByLink(change, services.get(SigningKeys), token));
        sessionCookies(response, config.PUBLIC_URL).setSession(result.cookie, sessionMs(services.get(Settings)));
        // The next sign-in takes one, unless people here sign in by other ways only.
        const needsPassword =
          result.user.passwordHash === null && (await listSignInMethods(system.database)).some(({ kind }) => kind === 'LOCAL');
        response.writeHead(303, { location: needsPassword ? passwordPath : '/' }).end();
      } catch (error) {
        if (error instanceof Denied) await recordDenial(context, 'signInByLink', error);
        const { code, message, details } = maskError(error, log);
        if (details.retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(details.retryAfterMs / 1000));
        await showProblem(response, message, code === 'RATE_LIMITED' ? 429 : 401);
      }
    },
  };
}
