import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { Permission } from '#domains/identity/roles/permission.entity.js';
import type { TestApp } from '../app.js';
import type { Auth } from '../client.js';
import { aRole } from '../roles.js';
import { signedIn } from '../users.js';
import { seePrices } from './workshop.policy.js';

/** A user who sees all prices, codes and sellers. */
export async function aClerk(app: TestApp): Promise<Auth> {
  const em = app.system.database.fork();
  const [resource, action] = seePrices.split(':') as [string, string];
  const permission = { id: newId(declarationOf(Permission).type), name: seePrices, resource, action };
  await em.persist(Object.assign(new Permission(), permission)).flush();
  await aRole(app, 'clerk', [seePrices]);
  return signedIn(app, 'clerk', ['clerk']);
}
