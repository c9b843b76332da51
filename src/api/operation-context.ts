import type { Authenticator } from '#domains/identity/index.js';
import type { CookieJar, Credentials, GraphContext, GraphSystem } from '#core/graph/context.js';
import type { LiveDelivery } from '#core/graph/live.js';
import { Reader } from '#core/graph/read/reader.js';
import { anonymous, type Actor } from '#core/policy/actor.js';
import type { ClientRequest } from '#core/server/client-request.js';

/** Makes the context of an operation; fails when its credentials are not valid. */
export type ContextFor = (client: ClientRequest, signal: AbortSignal, cookies?: CookieJar) => Promise<GraphContext>;

const noCookies: CookieJar = { setSession: () => {}, bindBrowser: () => null };

/** Contexts of operations on this system, with the actors that the authenticator finds. */
export const operationContexts =
  (system: GraphSystem, authenticator: Authenticator): ContextFor =>
  async (client, signal, cookies = noCookies) =>
    new OperationContext(
      { system, authenticator, client, signal, cookies },
      await authenticator.authenticate(client.credentials, client.sourceIp),
    );

/** Where an operation comes from, and on what it runs. */
interface Surroundings {
  readonly system: GraphSystem;
  readonly authenticator: Authenticator;
  readonly client: ClientRequest;
  readonly signal: AbortSignal;
  readonly cookies: CookieJar;
}

// A class, because Apollo copies own properties and keeps the prototype, and because a feed keeps one for each follower.
class OperationContext implements GraphContext {
  readonly system: GraphSystem;
  readonly authenticator: Authenticator;
  readonly requestId: string;
  readonly traceId: string;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly isAgent: boolean;
  readonly credentials: Credentials;
  readonly cookies: CookieJar;
  readonly signal: AbortSignal;
  readonly work = { statements: 0 };
  reader: Reader;
  live: LiveDelivery | null = null;

  constructor(
    { system, authenticator, client, signal, cookies }: Surroundings,
    public actor: Actor,
  ) {
    this.system = system;
    this.authenticator = authenticator;
    this.requestId = client.requestId;
    this.traceId = client.traceId;
    this.sourceIp = client.sourceIp;
    this.userAgent = client.userAgent;
    this.isAgent = client.isAgent ?? false;
    this.credentials = client.credentials;
    this.cookies = cookies;
    this.signal = signal;
    this.reader = this.readAs(actor);
  }

  currentActor(): Promise<Actor | null> {
    return this.authenticator.again(this.actor);
  }

  onRightsChange(callback: () => void): () => void {
    return this.authenticator.watch(this.actor, callback);
  }

  async become(sessionId: string): Promise<void> {
    this.actor = (await this.authenticator.bySession(sessionId)) ?? anonymous;
    this.reader = this.readAs(this.actor);
  }

  readAs(actor: Actor): Reader {
    return new Reader(this.system.database, actor, this.system.policies, this.work);
  }
}
