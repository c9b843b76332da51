import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '../users/user.entity.js';

/** One sign-in of a user and all the tokens that came from it. */
@Table({
  name: 'Session',
  type: 7,
  table: 'sessions',
  description: 'One sign-in of a user; seen by that user and by holders of session:read. A revoked one keeps its row',
  one: 'session',
  many: 'sessions',
})
@Index({
  name: 'sessions_ended',
  expression: `create index "sessions_ended" on "sessions" (least("revoked_at", "expires_at"))`,
})
export class Session extends MutableEntity {
  @ToOne(() => User, {
    description: 'Whose session it is',
    onDelete: 'cascade',
    filter: true,
    inverse: { name: 'sessions', description: 'Sessions of the user' },
  })
  user!: Ref<User>;

  @Column({ kind: 'string', description: 'SHA-256 of the present refresh token', secret: true })
  refreshTokenHash!: string;

  @Column({ kind: 'string', description: 'SHA-256 of the refresh token before', nullable: true, secret: true })
  previousTokenHash: string | null = null;

  @Column({ kind: 'time', description: 'When the present refresh token took its place', nullable: true, hidden: true })
  tokenRotatedAt: Date | null = null;

  @Column({
    kind: 'string',
    description: 'SHA-256 of the cookie; null when the session has none',
    nullable: true,
    unique: true,
    secret: true,
  })
  cookieHash: string | null = null;

  @Column({ kind: 'string', description: 'What the client said of itself at sign-in', nullable: true })
  clientInfo: string | null = null;

  @Column({ kind: 'string', description: 'Address of the client at sign-in', nullable: true })
  ipAddress: string | null = null;

  @Column({ kind: 'string', description: 'User agent at sign-in', nullable: true })
  userAgent: string | null = null;

  @Column({ kind: 'time', description: 'When the session ends by itself', filter: true })
  expiresAt!: Date;

  @Column({ kind: 'time', description: 'When the session was last used, to the minute' })
  lastActivityAt: Date = new Date();

  @Column({ kind: 'time', description: 'When the session was ended; null when it was not', nullable: true, filter: true })
  revokedAt: Date | null = null;

  @Column({
    kind: 'time',
    description: 'When the user last proved who they are with reauthenticateSession; null when the sign-in was the last time',
    nullable: true,
  })
  reauthenticatedAt: Date | null = null;

  @Computed({ kind: 'boolean', description: 'Whether the time of the session is over', needs: ['expiresAt'] })
  get isExpired(): boolean {
    return this.expiresAt.getTime() <= Date.now();
  }
}
