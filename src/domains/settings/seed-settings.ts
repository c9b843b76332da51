import { isDeepStrictEqual } from 'node:util';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import type { SettingDeclaration } from '#core/settings/setting.js';
import { sealedSettings } from './sealed-settings.js';
import { Setting } from './setting.entity.js';

/**
 * Makes the rows of these settings that are missing, and brings those that are there up to their declarations. What people have set
 * stays, and rows that nothing declares any more stay too.
 */
export async function seedSettings({ em, services }: WriteContext, declarations: readonly SettingDeclaration[]): Promise<void> {
  // Toolkits come while everything runs, on several nodes at once.
  await executeSql(em, sql`select pg_advisory_xact_lock(hashtextextended('settings', 0))`);
  const rows = new Map((await em.find(Setting, { key: { $in: declarations.map(({ key }) => key) } })).map((row) => [row.key, row]));
  for (const declaration of declarations) {
    const row = rows.get(declaration.key) ?? make(declaration.key);
    adopt(row, declaration, services.get(KeyRing));
    em.persist(row);
  }
}

const make = (key: string): Setting => Object.assign(new Setting(), { id: newId(declarationOf(Setting).type), key });

function adopt(
  row: Setting,
  { description, schema, default: initial, isEncrypted, isFeatureFlag }: SettingDeclaration,
  ring: KeyRing,
): void {
  // What was set openly can become a secret; a secret that is one no more is forgotten rather than shown.
  const isSet = !row.isDefault && (isEncrypted || !row.isEncrypted);
  const value = isEncrypted ? null : ((isSet ? row.value : initial) ?? null);
  const sealed = row.isEncrypted === false && isSet ? ring.seal(JSON.stringify(row.value), sealedSettings.context(row)) : row.sealedValue;
  const wanted = {
    description,
    schema,
    value,
    sealedValue: isEncrypted && isSet ? sealed : null,
    defaultValue: isEncrypted ? null : (initial ?? null),
    isEncrypted,
    isFeatureFlag,
    isDefault: !isSet,
    hasValue: isSet || initial != null,
  };
  // The database orders the keys of JSON anew, which is no change.
  const changed = Object.entries(wanted).filter(([name, each]) => !isDeepStrictEqual(row[name as keyof Setting], each));
  Object.assign(row, Object.fromEntries(changed));
}
