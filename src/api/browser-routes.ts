import type { IncomingMessage, ServerResponse } from 'node:http';
import { Authenticator, hasPassword, listSignInMethods } from '#domains/identity/index.js';
import type { GraphSystem } from '#core/graph/context.js';
import { graphiql } from '#core/graph/graph.settings.js';
import { anonymous, type Actor } from '#core/policy/actor.js';
import { Settings } from '#core/settings/settings.js';
import { graphiqlPage } from '#core/server/graphiql-page.js';
import type { Handler } from '#core/server/http-server.js';
import { respondHtml } from '#core/server/respond.js';
import { signInPage } from '#core/server/sign-in-page.js';
import { accountPages, passwordPage } from '#core/server/account-page.js';
import { readClient } from '#core/server/client-request.js';
import type { Config } from '../config.js';
import { exampleTabs } from '../example-tabs.js';
import { linkRoutes, passwordPath } from './link-routes.js';
import type { ContextFor } from './operation-context.js';
import { ssoRoutes } from './sso-routes.js';

/** What a browser opens: GraphiQL where it is switched on, or the sign-in page, the link that signs in once, and the ways to providers and back. */
export function browserRoutes(system: GraphSystem, config: Config, contextFor: ContextFor): Record<string, Handler> {
  const { services } = system;
  const page = graphiqlPage(exampleTabs);
  const signIn = async (response: ServerResponse, message = '', status = 200): Promise<void> =>
    respondHtml(response, status, signInPage(await listSignInMethods(system.database), message));
  const actorOf = (request: IncomingMessage): Promise<Actor> =>
    services
      .get(Authenticator)
      .authenticate(readClient(request, config).credentials)
      .catch(() => anonymous);
  return {
    'GET /': async (request, response) => {
      const actor = await actorOf(request);
      if (actor.id === null) return signIn(response);
      if (services.get(Settings).value(graphiql)) return respondHtml(response, 200, page);
      text(response, `You are signed in as ${actor.name}. GraphiQL is switched off here: the setting ${graphiql.key} switches it on.\n`);
    },
    [`GET ${passwordPath}`]: async (request, response) => {
      const { id, name } = await actorOf(request);
      if (id === null) return signIn(response);
      respondHtml(response, 200, passwordPage(name, await hasPassword(system.database, id)));
    },
    ...Object.fromEntries(
      [...accountPages].map(
        ([path, page]) => [`GET ${path}`, async (_request, response) => respondHtml(response, 200, page)] as [string, Handler],
      ),
    ),
    ...ssoRoutes(system, config, contextFor, signIn),
    ...linkRoutes(system, config, contextFor, signIn),
  };
}

const text = (response: ServerResponse, words: string): void =>
  void response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(words);
