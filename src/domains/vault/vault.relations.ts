import { relation } from '#core/database/declare/relation.js';
import { User } from '#domains/identity/users/user.entity.js';
import { SecretAccess } from './secret-access.entity.js';
import { Secret } from './secret.entity.js';

/** What accesses point at. They keep the ids of what is gone. */
export const vaultRelations = [
  relation({
    of: SecretAccess,
    key: 'secretId',
    name: 'secret',
    to: Secret,
    description: 'Secret; null when there was none, and when it is gone or may not be seen',
    filter: true,
    inverse: { name: 'accesses', description: 'Who read or changed its value, or tried to, as far as the caller may see it' },
    onDelete: 'keep',
  }),
  relation({
    of: SecretAccess,
    key: 'userId',
    name: 'user',
    to: User,
    description: 'Who did it; null for Signalbox, and when the user is gone or may not be seen',
    filter: true,
    inverse: { name: 'secretAccesses', description: 'What the user did with secrets, or tried to' },
    onDelete: 'keep',
  }),
];
