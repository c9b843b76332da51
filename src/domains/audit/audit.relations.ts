import { relation } from '#core/database/declare/relation.js';
import { AuditSeal } from '#core/feed/audit-seal.entity.js';
import { Change } from '#core/feed/change.entity.js';
import { Session } from '#domains/identity/sessions/session.entity.js';
import { User } from '#domains/identity/users/user.entity.js';

/** What entries point at. They keep the ids of what is gone. */
export const auditRelations = [
  relation({
    of: Change,
    key: 'actorId',
    name: 'actor',
    to: User,
    description: 'Who did it; null for Signalbox, for strangers, and when the user is gone or may not be seen',
    filter: true,
    inverse: { name: 'auditEntries', description: 'What the user did or tried' },
    onDelete: 'keep',
  }),
  relation({
    of: Change,
    key: 'sessionId',
    name: 'session',
    to: Session,
    description: 'Session in which it was done; null without one, and when it is gone or may not be seen',
    filter: true,
    onDelete: 'keep',
  }),
  relation({
    of: AuditSeal,
    key: 'entryId',
    name: 'entry',
    to: Change,
    description: 'The entry; null when it was deleted after its time',
    inverse: { name: 'seal', description: 'Link of the chain that holds the entry; null for the moment before it is made' },
    onDelete: 'keep',
  }),
];
