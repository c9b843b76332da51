import type { Authenticator } from '#domains/identity/index.js';
import type { CookieJar, GraphContext, GraphSystem } from '#core/graph/context.js';
import { Reader } from '#core/graph/read/reader.js';
import { anonymous } from '#core/policy/actor.js';
import type { ClientRequest } from '#core/server/client-request.js';

/** Makes the context of an operation; fails when its credentials are not valid. */
export type ContextFor = (client: ClientRequest, signal: AbortSignal, cookies?: CookieJar) => Promise<GraphContext>;

const noCookies: CookieJar = { setSession: () => {} };

/** Contexts of operations on this system, with the actors that the authenticator finds. */
export const operationContexts =
  (system: GraphSystem, authenticator: Authenticator): ContextFor =>
  async (client, signal, cookies = noCookies) => {
    const actor = await authenticator.authenticate(client.credentials);
    const work = { statements: 0 };
    return {
      ...client,
      actor,
      work,
      reader: new Reader(system.database, actor, system.policies, work),
      cookies,
      signal,
      system,
      // Apollo executes an operation with a copy of this object, so that both go by `this`.
      currentActor() {
        return this.actor.sessionId === null ? Promise.resolve(this.actor) : authenticator.bySession(this.actor.sessionId);
      },
      onRightsChange(callback) {
        return authenticator.watch(this.actor, callback);
      },
      live: null,
      async become(sessionId) {
        this.actor = (await authenticator.bySession(sessionId)) ?? anonymous;
        this.reader = new Reader(system.database, this.actor, system.policies, work);
      },
    };
  };
