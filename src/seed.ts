import { ownOrigin } from '#core/feed/origin.js';
import { write } from '#core/feed/write.js';
import type { GraphSystem } from '#core/graph/context.js';
import { Settings } from '#core/settings/settings.js';
import { seedAdministrator, seedProviders, seedRoles } from '#domains/identity/index.js';
import { seedGlobalConfig, seedSettings } from '#domains/settings/index.js';
import { seedModules } from '#domains/tools/index.js';
import type { Config } from './config.js';

/** Puts in what the settings and the modules of every installation are. */
export async function seedConfiguration(system: GraphSystem, { declarations }: Settings): Promise<void> {
  await write(system, ownOrigin, (context) => seedSettings(context, declarations));
  await write(system, ownOrigin, seedGlobalConfig);
  await write(system, ownOrigin, seedModules);
}

/** Puts in the roles, the providers and the first administrator. */
export async function seedIdentity(system: GraphSystem, { ADMIN_USERNAME, ADMIN_PASSWORD }: Config): Promise<void> {
  await write(system, ownOrigin, seedRoles);
  await write(system, ownOrigin, seedProviders);
  await write(system, ownOrigin, (context) => seedAdministrator(context, ADMIN_USERNAME, ADMIN_PASSWORD));
}
