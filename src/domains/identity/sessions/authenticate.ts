import { LRUCache } from 'lru-cache';
import { declarationOf } from '#core/database/declare/registry.js';
import { typeOfId } from '#core/database/id.js';
import { executeSql, sql, type Sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import type { Database } from '#core/database/open-database.js';
import type { Bell } from '#core/feed/bell.js';
import { anonymous, rightsStream, type Actor } from '#core/policy/actor.js';
import type { Credentials } from '#core/graph/context.js';
import type { Logger } from '#core/log/logger.js';
import { hashToken } from '#core/secrets/token.js';
import type { Settings } from '#core/settings/settings.js';
import { ApiToken } from '../tokens/api-token.entity.js';
import { isApiToken } from '../tokens/api-token-text.js';
import { findTokenActors } from '../tokens/find-token-actors.js';
import { hasTotp, heldPermissions, heldRoles } from '../roles/held-permissions.js';
import { verifyAccessToken, type AccessClaims } from './access-token.js';
import { rightsOf, type RightsRow } from '../roles/rights-of.js';
import { withinLimits } from './session-limits.js';
import { SessionWatch } from './session-watch.js';
import type { SigningKeys } from './signing-keys.js';
import { useApiToken } from '../tokens/use-api-token.js';

const freshMs = 1_000;
const activityMs = 60_000;
const afterEndMs = 50;
const longestTimerMs = 2 ** 31 - 1;
const isOfToken = (id: string): boolean => typeOfId(id) === declarationOf(ApiToken).type;

interface ActorRow extends RightsRow {
  session_id: string;
  user_id: string;
  username: string;
  is_stale: boolean;
}

/** Finds out who asks. What it knows of a session is at most a second old, and forgotten when identities change. */
export class Authenticator {
  readonly #known = new LRUCache<string, { found: Promise<Actor | null>; at: number }>({ max: 10_000 });
  // What a signature proves stays proved until the token expires; whether its session lasts is asked of the database.
  readonly #verified = new LRUCache<string, AccessClaims>({ max: 10_000 });

  readonly #watch: SessionWatch;

  constructor(
    readonly database: Database,
    readonly keys: SigningKeys,
    bell: Bell,
    log: Logger,
    readonly settings: Settings,
  ) {
    this.#watch = new SessionWatch(
      (ids) => this.#findByIds(ids),
      () => this.#known.clear(),
      log,
    );
    bell.listen(rightsStream, () => {
      this.#known.clear();
      void this.#watch.check();
    });
  }

  /**
   * The actor of a request; `anonymous` without credentials, `UNAUTHENTICATED` with a token that is not valid (any more). A cookie of
   * a session that is over counts as none: a browser sends it whether it wants to or not, also to sign in again.
   */
  async authenticate({ accessToken, cookie }: Credentials, sourceIp: string | null = null): Promise<Actor> {
    if (accessToken && isApiToken(accessToken)) {
      const actor = await this.#keep(`apiToken:${hashToken(accessToken)}`, () =>
        useApiToken(this.database.fork(), accessToken, { settings: this.settings, sourceIp }),
      );
      if (!actor)
        throw new AppError('UNAUTHENTICATED', 'The API token is not valid: it was revoked, has expired, or its owner is not active');
      return actor;
    }
    if (accessToken) {
      const actor = await this.#byToken(accessToken);
      if (!actor) throw new AppError('UNAUTHENTICATED', 'The session is over: sign in again');
      return actor;
    }
    if (!cookie) return anonymous;
    return (await this.#remember(`cookie:${hashToken(cookie)}`, sql`s.cookie_hash = ${hashToken(cookie)}`)) ?? anonymous;
  }

  /** The actor of a session as it is now, or null when the session is over. */
  bySession(sessionId: string): Promise<Actor | null> {
    return this.#remember(`session:${sessionId}`, sql`s.id = ${sessionId}::uuid`);
  }

  /** The actor as it is now, or null when its session or API token is over. */
  again(actor: Actor): Promise<Actor | null> {
    const { apiToken, sessionId } = actor;
    if (apiToken)
      return this.#keep(`apiToken:${apiToken.id}`, () =>
        findTokenActors(this.database.fork(), sql`t.id = ${apiToken.id}::uuid`, this.settings),
      );
    return sessionId === null ? Promise.resolve(actor) : this.bySession(sessionId);
  }

  /**
   * Calls back when the session or API token of an actor ends or its rights change, within a second where the bell rings; returns how to
   * stop that.
   */
  watch(actor: Actor, callback: () => void): () => void {
    const stop = this.#watch.watch(actor, callback);
    if (!actor.apiToken) return stop;
    // Nobody rings when its time is over.
    const leftMs = Math.min(actor.apiToken.expiresAt.getTime() - Date.now() + afterEndMs, longestTimerMs);
    const timer = setTimeout(() => void this.#watch.check(), leftMs).unref();
    return () => {
      clearTimeout(timer);
      stop();
    };
  }

  /** Stops to watch sessions. */
  stop(): void {
    this.#watch.stop();
  }

  async #byToken(token: string): Promise<Actor | null> {
    const { jti, sessionId, userId, passwordVersion } = await this.#claimsOf(token);
    return this.#remember(
      `token:${jti}`,
      sql`s.id = ${sessionId}::uuid and u.id = ${userId}::uuid and u.password_version = ${passwordVersion}
      and not exists (select 1 from revoked_tokens r where r.jti = ${jti})`,
    );
  }

  async #claimsOf(token: string): Promise<AccessClaims> {
    const known = this.#verified.get(token);
    if (known && known.expiresAt.getTime() > Date.now()) return known;
    const claims = await verifyAccessToken(this.keys, token);
    this.#verified.set(token, claims);
    return claims;
  }

  async #findByIds(ids: readonly string[]): Promise<Actor[]> {
    const [tokens, sessions] = [ids.filter(isOfToken), ids.filter((id) => !isOfToken(id))];
    const found = await Promise.all([
      sessions.length > 0 ? this.#findAll(sql`s.id = any(${sessions}::uuid[])`) : [],
      tokens.length > 0 ? findTokenActors(this.database.fork(), sql`t.id = any(${tokens}::uuid[])`, this.settings) : [],
    ]);
    return found.flat();
  }

  #remember(key: string, condition: Sql): Promise<Actor | null> {
    return this.#keep(key, () => this.#findAll(condition));
  }

  #keep(key: string, find: () => Promise<Actor[]>): Promise<Actor | null> {
    const known = this.#known.get(key);
    if (known && Date.now() - known.at < freshMs) return known.found;
    const found = find().then(([actor = null]) => actor);
    this.#known.set(key, { found, at: Date.now() });
    found.catch(() => this.#known.delete(key));
    return found;
  }

  async #findAll(condition: Sql): Promise<Actor[]> {
    const em = this.database.fork();
    const rows = await executeSql<ActorRow>(
      em,
      sql`
      select s.id as session_id, u.id as user_id, u.username, u.is_superuser, ${hasTotp} as has_totp, s.last_activity_at < now() - ${activityMs / 1000} * interval '1 second' as is_stale,
        ${heldRoles} as roles,
        array(select distinct p.name from ${heldPermissions} where a.user_id = u.id) as permissions
      from sessions s join users u on u.id = s.user_id
      where ${condition} and s.revoked_at is null and s.expires_at > now() and ${withinLimits(this.settings)} and u.is_active`,
    );
    const stale = rows.filter(({ is_stale }) => is_stale).map(({ session_id }) => session_id);
    if (stale.length > 0) await executeSql(em, sql`update sessions set last_activity_at = now() where id = any(${stale}::uuid[])`);
    return rows.map((row) => ({
      kind: 'user',
      id: row.user_id,
      name: row.username,
      ...rightsOf(row, this.settings),
      sessionId: row.session_id,
    }));
  }
}
