import { LockMode } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import type { SettingDeclaration } from '#core/settings/setting.js';
import { Settings } from '#core/settings/settings.js';
import { requireProof } from '#domains/identity/index.js';
import { Setting } from './setting.entity.js';

/** Finds a setting to change, with its declaration, or null when nothing uses it any more, and locks it; a stale revision is a conflict. */
export async function findSetting(
  context: WriteContext,
  { key, expectedRevision }: { key: string; expectedRevision: number },
): Promise<{ setting: Setting; declaration: SettingDeclaration | null }> {
  const { em, services } = context;
  const setting = await em.findOne(Setting, { key }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!setting) throw notFound(`Setting ${key}`);
  await em.lock(setting, LockMode.OPTIMISTIC, expectedRevision);
  const declaration = services.get(Settings).find(key);
  if (declaration?.requiresProof) await requireProof(context);
  // A toolkit has just made a secret of it, or the other way round: what is a secret there must not be stored openly here.
  if (declaration && setting.isEncrypted !== declaration.isEncrypted)
    throw new AppError('CONFLICT', `The setting ${key} was declared anew at this instant: repeat in a moment`);
  return { setting, declaration };
}
