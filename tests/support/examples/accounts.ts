import { randomUUID } from 'node:crypto';
import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { hashToken, newToken } from '#core/secrets/token.js';
import { AccountNotice, type NoticeKind } from '#domains/identity/accounts/account-notice.entity.js';
import { AdminInvitation } from '#domains/identity/administrators/admin-invitation.entity.js';
import { data, type Auth } from '../client.js';
import { mutated } from '../mutation.js';
import { codeOf, confirmTotp } from '../totp.js';
import { aUser, signedIn } from '../users.js';
import type { Examples, Stage } from './example.js';

const password = 'a password to begin with';
const email = (): string => `${randomUUID()}@example.org`;

/** The token of a link that was sent about this. */
async function aLink({ app }: Stage, about: Pick<AccountNotice, 'kind' | 'recipient'> & Partial<AccountNotice>): Promise<string> {
  const token = newToken();
  const em = app.system.database.fork();
  const sent = { id: newId(declarationOf(AccountNotice).type), tokenHash: hashToken(token), expiresAt: new Date(Date.now() + 60_000) };
  em.persist(Object.assign(new AccountNotice(), sent, about));
  await em.flush();
  return token;
}

/** The token of a link that was sent to a new user. */
async function aLinkOf(stage: Stage, kind: NoticeKind): Promise<string> {
  const recipient = email();
  return aLink(stage, { kind, recipient, user: ref(await aUser(stage.app, recipient, [], { email: recipient })) });
}

const anInvitation = async ({ app, root }: Stage, recipient = email()): Promise<string> =>
  (await mutated(app, 'inviteAdmin', { email: recipient }, root, 'adminInvitation { id }')).adminInvitation.id;

const startTotp = async ({ app }: Stage, auth: Auth): Promise<string> =>
  (await data(app.url, 'mutation { startTotp { secret } }', {}, auth)).startTotp.secret;

/** The secret of a second factor that counts from now on; no code of it was taken yet. */
async function withTotp(stage: Stage, auth: Auth): Promise<string> {
  const secret = await startTotp(stage, auth);
  await confirmTotp(stage.app, auth, secret);
  return secret;
}

/** Examples of what people do about accounts: their own, without being signed in, and those of administrators. */
export const accountExamples: Examples = {
  registerUser: () => ({ args: { input: { username: `made ${randomUUID()}`, email: email(), password } } }),
  verifyUser: async (stage) => ({ args: { input: { token: await aLinkOf(stage, 'VERIFY_EMAIL') } } }),
  requestPasswordReset: () => ({ args: { input: { account: email() } } }),
  resetPassword: async (stage) => ({ args: { input: { token: await aLinkOf(stage, 'RESET_PASSWORD'), newPassword: password } } }),
  inviteAdmin: () => ({ args: { input: { email: email() } } }),
  acceptInvitation: async (stage) => {
    const recipient = email();
    const invitation = await stage.app.system.database.fork().findOneOrFail(AdminInvitation, await anInvitation(stage, recipient));
    const token = await aLink(stage, { kind: 'INVITATION', recipient, invitation: ref(invitation) });
    return { args: { input: { token, username: `made ${randomUUID()}`, password } } };
  },
  revokeInvitation: async (stage) => ({ args: { input: { id: await anInvitation(stage) } } }),
  setAdminRole: async ({ app }) => ({ args: { input: { userId: (await aUser(app, randomUUID())).id, role: 'APPROVER' } } }),
  startTotp: () => ({}),
  confirmTotp: async (stage) => ({ args: { input: { code: codeOf(await startTotp(stage, stage.caller!)) } } }),
  regenerateRecoveryCodes: async (stage) => ({ args: { input: { code: codeOf(await withTotp(stage, stage.caller!)) } } }),
  disableTotp: async (stage) => ({ args: { input: { code: codeOf(await withTotp(stage, stage.caller!)) } } }),
  resetUserTotp: async (stage) => {
    const user = await signedIn(stage.app, randomUUID());
    await withTotp(stage, user);
    return { args: { input: { id: user.id } } };
  },
};
