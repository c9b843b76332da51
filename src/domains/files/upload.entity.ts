import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { User } from '#domains/identity/users/user.entity.js';

/** A file that somebody sent. */
@Table({
  name: 'Upload',
  type: 24,
  table: 'uploads',
  description: 'A file that somebody sent to POST /uploads; seen by that user and by holders of file:read',
  one: 'upload',
  many: 'uploads',
})
export class Upload extends BaseEntity {
  @Column({ kind: 'string', description: 'Name that the client gave the file' })
  name!: string;

  @Column({ kind: 'long', description: 'Size in bytes' })
  sizeBytes!: number;

  @Column({ kind: 'string', description: 'SHA-256 of the content, in hexadecimal', filter: true })
  sha256!: string;

  @ToOne(() => User, { description: 'Who sent it', nullable: true, inverse: { name: 'uploads', description: 'Files that the user sent' } })
  uploadedBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who sent it, at that time' })
  uploadedByName!: string;

  @Column({ kind: 'time', description: 'When it was complete', order: true })
  createdAt: Date = new Date();
}
