import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** An access token that was ended before its time. */
@Table({
  name: 'RevokedToken',
  type: 8,
  table: 'revoked_tokens',
  description: 'An access token that was ended before its time; seen by holders of session:read',
  many: 'revokedTokens',
})
export class RevokedToken extends BaseEntity {
  @Column({ kind: 'string', description: 'Id of the token (its jti claim)', unique: true, filter: true })
  jti!: string;

  @Column({ kind: 'time', description: 'When the token would have ended; the row is not needed after that', filter: true })
  expiresAt!: Date;
}
