import { storableText } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { Progress } from '#core/jobs/child/protocol.js';
import { JobEvent } from '../job-event.entity.js';
import type { NewEvent } from '../job-streams.js';

const longestText = 16_384;

/** A step that is to be stored; its id is known before, so that it is stored once however often that is tried. */
export type Step = NewEvent & { id: string };

/** A text as it is stored. Toolkits and other programs tell it: what they call a text may be anything. */
export const clean = (text: unknown): string => storableText(String(text).slice(0, longestText));

/** The step that somebody told of a job, which is in this state and attempt. */
export const stepOf = (at: Pick<NewEvent, 'status' | 'attempt'>, { status, message, progress, payload }: Progress): Step => ({
  id: newId(declarationOf(JobEvent).type),
  ...at,
  phase: status == null ? null : clean(status),
  message: message == null ? null : clean(message),
  progress: progress == null ? null : Math.min(Math.max(Number(progress) || 0, 0), 100),
  payload: payload ?? null,
});
