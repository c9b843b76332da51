import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { Job } from './job.entity.js';

/** A file that the successful run of a job left. */
@Table({
  name: 'JobFile',
  type: 31,
  table: 'job_files',
  description: 'A file that the successful run of a job left; seen by whoever sees the job',
})
export class JobFile extends BaseEntity {
  @ToOne(() => Job, {
    description: 'Job',
    onDelete: 'cascade',
    inverse: { name: 'files', description: 'Files that its successful run left' },
  })
  job!: Ref<Job>;

  @Column({ kind: 'int', description: 'Run that left it' })
  attempt!: number;

  @Column({ kind: 'string', description: 'Name that the run gave it' })
  name!: string;

  @Column({ kind: 'long', description: 'Size in bytes' })
  sizeBytes!: number;

  @Column({ kind: 'string', description: 'SHA-256 of the content, in hexadecimal' })
  sha256!: string;

  @Column({ kind: 'string', description: 'Media type, by the end of its name' })
  mediaType!: string;

  @Column({ kind: 'time', description: 'When the run had ended', order: true })
  createdAt: Date = new Date();

  @Computed({ kind: 'string', description: 'Where it is downloaded, on the address of this API', needs: ['id'] })
  get url(): string {
    return `/files/${this.id}`;
  }
}
