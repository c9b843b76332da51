import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import type { WriteSystem } from '#core/feed/write.js';
import { Delivery } from '#core/jobs/delivery.js';
import type { OperationSource } from '#core/jobs/operation-source.js';
import { Operations, type Operation } from '#core/jobs/operations.js';
import { isOwnName } from '#core/jobs/own-slugs.js';
import type { SettingDeclaration } from '#core/settings/setting.js';
import { Settings } from '#core/settings/settings.js';
import { admitOperation, slugOf } from './admit-operation.js';
import { toolkitManifest } from './manifest.js';
import { toolkitOperations } from './toolkit-operations.js';
import { toolkitSettings } from './toolkit-settings.js';
import { ToolkitStorage } from './toolkit-storage.js';
import { toolkitStream } from './toolkit-stream.js';
import type { Toolkit } from './toolkit.entity.js';

type Row = Pick<Toolkit, 'id' | 'slug' | 'revision' | 'bundleId' | 'codeDigest' | 'manifest'> & { isOffered: boolean };
type Found = Row & { operations: Operation[]; settings: SettingDeclaration[]; state: string };

// The bell may be lost.
const lookMs = 3_000;

/** Keeps the operations of a process up to the rows of the toolkits, and to the folders that the process sees. */
export class ToolkitWatch implements OperationSource {
  /** What is in place of each toolkit, by its id. */
  readonly #inPlace = new Map<string, Pick<Found, 'revision' | 'state' | 'settings'>>();
  #asked = 0;
  #answered = 0;
  #stops: (() => void)[] = [];

  constructor(readonly system: Pick<WriteSystem, 'database' | 'bell' | 'log' | 'services'>) {}

  /** Begins to follow what changes. */
  start(): void {
    const { bell, database, log } = this.system;
    const look = (): void =>
      void this.refresh(database.fork()).catch((error: Error) => log.debug({ reason: error.message }, 'could not look at the toolkits'));
    const timer = setInterval(look, lookMs);
    this.#stops = [bell.listen(toolkitStream, look), () => clearInterval(timer)];
  }

  /** Follows no longer. */
  stop(): void {
    for (const stop of this.#stops) stop();
  }

  /** Throws when an operation may not be asked for; otherwise this process knows it afterwards, as the newest change made it. */
  async admit(em: EntityManager, name: string): Promise<void> {
    const toolkit = await admitOperation(em, name);
    const known = this.system.services.get(Operations).find(name)?.toolkitId ?? null;
    const isCurrent = known === (toolkit?.id ?? null) && (!toolkit || this.#inPlace.get(toolkit.id)?.revision === toolkit.revision);
    if (!isCurrent) await this.refresh(em);
  }

  /** Digest of the code of the toolkit that an operation belongs to, as its folder is now; null for one of Signalbox itself. */
  async codeNow(name: string): Promise<string | null> {
    return isOwnName(name) ? null : this.system.services.get(ToolkitStorage).codeOf(slugOf(name));
  }

  /**
   * Brings the operations up to date. Several may do so at once, each over the connection that it has: whoever waited for another while
   * holding one could keep that one from ever getting its own. What was asked later is newer, so an earlier answer that comes after it is
   * dropped.
   */
  async refresh(em: EntityManager): Promise<void> {
    const turn = (this.#asked += 1);
    const rows = await executeSql<Row>(
      em,
      sql`select id, slug, revision, bundle_id as "bundleId", code_digest as "codeDigest", manifest, is_enabled and is_loaded as "isOffered" from toolkits where manifest is not null`,
    );
    const found = await Promise.all(rows.map((row) => this.#find(row)));
    await this.system.services.get(Delivery).open(found.flatMap(({ operations }) => operations.map(({ queue }) => queue)));
    if (turn < this.#answered) return;
    this.#answered = turn;
    this.#putInPlace(found);
  }

  async #find(row: Row): Promise<Found> {
    const { id: toolkitId, slug, revision, bundleId, codeDigest: code, isOffered } = row;
    const storage = this.system.services.get(ToolkitStorage);
    const folder = storage.folderOf(slug);
    const manifest = toolkitManifest.safeParse(row.manifest).data;
    // While a bundle takes the place of another, its folder and its row do not fit for a moment.
    const isThere =
      manifest !== undefined && (await storage.holds(slug, manifest.workerModule)) && (await storage.bundleIn(slug)) === bundleId;
    const operations = isThere ? toolkitOperations(manifest, { folder, toolkitId, code, logBytes: storage.logBytes }) : [];
    // Also while the folder is not there: what people set does not depend on it.
    const settings = manifest ? toolkitSettings(manifest) : [];
    return { ...row, operations, settings, state: `${revision} ${isOffered} ${isThere} ${folder}` };
  }

  #putInPlace(found: readonly Found[]): void {
    const operations = this.system.services.get(Operations);
    for (const id of this.#inPlace.keys()) {
      if (found.some((each) => each.id === id)) continue;
      operations.remove(id);
      this.#declare(id, []);
      this.#inPlace.delete(id);
    }
    for (const { id, slug, revision, state, settings, operations: offered, isOffered } of found) {
      if (this.#inPlace.get(id)?.state === state) continue;
      if (isOffered && offered.length === 0)
        this.system.log.warn(
          { toolkit: slug },
          'this process offers nothing of a toolkit: its folder is not there, or is not the one that was registered',
        );
      this.#declare(id, settings);
      operations.replace(id, offered, isOffered);
      this.#inPlace.set(id, { revision, state, settings });
    }
  }
  #declare(id: string, declarations: readonly SettingDeclaration[]): void {
    const settings = this.system.services.get(Settings);
    const gone = (this.#inPlace.get(id)?.settings ?? []).filter(({ key }) => !declarations.some((each) => each.key === key));
    settings.remove(...gone.map(({ key }) => key));
    // A newer version of Signalbox may have taken a key for itself; the toolkit is left out at the next start.
    settings.add(...declarations.filter(({ key }) => !settings.isOwn(key)));
  }
}
