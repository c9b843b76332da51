/** The JSON text that a page is answered with, made once for all who get that page. */
export class Answer {
  constructor(readonly text: string) {}
}

/** Where one follower's live pages go: a socket, or the stream of a response. */
export interface Outlet {
  /** Whether so much waits to be sent that the follower had better read at its own pace. */
  readonly isFull: boolean;
  /** Sends an answer; how it is wrapped is made once per answer as well. */
  send(answer: Answer): void;
  /** Resolves when what waited has been sent, or when the client is gone. */
  drained(): Promise<void>;
}
