import { randomUUID } from 'node:crypto';
import { signIn } from '../client.js';
import { aMachine } from '../machine.js';
import { aRole } from '../roles.js';
import { aUser } from '../users.js';
import type { Examples } from './example.js';

const testPassword = 'a password of a test user';
const name = (): string => `made ${randomUUID()}`;
const slug = (): string => `r${randomUUID().slice(0, 8)}`;
const nextDay = (): string => new Date(Date.now() + 86_400_000).toISOString();

/** Examples of what the identity domain offers. */
export const identityExamples: Examples = {
  signIn: async ({ app }) => ({ args: { input: { username: (await aUser(app, name())).username, password: testPassword } } }),
  reauthenticateSession: () => ({ args: { input: { password: testPassword } } }),
  refreshSession: async ({ app }) => {
    const { username } = await aUser(app, name());
    return { args: { input: { refreshToken: (await signIn(app.url, username, testPassword)).refreshToken } } };
  },
  revokeSession: ({ caller }) => ({ args: { input: { id: caller!.sessionId } } }),
  changePassword: () => ({ args: { input: { currentPassword: testPassword, newPassword: `${testPassword} anew` } } }),
  updateProfile: () => ({ args: { input: { expectedRevision: 1, fullName: 'Somebody' } } }),
  createUser: () => ({ args: { input: { username: name() } } }),
  updateUser: async ({ app }) => ({ args: { input: { id: (await aUser(app, name())).id, expectedRevision: 1, fullName: 'Somebody' } } }),
  deactivateUser: async ({ app }) => ({ args: { input: { id: (await aUser(app, name())).id } } }),
  activateUser: async ({ app }) => ({ args: { input: { id: (await aUser(app, name(), [], { isActive: false })).id } } }),
  resetUserPassword: async ({ app }) => ({ args: { input: { id: (await aUser(app, name())).id } } }),
  deleteUser: async ({ app }) => {
    const username = name();
    return { args: { input: { id: (await aUser(app, username)).id, username } } };
  },
  createRole: () => ({ args: { input: { slug: slug(), name: 'Made' } } }),
  updateRole: async ({ app }) => ({ args: { input: { id: (await aRole(app, slug(), [])).id, expectedRevision: 1, name: 'Changed' } } }),
  deleteRole: async ({ app }) => ({ args: { input: { id: (await aRole(app, slug(), [])).id } } }),
  assignRole: async ({ app }) => ({ args: { input: { userId: (await aUser(app, name())).id, role: 'viewer' } } }),
  removeRole: async ({ app }) => ({ args: { input: { userId: (await aUser(app, name(), ['viewer'])).id, role: 'viewer' } } }),
  grantPermission: async ({ app }) => ({ args: { input: { roleId: (await aRole(app, slug(), [])).id, permission: 'job:read' } } }),
  revokePermission: async ({ app }) => ({
    args: { input: { roleId: (await aRole(app, slug(), ['job:read'])).id, permission: 'job:read' } },
  }),
  createApiToken: () => ({ args: { input: { name: 'made', scopes: [], expiresAt: nextDay() } } }),
  revokeApiToken: async ({ app, caller }) => ({ args: { input: { id: (await aMachine(app, caller!, [])).id } } }),
  signOut: () => ({}),
  endAllSessions: () => ({ args: { input: {} } }),
  me: ({ caller }) => ({ isNull: caller === null }),
  node: ({ caller }) => ({ args: { id: caller!.id }, isNull: false }),
  nodes: ({ caller }) => ({ args: { ids: [caller!.id] }, isNull: false }),
};
