/** What a process has one of, by its class: the domains put it there at start. */
export class Services {
  readonly #instances = new Map<object, unknown>();

  /** Puts an instance there. */
  add(instance: object): void {
    this.#instances.set(instance.constructor, instance);
  }

  /** The instance of a class; throws when nobody added one. */
  get<T>(type: abstract new (...args: never[]) => T): T {
    const found = this.#instances.get(type);
    if (!found) throw new Error(`${type.name} was not started`);
    return found as T;
  }
}
