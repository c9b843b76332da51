import type { ServerResponse } from 'node:http';
import { Authenticator, sessionMs, signInByLink, SigningKeys } from '#domains/identity/index.js';
import { maskError } from '#core/errors/mask-error.js';
import { Denied } from '#core/feed/denied.js';
import { write } from '#core/feed/write.js';
import type { GraphSystem } from '#core/graph/context.js';
import { recordDenial } from '#core/graph/mutation.js';
import { anonymous } from '#core/policy/actor.js';
import { sessionCookies } from '#core/server/cookies.js';
import { graphiqlPage } from '#core/server/graphiql-page.js';
import type { Handler } from '#core/server/http-server.js';
import { signInPage } from '#core/server/sign-in-page.js';
import { readClient } from '#core/server/client-request.js';
import type { Config } from '../config.js';
import { exampleTabs } from '../example-tabs.js';
import type { ContextFor } from './operation-context.js';

/** What a browser opens: GraphiQL, or the sign-in page, and the link that signs in once. */
export function browserRoutes(system: GraphSystem, config: Config, contextFor: ContextFor): Record<string, Handler> {
  const { services, log } = system;
  const graphiql = graphiqlPage(exampleTabs);
  return {
    'GET /': async (request, response) => {
      const { credentials } = readClient(request, config.TRUST_PROXY);
      const actor = await services
        .get(Authenticator)
        .authenticate(credentials)
        .catch(() => anonymous);
      html(response, 200, actor.kind === 'anonymous' ? signInPage() : graphiql);
    },
    'GET /sign-in': async (request, response) => {
      const token = new URL(request.url!, 'http://localhost').searchParams.get('token') ?? '';
      const context = await contextFor({ ...readClient(request, config.TRUST_PROXY), credentials: {} }, new AbortController().signal);
      try {
        const { result } = await write(system, context, (change) => signInByLink(change, services.get(SigningKeys), token));
        sessionCookies(response, config.PUBLIC_URL).setSession(result.cookie, sessionMs);
        response.writeHead(303, { location: '/' }).end();
      } catch (error) {
        if (error instanceof Denied) await recordDenial(context, 'signInByLink', error);
        html(response, 401, signInPage(maskError(error, log).message));
      }
    },
  };
}

const html = (response: ServerResponse, status: number, page: string): void =>
  void response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(page);
