import { z } from 'zod';

// A page of this server, or one elsewhere that a browser may open: nothing that runs as a script.
const link = z
  .string()
  .max(500)
  .regex(/^(?:https?:\/\/[^\s]+|\/(?!\/)[^\s\\]*)$/, 'must be an http(s) URL or a path of this server');

/** A card of a dashboard as a manifest states it. */
export const dashboardCard = z.strictObject({
  title: z.string().min(1).max(80),
  description: z.string().min(1).max(400),
  icon: z
    .string()
    .max(40)
    .regex(/^[a-z][a-z0-9-]*$/, 'must be the name of an icon: lower-case letters, digits and hyphens')
    .optional(),
  link: link.optional(),
  operation: z.string().min(1).optional(),
  query: z
    .string()
    .max(4_000)
    .regex(/^\s*(?:query\b|\{)/, 'must be a GraphQL query')
    .optional(),
});
