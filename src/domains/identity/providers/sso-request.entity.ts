import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Session } from '../sessions/session.entity.js';
import { AuthProvider } from './auth-provider.entity.js';

/** How long a browser may stay at a provider. */
export const requestMs = 600_000;

/** A browser that was sent to a provider and has not come back. */
@Table({ type: 16, table: 'sso_requests', description: 'Browsers that were sent to a provider; each can come back once' })
@Index({ name: 'sso_requests_expired', properties: ['expiresAt'] })
export class SsoRequest extends BaseEntity {
  @ToOne(() => AuthProvider, { description: 'To which provider', onDelete: 'cascade' })
  provider!: Ref<AuthProvider>;

  @ToOne(() => Session, {
    description: 'The session whose user is to sign in so from now on; null for a sign-in',
    nullable: true,
    onDelete: 'cascade',
  })
  session: Ref<Session> | null = null;

  @Column({ kind: 'string', description: 'SHA-256 of the state that the browser comes back with', unique: true, secret: true })
  stateHash!: string;

  @Column({ kind: 'string', description: 'SHA-256 of the cookie of that browser', secret: true })
  browserHash!: string;

  @Column({ kind: 'string', description: 'Nonce and PKCE verifier, sealed', secret: true })
  sealedChecks!: string;

  @Column({ kind: 'string', description: 'Path that the browser goes to when it is signed in' })
  returnTo!: string;

  @Column({ kind: 'time', description: 'Until when it can come back' })
  expiresAt!: Date;

  @Column({ kind: 'time', description: 'When it came back', nullable: true })
  usedAt: Date | null = null;
}
