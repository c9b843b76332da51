import type { ServerResponse } from 'node:http';
import { Authenticator, listSignInMethods, sessionMs, signInByLink, SigningKeys } from '#domains/identity/index.js';
import { maskError } from '#core/errors/mask-error.js';
import { Denied } from '#core/feed/denied.js';
import { write } from '#core/feed/write.js';
import type { GraphSystem } from '#core/graph/context.js';
import { recordDenial } from '#core/graph/mutation.js';
import { graphiql } from '#core/graph/graph.settings.js';
import { anonymous } from '#core/policy/actor.js';
import { Settings } from '#core/settings/settings.js';
import { sessionCookies } from '#core/server/cookies.js';
import { graphiqlPage } from '#core/server/graphiql-page.js';
import type { Handler } from '#core/server/http-server.js';
import { signInPage } from '#core/server/sign-in-page.js';
import { accountPages } from '#core/server/account-page.js';
import { readClient } from '#core/server/client-request.js';
import type { Config } from '../config.js';
import { exampleTabs } from '../example-tabs.js';
import type { ContextFor } from './operation-context.js';
import { ssoRoutes } from './sso-routes.js';

/** What a browser opens: GraphiQL where it is switched on, or the sign-in page, the link that signs in once, and the ways to providers and back. */
export function browserRoutes(system: GraphSystem, config: Config, contextFor: ContextFor): Record<string, Handler> {
  const { services, log } = system;
  const page = graphiqlPage(exampleTabs);
  const signIn = async (message = ''): Promise<string> => signInPage(await listSignInMethods(system.database), message);
  return {
    'GET /': async (request, response) => {
      const { credentials } = readClient(request, config.TRUST_PROXY);
      const actor = await services
        .get(Authenticator)
        .authenticate(credentials)
        .catch(() => anonymous);
      if (actor.kind === 'anonymous') return html(response, 200, await signIn());
      if (services.get(Settings).value(graphiql)) return html(response, 200, page);
      text(response, `You are signed in as ${actor.name}. GraphiQL is switched off here: the setting ${graphiql.key} switches it on.\n`);
    },
    ...Object.fromEntries(
      accountPages.map(({ path, page }) => [`GET ${path}`, async (_request, response) => html(response, 200, page)] as [string, Handler]),
    ),
    ...ssoRoutes(system, config, contextFor, async (response, message, status) => html(response, status, await signIn(message))),
    'GET /sign-in': async (request, response) => {
      const token = new URL(request.url!, 'http://localhost').searchParams.get('token') ?? '';
      const context = await contextFor({ ...readClient(request, config.TRUST_PROXY), credentials: {} }, new AbortController().signal);
      try {
        const { result } = await write(system, context, (change) => signInByLink(change, services.get(SigningKeys), token));
        sessionCookies(response, config.PUBLIC_URL).setSession(result.cookie, sessionMs(services.get(Settings)));
        response.writeHead(303, { location: '/' }).end();
      } catch (error) {
        if (error instanceof Denied) await recordDenial(context, 'signInByLink', error);
        const { code, message, details } = maskError(error, log);
        if (details.retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(details.retryAfterMs / 1000));
        html(response, code === 'RATE_LIMITED' ? 429 : 401, await signIn(message));
      }
    },
  };
}

const html = (response: ServerResponse, status: number, page: string): void =>
  void response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(page);

const text = (response: ServerResponse, words: string): void =>
  void response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(words);
