import { z } from 'zod';

const longestText = 32_768;
const longestProgress = 262_144;
const longestError = 65_536;
/** Of the message of a progress, what a box sends; who shows it cuts it once secrets are taken out. */
export const longestMessage = 20_000;
const stream = z.enum(['stdout', 'stderr']);

/** What a box may say. The code that it runs can write to the same pipe, so nothing of it is taken for true but its form. */
export const boxMessage = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('probed'), hasNetwork: z.boolean(), uid: z.int() }),
  z.strictObject({ is: z.literal('ready') }),
  z.strictObject({ is: z.literal('snapshot') }),
  z.strictObject({ is: z.literal('print'), stream, text: z.string().max(longestText), goesOn: z.boolean() }),
  z.strictObject({ is: z.literal('progress'), progress: z.string().max(longestProgress) }),
  z.strictObject({ is: z.literal('ask'), id: z.int().positive(), kind: z.enum(['secret', 'fetch']), request: z.string() }),
  z.strictObject({ is: z.literal('end'), end: z.string() }),
]);

const fault = z.enum(['EXCEPTION', 'SYNTAX', 'NO_MAIN', 'RESULT_NOT_JSON', 'MEMORY']);

/** How a run says that it ended. */
export const runEnd = z.union([
  z.strictObject({ result: z.string() }),
  z.strictObject({ kind: fault, error: z.string().max(longestError) }),
]);

const shortText = z.string().max(1_000);

/** What a box says about code. */
export const codeSeen = z.strictObject({
  problems: z.array(z.strictObject({ line: z.int(), message: shortText })).max(1_000),
  imports: z.array(shortText).max(10_000),
  refusedModules: z.array(shortText).max(10_000),
  hasMain: z.boolean(),
  parameters: z.array(z.strictObject({ name: shortText, isRequired: z.boolean() })).max(1_000),
  takesOthers: z.boolean(),
});

/** How far a run says it is. */
export const runProgress = z.strictObject({
  progress: z.number().min(0).max(100).nullable(),
  message: z.string().max(longestMessage).nullable(),
});

/** A secret that a run asks for. */
export const secretAsked = z.strictObject({ name: z.string().min(1).max(255) });

const longestHeader = 8_192;
const most = { headers: 100, bodyBytes: 2 * 1024 * 1024 };

/** A request that a run wants to be made; its body is in base64. */
export const fetchAsked = z.strictObject({
  method: z.string().regex(/^[A-Za-z]{1,20}$/, 'The method is none of HTTP'),
  url: z.string().max(8_192, 'The address is too long'),
  headers: z
    .record(z.string().max(256), z.string().max(longestHeader, 'A header is too long'))
    .refine((headers) => Object.keys(headers).length <= most.headers, `There are more than ${most.headers} headers`),
  body: z
    .base64()
    .max((most.bodyBytes * 4) / 3 + 4, `The body has more than ${most.bodyBytes} bytes`)
    .nullable(),
});
