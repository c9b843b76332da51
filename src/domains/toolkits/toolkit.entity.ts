import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { Table } from '#core/database/declare/table.js';
import { ToolkitOrigin } from './toolkit-origin.js';

/** A folder that offers operations, as the newest start, registration or upload found it. */
@Table({
  name: 'Toolkit',
  type: 30,
  table: 'toolkits',
  description: 'A folder that offers operations, as the newest start, registration or upload found it; seen by whoever is signed in',
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

  @Column({ kind: ToolkitOrigin, description: 'Where it comes from' })
  origin: ToolkitOrigin = 'FOLDER';

  @Column({ kind: 'string', description: 'File below its folder that registers its operations' })
  workerModule!: string;

  @Column({ kind: 'string', description: 'Function that this file exports for that' })
  workerRegisterAttr!: string;

  @Column({
    kind: 'string',
    nullable: true,
    description: 'Module of a back end that it had elsewhere; shown only, because operations do its work here. Null when it had none',
  })
  backendModule: string | null = null;

  @Column({ kind: 'string', nullable: true, description: 'Name of the router in that module; shown only' })
  backendRouterAttr: string | null = null;

  @Column({
    kind: 'string',
    nullable: true,
    description: 'Page of its front end, whose folder is served below frontendUrl; null when it has none',
  })
  frontendEntry: string | null = null;

  @Computed({
    kind: 'string',
    nullable: true,
    description: 'Path on this server at which its page is; null when it has none, is disabled or is not loaded',
    needs: ['slug', 'frontendEntry', 'isEnabled', 'isLoaded'],
  })
  get frontendUrl(): string | null {
    if (this.frontendEntry === null || !this.isEnabled || !this.isLoaded) return null;
    return `/toolkits/${this.slug}/${this.frontendEntry.split('/').at(-1)}`;
  }

  @Column({ kind: 'string', nullable: true, description: 'File that the front end was built from; shown only' })
  frontendSourceEntry: string | null = null;

  @Column({
    kind: 'json',
    list: true,
    description:
      'Cards for a dashboard, in their order: objects with title and description, and perhaps icon (a name), link (an http(s) URL or a path of this server), operation (one of its own) and query (GraphQL)',
    default: "'[]'",
  })
  dashboardCards: object[] = [];

  @Column({ kind: 'string', nullable: true, description: 'File below its folder that loads dashboardContext; null when it has none' })
  dashboardContextModule: string | null = null;

  @Column({ kind: 'string', nullable: true, description: 'Function that this file exports for that' })
  dashboardContextAttr: string | null = null;

  @Column({
    kind: 'boolean',
    description:
      'Whether jobs of it can be started, its front end is served and its dashboard context loaded; jobs that were accepted before it was disabled still run',
    default: 'true',
    filter: true,
  })
  isEnabled: boolean = true;

  @Column({
    kind: 'boolean',
    description: 'Whether its folder was there and in order when it was last looked at: by the newest start, a registration or an upload',
    filter: true,
  })
  isLoaded!: boolean;

  @Column({
    kind: 'string',
    nullable: true,
    description:
      'SHA-256 of all files in its folder, as they were when it was last found in order, in hexadecimal digits; tools that run its operations are agreed to with it',
  })
  codeDigest: string | null = null;

  @Column({ kind: 'json', nullable: true, keepsOrder: true, hidden: true, description: 'Its manifest as it was last in order' })
  manifest: object | null = null;

  @Column({ kind: 'id', nullable: true, hidden: true, description: 'Bundle that its folder was unpacked from' })
  bundleId: string | null = null;
}
