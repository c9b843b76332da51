import { isDeepStrictEqual } from 'node:util';
import { compileSchema, type Misfit, type SchemaCheck } from '#core/errors/json-schema.js';
import type { Bell } from '#core/feed/bell.js';
import type { Logger } from '#core/log/logger.js';
import type { SettingDeclaration } from './setting.js';
import type { StoredSetting } from './stored-setting.js';
import { settingsStream } from './settings-stream.js';

const lookMs = 5_000;

/** What the settings of a process need. */
export interface SettingsOptions {
  readonly bell: Pick<Bell, 'listen'>;
  readonly log: Logger;
  /** What Signalbox itself declares; nothing else takes their place. */
  readonly own: readonly SettingDeclaration[];
  /** Reads what people have set. */
  readonly read: () => Promise<StoredSetting[]>;
  /** Defaults of this process, by key, that go before those of the declarations. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/**
 * The settings of this process, in memory: reading one costs no statement. What is changed on any node is here within moments, by the
 * bell, and within five seconds when a ring was lost.
 */
export class Settings {
  readonly #declared = new Map<string, { declaration: SettingDeclaration; check: SchemaCheck }>();
  readonly #listeners = new Set<() => void>();
  #stored: ReadonlyMap<string, StoredSetting> = new Map();
  /** What holds now, of everything declared. */
  #effective: ReadonlyMap<string, StoredSetting> = new Map();
  #reading: Promise<void> | null = null;
  /** Raised by whatever makes what is being read out of date. */
  #wanted = 0;
  #isFailing = false;
  #stops: (() => void)[] = [];

  constructor(readonly options: SettingsOptions) {
    this.#declare(options.own);
  }

  /** All declarations, by key. */
  get declarations(): SettingDeclaration[] {
    return [...this.#declared.values()].map(({ declaration }) => declaration).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Whether Signalbox itself declares the key. */
  isOwn(key: string): boolean {
    return this.options.own.some((each) => each.key === key);
  }

  /**
   * Adds declarations, all or none; one of the same key is replaced, unless Signalbox itself declares it. Throws then, and when the
   * schema of one is no JSON Schema.
   */
  add(...declarations: readonly SettingDeclaration[]): void {
    const taken = declarations.find(({ key }) => this.isOwn(key));
    if (taken) throw new Error(`The setting ${taken.key} is one of Signalbox itself`);
    this.#declare(declarations);
  }

  #declare(declarations: readonly SettingDeclaration[]): void {
    const { defaults = {} } = this.options;
    const added = declarations.map((each) => ({
      declaration: Object.hasOwn(defaults, each.key) ? { ...each, default: defaults[each.key] } : each,
      check: compileSchema(each.schema),
    }));
    for (const each of added) this.#declared.set(each.declaration.key, each);
    this.#tell();
  }

  /** Takes declarations away; what people have set stays stored. */
  remove(...keys: readonly string[]): void {
    for (const key of keys) if (!this.isOwn(key)) this.#declared.delete(key);
    this.#tell();
  }

  /** The declaration of a key, or null. */
  find(key: string): SettingDeclaration | null {
    return this.#declared.get(key)?.declaration ?? null;
  }

  /** What of a value does not fit the setting; `at` is where the value stands. */
  misfits(key: string, value: unknown, at: string): Misfit[] {
    return this.#declared.get(key)?.check(value, at) ?? [];
  }

  /** What a setting is now. Throws `PRECONDITION_FAILED` for a secret whose encryption key is not there. */
  value<Value>({ key }: SettingDeclaration<Value>): Value {
    return this.valueOf(key) as Value;
  }

  /** What the setting of a key is now; throws when nothing declares it, and as `value` does. */
  valueOf(key: string): unknown {
    const effective = this.#effective.get(key);
    if (!effective) throw new Error(`Nothing declares the setting ${key}`);
    if ('unreadable' in effective) throw effective.unreadable;
    return effective.value;
  }

  /** Calls back whenever a setting may have changed; returns how to stop that. */
  onChange(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => void this.#listeners.delete(callback);
  }

  /** Takes over what was just committed here, before the bell has come round; null for what was reset. */
  apply(key: string, stored: StoredSetting | null): void {
    const next = new Map(this.#stored);
    next.delete(key);
    if (stored) next.set(key, stored);
    this.#wanted += 1;
    this.#take(next);
  }

  /** Reads what people have set, and keeps up with it from now on. */
  async start(): Promise<void> {
    const look = (): void => void this.reload();
    const timer = setInterval(look, lookMs);
    this.#stops = [this.options.bell.listen(settingsStream, look), () => clearInterval(timer)];
    const rows = await this.options.read();
    // Else a ring had it read again meanwhile.
    if (this.#wanted === 0) this.#take(toMap(rows));
    await this.#reading;
  }

  /** Reads again; resolves when what is committed by now is known, or could not be read. */
  reload(): Promise<void> {
    this.#wanted += 1;
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** Keeps up no longer. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    await this.#reading;
  }

  async #read(): Promise<void> {
    try {
      for (let seen = -1; seen !== this.#wanted;) {
        seen = this.#wanted;
        const rows = await this.options.read();
        if (seen === this.#wanted) this.#take(toMap(rows));
      }
      this.#isFailing = false;
    } catch (err) {
      if (!this.#isFailing) this.options.log.warn({ err }, 'the settings could not be read; those known so far go on');
      this.#isFailing = true;
    }
  }

  #take(stored: ReadonlyMap<string, StoredSetting>): void {
    const before = this.#stored;
    const changed = [...stored.values()].filter((each) => !isSame(before.get(each.key), each));
    if (changed.length === 0 && before.size === stored.size) return;
    this.#stored = stored;
    for (const each of changed) this.#warn(each);
    this.#tell();
  }

  #now({ key, default: value }: SettingDeclaration, check: SchemaCheck): StoredSetting {
    const stored = this.#stored.get(key);
    // A newer version may take other values than those that were set before.
    const holds = stored && ('unreadable' in stored || check(stored.value, key).length === 0);
    return holds ? stored : { key, value };
  }

  #warn(stored: StoredSetting): void {
    const { key } = stored;
    if ('unreadable' in stored) this.options.log.warn({ setting: key, reason: stored.unreadable.message }, 'a setting cannot be read');
    else if (this.misfits(key, stored.value, key).length > 0)
      this.options.log.warn({ setting: key }, 'what was set does not fit the setting any more; its default holds');
  }

  #tell(): void {
    this.#effective = new Map(
      [...this.#declared.values()].map(({ declaration, check }) => [declaration.key, this.#now(declaration, check)]),
    );
    for (const listener of [...this.#listeners]) listener();
  }
}

const toMap = (rows: readonly StoredSetting[]): Map<string, StoredSetting> => new Map(rows.map((row) => [row.key, row]));

function isSame(a: StoredSetting | undefined, b: StoredSetting): boolean {
  if (!a) return false;
  if ('unreadable' in a || 'unreadable' in b)
    return 'unreadable' in a && 'unreadable' in b && a.unreadable.message === b.unreadable.message;
  return isDeepStrictEqual(a.value, b.value);
}
