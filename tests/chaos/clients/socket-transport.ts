import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { Receiver, Transport } from './transport.ts';

/** Subscribes by the protocol graphql-transport-ws, over a socket of its own. */
export const socketTransport: Transport = ({ url, token, query, variables }, receiver) => {
  let socket: WebSocket | null = null;
  let isOver = false;
  let isCut = false;
  const over = (end: Parameters<Receiver['over']>[0]): void => {
    if (isOver) return;
    isOver = true;
    dispose();
    receiver.over(end);
  };
  // Of a connection that breaks meanwhile `closed` tells.
  const dispose = (): void => void Promise.resolve(client.dispose()).catch(() => {});
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    on: {
      opened: (opened) => {
        socket = opened as WebSocket;
        if (isCut) socket.terminate();
      },
      closed: (event) => over({ why: `closed with ${(event as { code?: number }).code}` }),
    },
  });
  client.subscribe<Record<string, any>>(
    { query, variables },
    {
      next: (answer) => receiver.next(answer as never),
      error: (error) => over(Array.isArray(error) ? { errors: error as never, why: 'refused' } : { why: `failed: ${describe(error)}` }),
      complete: () => over({ why: 'completed' }),
    },
  );
  return {
    pause: () => socket?.pause(),
    resume: () => socket?.resume(),
    cut: () => {
      isCut = true;
      socket?.terminate();
    },
    stop: () => {
      isCut = true;
      dispose();
    },
  };
};

const describe = (error: unknown): string =>
  error instanceof Error ? error.message : `closed with ${(error as { code?: number } | undefined)?.code ?? 'nothing'}`;
