import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { serve } from './serve.js';

/** What stands in front of a server that lets everybody in. */
export interface Guard {
  url: string;
  /** Says which requests it lets through; the others get 401. */
  admits: (request: IncomingMessage) => boolean | Promise<boolean>;
  /** Answers before the server does; true when it has. */
  answers: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** What a refusal has in its header WWW-Authenticate. */
  challenge: string;
  refusals: number;
}

/** Puts a guard in front of a server. */
export async function startGuard(target: string): Promise<Guard> {
  const { origin, pathname } = new URL(target);
  const guard: Guard = { url: '', admits: () => true, answers: () => false, challenge: 'Bearer', refusals: 0 };
  const url = await serve(async (request, response) => {
    if (guard.answers(request, response)) return;
    if (!(await guard.admits(request))) {
      guard.refusals += 1;
      // A careless server shows what it was sent.
      const shown = JSON.stringify(request.headers);
      return response.writeHead(401, { 'www-authenticate': guard.challenge, 'content-type': 'text/plain' }).end(`no: ${shown}`);
    }
    const onward = ask(
      `${origin}${request.url}`,
      { method: request.method, headers: { ...request.headers, host: new URL(origin).host } },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  guard.url = `${url}${pathname}`;
  return guard;
}
