import { ref } from '@mikro-orm/core';
import argon2 from 'argon2';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { RoleAssignment } from '#domains/identity/roles/role-assignment.entity.js';
import { Role } from '#domains/identity/roles/role.entity.js';
import { User } from '#domains/identity/users/user.entity.js';
import type { TestApp } from './app.js';
import { signIn, type Auth } from './client.js';

const password = 'a password of a test user';
// The cost of a hash is what sign-in tests are about; other tests need only a valid one.
const passwordHash = argon2.hash(password, { memoryCost: 1024, timeCost: 2, parallelism: 1 });

/** A user with roles. */
export async function aUser(
  { system }: TestApp,
  username: string,
  roles: readonly string[] = [],
  values: Partial<User> = {},
): Promise<User> {
  const em = system.database.fork();
  const user = Object.assign(new User(), { id: newId(declarationOf(User).type), username, passwordHash: await passwordHash, ...values });
  em.persist(user);
  for (const role of await em.find(Role, { slug: { $in: [...roles] } })) {
    em.persist(Object.assign(new RoleAssignment(), { id: newId(declarationOf(RoleAssignment).type), user: ref(user), role: ref(role) }));
  }
  await em.flush();
  return user;
}

/** A user with roles who is signed in. */
export async function signedIn(
  app: TestApp,
  username: string,
  roles: readonly string[] = [],
  values: Partial<User> = {},
): Promise<Auth & { id: string; sessionId: string }> {
  const { id } = await aUser(app, username, roles, values);
  const { token, sessionId } = await signIn(app.url, username, password);
  return { id, token, sessionId };
}
