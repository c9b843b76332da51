import { z } from 'zod';
import { ownSlug } from '#core/jobs/as-operation.js';

const slug = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const file = z.string().regex(/^[\w-]+(?:\/[\w-]+)*\.(?:m?js|html|css|json)$/, 'must be a file below the folder of the toolkit');

/** `toolkit.json`: what a toolkit folder says of itself. */
export const toolkitManifest = z.strictObject({
  slug: z
    .string()
    .regex(slug, 'must consist of lower-case letters, digits and single hyphens')
    .refine((value) => value !== ownSlug, 'is the slug of operations of Signalbox itself'),
  name: z.string().min(1),
  version: z.string().min(1),
  description: z.string().min(1),
  category: z.string().min(1),
  tags: z.array(z.string()).default([]),
  workerModule: file,
  workerRegisterAttr: z.string().regex(/^\w+$/).default('register'),
  operations: z.record(
    z.string().regex(/^[a-z][a-zA-Z0-9]*$/, 'must be the name of an operation'),
    z
      .strictObject({
        description: z.string().min(1),
        inputSchema: z.looseObject({ type: z.literal('object') }),
        files: z.array(z.string()).default([]),
        queue: z
          .string()
          .regex(/^[a-z][\w.-]*$/)
          .optional(),
        maxAttempts: z.number().int().min(1).max(100).default(3),
        timeoutMs: z.number().int().min(1).default(3_600_000),
        memoryMb: z.number().int().min(32).max(65_536).default(512),
        cpuMs: z.number().int().min(1).nullable().default(null),
        logBytes: z.number().int().min(1_024).optional(),
        outputBytes: z
          .number()
          .int()
          .min(0)
          .default(256 * 1024 ** 2),
        concurrency: z.strictObject({ limit: z.number().int().min(1).max(10_000), key: z.string().min(1).optional() }).optional(),
      })
      .refine(
        ({ concurrency, inputSchema }) =>
          concurrency?.key === undefined || Object.hasOwn((inputSchema.properties ?? {}) as object, concurrency.key),
        {
          path: ['concurrency', 'key'],
          error: 'must be one of the properties of inputSchema',
        },
      )
      .refine(({ files, inputSchema }) => files.every((file) => Object.hasOwn((inputSchema.properties ?? {}) as object, file)), {
        path: ['files'],
        error: 'must be properties of inputSchema',
      }),
  ),
});

/** A validated manifest. */
export type ToolkitManifest = z.infer<typeof toolkitManifest>;
