import type { StoredFiles } from '#core/backup/stored-files.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import type { RelationDeclaration } from '#core/database/declare/relation.js';
import type { SealedColumn } from '#core/database/sealed-column.js';
import type { CodeFollower } from '#core/jobs/code-followers.js';
import type { JobFollower } from '#core/jobs/job-followers.js';
import type { OwnOperation } from '#core/jobs/own-operation.js';
import type { Policy } from '#core/policy/policy.js';
import type { SettingDeclaration } from '#core/settings/setting.js';
import type { DerivedDeclaration } from './derived.js';
import type { FeedDeclaration } from './feed.js';

/** What a domain consists of. */
export interface Domain {
  readonly name: string;
  readonly entities?: readonly EntityClass[];
  /** Relations of other domains' entities to its own. */
  readonly relations?: readonly RelationDeclaration[];
  readonly derived?: readonly DerivedDeclaration[];
  readonly policies?: readonly Policy[];
  readonly feeds?: readonly FeedDeclaration[];
  /** Operations of its own, which the worker carries out in its process. */
  readonly operations?: readonly OwnOperation[];
  /** What of it moves with jobs that carry it out. */
  readonly followers?: readonly JobFollower[];
  /** What of it stands or falls with the code of operations. */
  readonly codeFollowers?: readonly CodeFollower[];
  /** Files in the data folder that belong to its rows. */
  readonly storedFiles?: readonly StoredFiles[];
  /** What people can set while everything runs. */
  readonly settings?: readonly SettingDeclaration[];
  /** Where it keeps sealed texts, so that they can be sealed anew with another key. */
  readonly sealed?: readonly SealedColumn[];
  /** What every process has one of, for its use cases and those of others. */
  readonly services?: readonly object[];
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
  readonly resolvers?: readonly Function[];
}
