import { z } from 'zod';
import { compileSchema } from '#core/errors/json-schema.js';

/** A setting as a manifest states it. */
export const manifestSetting = z
  .strictObject({
    description: z.string().min(1),
    schema: z.record(z.string(), z.unknown()),
    default: z.json().default(null),
    isEncrypted: z.boolean().default(false),
  })
  .superRefine(({ schema, default: initial }, context) => {
    const problem = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    try {
      const check = compileSchema(schema);
      // Without a default there is no value until somebody sets one.
      if (initial !== null) for (const { message } of check(initial, 'default')) problem('default', `does not fit the schema: ${message}`);
    } catch (error) {
      problem('schema', `is no JSON Schema: ${(error as Error).message}`);
    }
  });
