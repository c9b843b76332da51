/** A publish/subscribe within the process, as lean as one can be. */
export class Topic {
  #followers = new Set();

  /** Gives a value to everybody who follows. */
  publish(value) {
    for (const put of this.#followers) put(value);
  }

  /** All values from now on. */
  follow() {
    const waiting = [];
    let resume = null;
    const put = (value) => {
      if (resume) resume({ value, done: false });
      else waiting.push(value);
      resume = null;
    };
    this.#followers.add(put);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: () =>
        waiting.length > 0 ? Promise.resolve({ value: waiting.shift(), done: false }) : new Promise((resolve) => (resume = resolve)),
      return: async () => {
        this.#followers.delete(put);
        return { value: undefined, done: true };
      },
    };
  }
}
