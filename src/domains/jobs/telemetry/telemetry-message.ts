import { isUuid } from '#core/database/id.js';
import type { Progress } from '#core/jobs/child/protocol.js';

const longestMessage = 262_144;
// Deeper values, which nobody means, would break what stores and shows them.
const deepestPayload = 64;
// White space before JSON means nothing to a reader, and unlike a line end behind it nobody sends it by accident.
const mark = '\n';

/** What Signalbox publishes of a step: the operation's own word, or the state of the job; what was not told is null. */
export interface PublishedStep {
  status: string;
  message: string | null;
  progress: number | null;
  payload: unknown;
}

/** The channels of all jobs. */
export const telemetryPattern = 'toolkit:*:job:*';

/** The channel of a job, which runs `<toolkit slug>.<operation>`. */
export const channelOf = ({ id, name }: { id: string; name: string }): string => `toolkit:${name.split('.')[0]}:job:${id}`;

/** The id of the job that a channel is of, or null. */
export function jobOfChannel(channel: string): string | null {
  const id = channel.split(':').at(-1)!;
  return isUuid(id) ? id : null;
}

/** A step as Signalbox publishes it; it knows its own texts by what stands before the JSON. */
export const toTelemetry = ({ status, message, progress, payload }: PublishedStep): string =>
  `${mark}${JSON.stringify({ status, message, progress, payload })}`;

/** Whether a Signalbox published the text. */
export const isOwn = (text: string): boolean => text.startsWith(mark);

/** What another program told, or null when it is no telemetry: nothing in it, or not of the kind that it has to be. */
export function readTelemetry(text: string): Progress | null {
  if (text.length > longestMessage) return null;
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(told)) return null;
  const { status = null, message = null, progress = null, payload = null } = told;
  const isRight =
    (status === null || typeof status === 'string') &&
    (message === null || typeof message === 'string') &&
    (progress === null || typeof progress === 'number') &&
    (payload === null || (isObject(payload) && !isDeeperThan(deepestPayload, payload)));
  if (!isRight || [status, message, progress, payload].every((part) => part === null)) return null;
  return { status, message, progress, payload } as Progress;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some((each) => isDeeperThan(levels - 1, each)));
