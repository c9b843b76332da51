import { LRUCache } from 'lru-cache';
import { executeSql, sql, type Sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import type { Database } from '#core/database/open-database.js';
import type { Bell } from '#core/feed/bell.js';
import { anonymous, rightsStream, type Actor } from '#core/policy/actor.js';
import type { Credentials } from '#core/graph/context.js';
import type { Logger } from '#core/log/logger.js';
import { hashToken } from '#core/secrets/token.js';
import { verifyAccessToken, type AccessClaims } from './access-token.js';
import { SessionWatch } from './session-watch.js';
import type { SigningKeys } from './signing-keys.js';

const freshMs = 1_000;
const activityMs = 60_000;

interface ActorRow {
  session_id: string;
  user_id: string;
  username: string;
  is_superuser: boolean;
  permissions: string[];
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
  ) {
    this.#watch = new SessionWatch(
      (ids) => this.#findAll(sql`s.id = any(${ids}::uuid[])`),
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
  async authenticate({ accessToken, cookie }: Credentials): Promise<Actor> {
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

  /** Calls back when the session of an actor ends or its rights change, within a second where the bell rings; returns how to stop that. */
  watch(actor: Actor, callback: () => void): () => void {
    return this.#watch.watch(actor, callback);
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

  #remember(key: string, condition: Sql): Promise<Actor | null> {
    const known = this.#known.get(key);
    if (known && Date.now() - known.at < freshMs) return known.found;
    const found = this.#findAll(condition).then(([actor = null]) => actor);
    this.#known.set(key, { found, at: Date.now() });
    found.catch(() => this.#known.delete(key));
    return found;
  }

  async #findAll(condition: Sql): Promise<Actor[]> {
    const em = this.database.fork();
    const rows = await executeSql<ActorRow>(
      em,
      sql`
      select s.id as session_id, u.id as user_id, u.username, u.is_superuser, s.last_activity_at < now() - ${activityMs / 1000} * interval '1 second' as is_stale,
        array(select distinct p.name from role_assignments a join role_permissions rp on rp.role_id = a.role_id join permissions p on p.id = rp.permission_id where a.user_id = u.id) as permissions
      from sessions s join users u on u.id = s.user_id
      where ${condition} and s.revoked_at is null and s.expires_at > now() and u.is_active`,
    );
    const stale = rows.filter(({ is_stale }) => is_stale).map(({ session_id }) => session_id);
    if (stale.length > 0) await executeSql(em, sql`update sessions set last_activity_at = now() where id = any(${stale}::uuid[])`);
    return rows.map((row) => ({
      kind: 'user',
      id: row.user_id,
      name: row.username,
      isSuperuser: row.is_superuser,
      permissions: new Set(row.permissions),
      sessionId: row.session_id,
    }));
  }
}
