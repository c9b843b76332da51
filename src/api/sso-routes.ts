import type { IncomingMessage, ServerResponse } from 'node:http';
import { finishSso, findSsoProvider, sessionMs, startSso } from '#domains/identity/index.js';
import { Settings } from '#core/settings/settings.js';
import { AppError, type ErrorCode } from '#core/errors/app-error.js';
import { maskError } from '#core/errors/mask-error.js';
import { Denied } from '#core/feed/denied.js';
import { write } from '#core/feed/write.js';
import type { GraphContext, GraphSystem } from '#core/graph/context.js';
import { recordDenial } from '#core/graph/mutation.js';
import { readClient } from '#core/server/client-request.js';
import { browserOf, sessionCookies } from '#core/server/cookies.js';
import type { Handler } from '#core/server/http-server.js';
import type { Config } from '../config.js';
import type { ContextFor } from './operation-context.js';

/** Shows the sign-in page with what went wrong. */
export type ShowProblem = (response: ServerResponse, message: string, status: number) => Promise<void>;

const statusOf: Partial<Record<ErrorCode, number>> = { CONFLICT: 409, RATE_LIMITED: 429 };

/** The ways of a browser to a provider and back. */
export function ssoRoutes(system: GraphSystem, config: Config, contextFor: ContextFor, showProblem: ShowProblem): Record<string, Handler> {
  const run =
    (field: string, work: (request: IncomingMessage, response: ServerResponse, context: GraphContext) => Promise<string>): Handler =>
    async (request, response) => {
      // As nobody: who the browser was before does not matter.
      const context = await contextFor({ ...readClient(request, config), credentials: {} }, new AbortController().signal);
      try {
        response.writeHead(303, { location: await work(request, response, context), 'cache-control': 'no-store' }).end();
      } catch (error) {
        const known = maskError(error, system.log);
        if (error instanceof Denied || (error instanceof AppError && known.code === 'UNAUTHENTICATED'))
          await recordDenial(context, field, error);
        await showProblem(response, known.message, statusOf[known.code] ?? 401);
      }
    };
  return {
    'GET /auth/*/start': run('startSso', async (request, response, context) => {
      const found = await findSsoProvider(system, slugOf(request));
      const browser = sessionCookies(response, config.PUBLIC_URL).bindBrowser();
      const returnTo = searchOf(request).get('returnTo') ?? '/';
      return (await write(system, context, (change) => startSso(change, found, { returnTo, browser }))).result;
    }),
    'GET /auth/*/callback': run('finishSso', async (request, response, context) => {
      const { opened, returnTo } = await finishSso(system, context, {
        slug: slugOf(request),
        search: searchOf(request),
        browser: browserOf(response, config.PUBLIC_URL),
      });
      if (opened) sessionCookies(response, config.PUBLIC_URL).setSession(opened.cookie, sessionMs(system.services.get(Settings)));
      return returnTo;
    }),
  };
}

const slugOf = ({ url }: IncomingMessage): string => url!.split('?')[0]!.split('/')[2]!;
const searchOf = ({ url }: IncomingMessage): URLSearchParams => new URL(url!, 'http://localhost').searchParams;
