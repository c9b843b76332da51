import WebSocket from 'ws';

/** A message of the graphql-transport-ws protocol. */
export interface SocketMessage {
  type: string;
  id?: string;
  payload?: any;
}

/** A bare socket that speaks the protocol word by word; messages wait here until the test asks for them. */
export class TestSocket {
  readonly messages: SocketMessage[] = [];
  /** Why the server closed it; null while it is open. */
  closed: { code: number; reason: string } | null = null;
  #wake: (() => void)[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (text) => {
      this.messages.push(JSON.parse(String(text)) as SocketMessage);
      this.#changed();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#changed();
    });
    socket.on('error', () => {});
  }

  /** Opens a socket without saying anything yet. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<TestSocket> {
    const opened = new TestSocket(new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', { headers }));
    await new Promise((resolve, reject) => opened.socket.once('open', resolve).once('error', reject));
    return opened;
  }

  /** Opens a socket and waits until the server has acknowledged it. */
  static async connect(url: string, token?: string): Promise<TestSocket> {
    const opened = await TestSocket.open(url);
    opened.say({ type: 'connection_init', ...(token && { payload: { authorization: `Bearer ${token}` } }) });
    await opened.message('the acknowledgement', ({ type }) => type === 'connection_ack');
    return opened;
  }

  /** Sends a message, or a text as it is. */
  say(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Sends an operation and waits for its first answer; returns it without what it tells of its cost. */
  async ask(id: string, query: string, variables: object = {}): Promise<SocketMessage> {
    this.say({ id, type: 'subscribe', payload: { query, variables } });
    const answer = await this.message(`the answer to ${id}`, (message) => message.id === id);
    if (answer.type !== 'next') return answer;
    const { extensions: _, ...payload } = answer.payload;
    return { ...answer, payload };
  }

  /** Waits for a message. */
  async message(what: string, matches: (message: SocketMessage) => boolean): Promise<SocketMessage> {
    await this.#until(what, () => this.messages.some(matches));
    return this.messages.find(matches)!;
  }

  /** Waits until the server closes the socket. */
  async close(ms?: number): Promise<{ code: number; reason: string }> {
    await this.#until('the end of the socket', () => this.closed !== null, ms);
    return this.closed!;
  }

  /** Closes the socket in order. */
  async end(): Promise<void> {
    this.socket.close();
    await this.close();
  }

  async #until(what: string, holds: () => boolean, ms = 10_000): Promise<void> {
    const deadline = Date.now() + ms;
    while (!holds()) {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`waited ${ms} ms for ${what}; got ${JSON.stringify(this.messages)}, closed ${JSON.stringify(this.closed)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
