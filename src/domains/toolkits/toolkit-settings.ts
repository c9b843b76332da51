import { setting, type SettingDeclaration } from '#core/settings/setting.js';
import type { ToolkitManifest } from './manifest.js';

/** The key of a setting of a toolkit. */
export const settingKey = (slug: string, name: string): string => `${slug}.${name}`;

/** What a toolkit lets people set, each under a key that begins with its slug; throws when a default does not fit its schema. */
export const toolkitSettings = ({ slug, settings }: Pick<ToolkitManifest, 'slug' | 'settings'>): SettingDeclaration[] =>
  Object.entries(settings).map(([name, declared]) => setting({ ...declared, key: settingKey(slug, name) }));
