import { request as send, type IncomingMessage } from 'node:http';
import type { Receiver, Transport } from './transport.ts';

/** Subscribes by server-sent events, in the mode of graphql-sse with a connection for each subscription. */
export const streamTransport: Transport = ({ url, token, query, variables }, receiver) => {
  let response: IncomingMessage | null = null;
  let isOver = false;
  const over = (end: Parameters<Receiver['over']>[0]): void => {
    if (isOver) return;
    isOver = true;
    receiver.over(end);
  };
  const body = JSON.stringify({ query, variables });
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` };
  const sent = send(`${url}/graphql/stream`, { method: 'POST', headers, agent: false }, (opened) => {
    response = opened.setEncoding('utf8');
    if (opened.headers['content-type']?.startsWith('text/event-stream')) readEvents(opened, receiver, over);
    else readRefusal(opened, over);
    opened.on('error', (error) => over({ why: error.message })).on('close', () => over({ why: 'closed' }));
  });
  sent.on('error', (error) => over({ why: error.message }));
  sent.end(body);
  return {
    pause: () => response?.pause(),
    resume: () => response?.resume(),
    cut: () => sent.destroy(),
    stop: () => sent.destroy(),
  };
};

function readEvents(response: IncomingMessage, receiver: Receiver, over: Receiver['over']): void {
  let pending = '';
  response.on('data', (text: string) => {
    const events = (pending + text).split('\n\n');
    pending = events.pop()!;
    for (const event of events) {
      const name = /^event: ?(.*)$/m.exec(event)?.[1];
      const data = [...event.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n');
      if (name === 'next') receiver.next(JSON.parse(data) as Parameters<Receiver['next']>[0]);
      if (name === 'complete') over({ why: 'completed' });
    }
  });
}

function readRefusal(response: IncomingMessage, over: Receiver['over']): void {
  let text = '';
  response
    .on('data', (part: string) => (text += part))
    .on('end', () => {
      try {
        over({ errors: (JSON.parse(text) as { errors: [] }).errors, why: `refused with ${response.statusCode}` });
      } catch {
        over({ why: `status ${response.statusCode}: ${text.slice(0, 200)}` });
      }
    });
}
