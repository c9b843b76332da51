import type { Logger } from '#core/log/logger.js';
import { accessIdOf, type Actor } from '#core/policy/actor.js';

const everyMs = 5_000;

interface Watched {
  known: string;
  readonly callbacks: Set<() => void>;
}

/** Notices when sessions and API tokens in use end or their rights change: one question for all of them, whenever rights change and every few seconds. */
export class SessionWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #timer: NodeJS.Timeout;
  #isChecking = false;
  #again = false;

  /** `find` tells the actors of the sessions and API tokens of these ids that are not over; `onChange` is called before whoever watches a session that changed. */
  constructor(
    readonly find: (accessIds: readonly string[]) => Promise<readonly Actor[]>,
    readonly onChange: () => void,
    readonly log: Logger,
  ) {
    // A bell may be lost, and time ends sessions without one.
    this.#timer = setInterval(() => void this.check(), everyMs).unref();
  }

  /** Calls back when the session of an actor ends or what it may do is no longer what the actor says; returns how to stop that. */
  watch(actor: Actor, callback: () => void): () => void {
    const accessId = accessIdOf(actor);
    if (accessId === null) return () => {};
    let watched = this.#watched.get(accessId);
    if (!watched) this.#watched.set(accessId, (watched = { known: rightsOf(actor), callbacks: new Set() }));
    // Known to have changed since this actor was looked up.
    else if (watched.known !== rightsOf(actor)) setImmediate(callback);
    const { callbacks } = watched;
    callbacks.add(callback);
    return () => {
      callbacks.delete(callback);
      if (callbacks.size === 0 && this.#watched.get(accessId)?.callbacks === callbacks) this.#watched.delete(accessId);
    };
  }

  /** Asks for all sessions that are watched; a call while one is under way lets it ask once more. */
  async check(): Promise<void> {
    this.#again = true;
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      while (this.#again && this.#watched.size > 0) {
        this.#again = false;
        await this.#checkOnce();
      }
    } catch (err) {
      this.log.warn({ err }, 'the sessions in use could not be checked; tried again later');
    } finally {
      this.#isChecking = false;
    }
  }

  /** Stops to look. */
  stop(): void {
    clearInterval(this.#timer);
  }

  async #checkOnce(): Promise<void> {
    const asked = [...this.#watched];
    const actors = await this.find(asked.map(([accessId]) => accessId));
    const now = new Map(actors.map((actor) => [accessIdOf(actor), rightsOf(actor)]));
    const changed = asked.filter(([accessId, { known }]) => now.get(accessId) !== known);
    if (changed.length === 0) return;
    this.onChange();
    for (const [accessId, watched] of changed) {
      watched.known = now.get(accessId) ?? '';
      for (const callback of [...watched.callbacks]) callback();
    }
  }
}

const rightsOf = ({ id, name, isSuperuser, permissions }: Actor): string =>
  JSON.stringify([id, name, isSuperuser, [...permissions].sort()]);
