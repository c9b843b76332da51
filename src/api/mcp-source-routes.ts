import { finishExternalMcpAuthorization, oauthCallback } from '#domains/tools/index.js';
import { AppError, errorCodes } from '#core/errors/app-error.js';
import { maskError } from '#core/errors/mask-error.js';
import type { GraphSystem } from '#core/graph/context.js';
import { recordDenial } from '#core/graph/mutation.js';
import { readClient } from '#core/server/client-request.js';
import { browserOf } from '#core/server/cookies.js';
import type { Handler } from '#core/server/http-server.js';
import type { Config } from '../config.js';
import type { ContextFor } from './operation-context.js';

/** The way of a browser back from the OAuth server of an external MCP server. */
export function mcpSourceRoutes(system: GraphSystem, config: Config, contextFor: ContextFor): Record<string, Handler> {
  return {
    [`GET ${oauthCallback}`]: async (request, response) => {
      // As nobody: the cookie of the browser says that it is the one that was sent, and who sent it was noted then.
      const context = await contextFor({ ...readClient(request, config), credentials: {} }, new AbortController().signal);
      const { searchParams: search } = new URL(request.url!, 'http://localhost');
      try {
        const location = await finishExternalMcpAuthorization(system, context, { search, browser: browserOf(response, config.PUBLIC_URL) });
        response.writeHead(303, { location, 'cache-control': 'no-store' }).end();
      } catch (error) {
        const known = maskError(error, system.log);
        if (error instanceof AppError && isDenial(error)) await recordDenial(context, 'finishExternalMcpAuthorization', error);
        const head = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
        response.writeHead(errorCodes[known.code].status, head).end(`${known.message}\n`);
      }
    },
  };
}

const isDenial = ({ code }: AppError): boolean => code === 'UNAUTHENTICATED' || code === 'FORBIDDEN';
