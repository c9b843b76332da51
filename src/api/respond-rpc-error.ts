import type { ServerResponse } from 'node:http';
import { errorCodes, type AppError } from '#core/errors/app-error.js';
import { respondJson } from '#core/server/respond.js';

// Of JSON-RPC: an invalid request, and what servers may use for their own.
const invalidRequest = -32_600;
const ofServer = -32_000;

/** Answers a whole request with an error, in the shape of JSON-RPC; who has no valid token is told how to come in. */
export function respondRpcError(
  response: ServerResponse,
  { code, message, details }: AppError,
  hasToken: boolean,
  status: number = errorCodes[code].status,
): void {
  if (response.headersSent) return void response.destroy();
  // What is left of the request's body is not read.
  if (!response.req.complete) response.setHeader('connection', 'close');
  if (status === 401) response.setHeader('www-authenticate', `Bearer realm="signalbox"${hasToken ? ', error="invalid_token"' : ''}`);
  if (details.retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(details.retryAfterMs / 1000));
  const error = { code: code === 'BAD_USER_INPUT' ? invalidRequest : ofServer, message, data: { code, ...details } };
  respondJson(response, status, { jsonrpc: '2.0', error, id: null });
}
