import { z } from 'zod';

/** The name and version of the format, as the first line of an export states it. */
export const exportFormat = 'signalbox-audit-2';

const digest = z.string().regex(/^[\da-f]{64}$/);
const place = z.int().min(1);
const time = z.iso.datetime();
const json = z.record(z.string(), z.unknown());

// What a line leaves open, whoever hands the export over may fill in: each says all, and nothing else.
const exportLine = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('header'),
    format: z.string(),
    exportedAt: time,
    filter: json.nullable(),
    after: z.int().min(0),
    through: place,
  }),
  z.strictObject({
    type: z.literal('link'),
    number: place,
    position: z.int(),
    entryId: z.guid(),
    entryDigest: digest,
    expiresAt: time,
    digest,
    // Null in the export of a chain that was broken already.
    previous: digest.nullable(),
    entry: json.nullable(),
  }),
  z.strictObject({ type: z.literal('checkpoint'), number: place, digest, signature: z.string() }),
  z.strictObject({ type: z.literal('end'), count: z.int().min(0), signature: z.string() }),
]);

const otherFormat = z.object({ type: z.literal('header'), format: z.string() });

/** A line of an export. */
export type ExportLine = z.infer<typeof exportLine>;

/** The lines of one type. */
export type LineOf<Type extends ExportLine['type']> = Extract<ExportLine, { type: Type }>;

/** Reads a line, or says why it is none. */
export function readLine(text: string): ExportLine | { fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'This is no line of an export of the audit trail' };
  }
  const other = otherFormat.safeParse(value).data?.format;
  if (other !== undefined && other !== exportFormat) return { fault: `The format is ${other}; this reads ${exportFormat}` };
  const { data, error } = exportLine.safeParse(value);
  if (data) return data;
  const faults = error.issues.map(({ path, message }) => [...path, message].join(': '));
  return { fault: `This is no line of an export of the audit trail: ${faults.join('; ')}` };
}
