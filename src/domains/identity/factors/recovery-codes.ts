import { randomBytes } from 'node:crypto';
import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { hashToken } from '#core/secrets/token.js';
import { RecoveryCode } from './recovery-code.entity.js';
import type { User } from '../users/user.entity.js';

const count = 10;
// 32 of them, none of which looks like another.
const letters = 'abcdefghjkmnpqrstuvwxyz023456789';

const newCode = (): string => {
  const text = [...randomBytes(16)].map((byte) => letters[byte % letters.length]!).join('');
  return text.match(/.{4}/g)!.join('-');
};

/** The form in which a recovery code is stored; how it is written does not matter. */
export const hashRecoveryCode = (code: string): string => hashToken(code.toLowerCase().replace(/[^a-z0-9]/g, ''));

/** Gives a user new recovery codes, which take the place of all earlier ones; they are known only now. */
export async function renewRecoveryCodes({ em }: WriteContext, user: User): Promise<string[]> {
  await em.nativeDelete(RecoveryCode, { user: user.id });
  const codes = Array.from({ length: count }, newCode);
  for (const code of codes)
    em.persist(
      Object.assign(new RecoveryCode(), { id: newId(declarationOf(RecoveryCode).type), user: ref(user), codeHash: hashRecoveryCode(code) }),
    );
  return codes;
}
