import { z } from 'zod';

const text = (most = 200) => z.string().min(1).max(most);
const values = z.array(text(1_000)).max(200);

/** What a provider makes of people; stands in the configuration of every kind but LOCAL. */
export const providerRules = {
  onFirstSignIn: z.enum(['CREATE', 'LINK_BY_VERIFIED_EMAIL', 'LINK_OR_CREATE', 'REFUSE']),
  linksSuperusers: z.boolean().default(false),
  defaultRoles: z.array(text(100)).max(100).default([]),
  roleMapping: z.record(text(1_000), z.array(text(100)).min(1).max(100)).default({}),
  syncRoles: z.boolean().default(false),
  superuserValues: values.default([]),
};

/** The rules of a provider. */
export type ProviderRules = z.output<z.ZodObject<typeof providerRules>>;
