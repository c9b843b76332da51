import { randomUUID } from 'node:crypto';
import { SsoIdentity } from '#domains/identity/providers/sso-identity.entity.js';
import { mutated } from '../mutation.js';
import { aRow } from '../planted.js';
import { anOidcProvider } from '../sso/providers.js';
import type { Examples, Stage } from './example.js';

const slug = (): string => `p${randomUUID().slice(0, 8)}`;
const aProvider = ({ app, root, issuer }: Stage) => anOidcProvider(app, root, { slug: slug(), issuer });

/** Examples of what providers offer by which people sign in. */
export const providerExamples: Examples = {
  createAuthProvider: ({ issuer }) => {
    const config = { issuer, clientId: 'signalbox', onFirstSignIn: 'REFUSE' };
    return { args: { input: { slug: slug(), name: `made ${randomUUID()}`, kind: 'OIDC', secret: 'a secret', config } } };
  },
  updateAuthProvider: async (stage) => ({
    args: { input: { id: (await aProvider(stage)).id, expectedRevision: 1, name: `changed ${randomUUID()}` } },
  }),
  enableAuthProvider: async (stage) => {
    const { id } = await aProvider(stage);
    await mutated(stage.app, 'disableAuthProvider', { id }, stage.root);
    return { args: { input: { id } } };
  },
  disableAuthProvider: async (stage) => ({ args: { input: { id: (await aProvider(stage)).id } } }),
  deleteAuthProvider: async (stage) => ({ args: { input: { id: (await aProvider(stage)).id } } }),
  testAuthProvider: async (stage) => ({ args: { input: { id: (await aProvider(stage)).id } } }),
  startSso: async (stage) => ({ args: { input: { provider: (await aProvider(stage)).slug } } }),
  startSsoLink: async (stage) => ({ args: { input: { provider: (await aProvider(stage)).slug } } }),
  // A token of a superuser is none, and so does not change one.
  unlinkSsoIdentity: async (stage) => {
    const { id, sessionId } = stage.caller!;
    const who = { user: id, provider: (await aProvider(stage)).id, hasMadeSuperuser: false };
    return { args: { input: { id: await aRow(stage.app, SsoIdentity, who) } }, code: sessionId === null ? 'FORBIDDEN' : undefined };
  },
  signInMethods: () => ({ isNull: false }),
};
