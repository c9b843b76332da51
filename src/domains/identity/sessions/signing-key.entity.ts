import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** A key pair that signs access tokens; its id is the `kid`. */
@Table({ type: 9, table: 'signing_keys', description: 'Key pairs that sign access tokens' })
export class SigningKey extends BaseEntity {
  @Column({ kind: 'json', description: 'Public half as a JWK' })
  publicJwk!: object;

  @Column({ kind: 'string', description: 'Private half as a sealed JWK', secret: true })
  sealedPrivateJwk!: string;

  @Column({ kind: 'time', description: 'When it began to sign' })
  createdAt: Date = new Date();
}
