import type { ServerResponse } from 'node:http';
import { errorCodes, type AppError } from '#core/errors/app-error.js';

/** Answers with JSON. */
export function respondJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}

/** Answers with an error in the shape of a GraphQL response. */
export function respondError(response: ServerResponse, { code, message, details }: AppError): void {
  // What is left of the request's body is not read.
  if (!response.req.complete) response.setHeader('connection', 'close');
  if (details.retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(details.retryAfterMs / 1000));
  respondJson(response, errorCodes[code].status, { errors: [{ message, extensions: { code, ...details } }] });
}

/** Answers with a page. */
export const respondHtml = (response: ServerResponse, status: number, page: string): void =>
  void response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(page);
