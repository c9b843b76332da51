import { z } from 'zod';

const has = (inputSchema: Record<string, unknown>, property: string): boolean =>
  Object.hasOwn((inputSchema.properties ?? {}) as object, property);

/** An operation as a manifest states it. */
export const manifestOperation = z
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
  .refine(({ concurrency, inputSchema }) => concurrency?.key === undefined || has(inputSchema, concurrency.key), {
    path: ['concurrency', 'key'],
    error: 'must be one of the properties of inputSchema',
  })
  .refine(({ files, inputSchema }) => files.every((file) => has(inputSchema, file)), {
    path: ['files'],
    error: 'must be properties of inputSchema',
  });
