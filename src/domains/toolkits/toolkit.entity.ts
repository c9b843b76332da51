import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Table } from '#core/database/declare/table.js';

/** A folder that offers operations, as the newest start found it. */
@Table({
  name: 'Toolkit',
  type: 30,
  table: 'toolkits',
  description: 'A folder that offers operations, as the newest start found it; seen by whoever is signed in',
  one: 'toolkit',
  many: 'toolkits',
  keys: ['slug'],
})
export class Toolkit extends MutableEntity {
  @Column({
    kind: 'string',
    description: 'Name of its folder, and first part of the names of its operations',
    unique: true,
    filter: true,
    order: true,
  })
  slug!: string;

  @Column({ kind: 'string', description: 'Name for people' })
  name!: string;

  @Column({ kind: 'string', description: 'Version that its manifest states' })
  version!: string;

  @Column({ kind: 'string', description: 'What it is for' })
  description!: string;

  @Column({ kind: 'string', description: 'Word that it is grouped by', filter: true })
  category!: string;

  @Column({ kind: 'string', list: true, description: 'Words that describe it' })
  tags: string[] = [];

  @Column({ kind: 'string', description: 'Where it comes from: "folder" for one that was put below TOOLKIT_STORAGE_DIR' })
  origin: string = 'folder';

  @Column({ kind: 'string', description: 'File below its folder that registers its operations' })
  workerModule!: string;

  @Column({ kind: 'string', description: 'Function that this file exports for that' })
  workerRegisterAttr!: string;

  @Column({
    kind: 'boolean',
    description: 'Whether its operations may be used; a process follows it from its next start on',
    default: 'true',
    filter: true,
  })
  isEnabled: boolean = true;

  @Column({ kind: 'boolean', description: 'Whether the newest start found its folder, and found it in order', filter: true })
  isLoaded!: boolean;
}
