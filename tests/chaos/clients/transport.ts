/** A subscription to make. */
export interface Request {
  url: string;
  token: string;
  query: string;
  variables: Record<string, unknown>;
}

/** What a subscriber is told. */
export interface Receiver {
  /** An answer, as it came. */
  next(answer: { data?: Record<string, any> | null; errors?: readonly { message: string; extensions?: { code?: string } }[] }): void;
  /** Nothing follows: `errors` is what the server said of the subscription, `why` what became of the connection. */
  over(end: { errors?: readonly { message: string; extensions?: { code?: string } }[]; why: string }): void;
}

/** A connection that carries one subscription. */
export interface Connection {
  /** Reads nothing more until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends the connection without a goodbye. */
  cut(): void;
  /** Ends the subscription in order. */
  stop(): void;
}

/** A way to subscribe. */
export type Transport = (request: Request, receiver: Receiver) => Connection;
