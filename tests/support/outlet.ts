import type { Answer, Outlet } from '#core/feed/outlet.js';

/** An outlet that keeps what it is given; `isFull` and when it drains are the test's to say. */
export class TestOutlet implements Outlet {
  isFull = false;
  readonly sent: Answer[] = [];
  #drain: (() => void)[] = [];

  send(answer: Answer): void {
    this.sent.push(answer);
  }

  drained(): Promise<void> {
    return this.isFull ? new Promise((resolve) => this.#drain.push(resolve)) : Promise.resolve();
  }

  /** What waited has been sent. */
  drain(): void {
    this.isFull = false;
    for (const resolve of this.#drain.splice(0)) resolve();
  }
}
