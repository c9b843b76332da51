import { randomUUID } from 'node:crypto';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { AppError } from '#core/errors/app-error.js';
import type { Origin } from '#core/feed/origin.js';
import type { WriteSystem } from '#core/feed/write.js';
import { DenialQuota } from '#core/graph/denial-quota.js';
import { denialsPerMinute } from '#core/graph/limit.settings.js';
import { Settings } from '#core/settings/settings.js';
import { ActivityRecorder, type Activity } from '#domains/observability/index.js';

const longestDetails = 16_384;

/** One request of an MCP client and its answer, as the activity log tells of them: a pair with the same id. */
export class McpExchange {
  /** Who asked; unknown as long as nobody was let in. */
  actor: Origin['actor'] | null = null;
  serverId: string | null = null;
  readonly #began = performance.now();
  #isAsked = false;
  #answer: Pick<Activity, 'level' | 'message' | 'details'> | null = null;

  constructor(
    readonly system: WriteSystem,
    readonly origin: Pick<Origin, 'requestId' | 'traceId' | 'sourceIp' | 'userAgent'>,
    /** What is known before the request was read, such as `POST /mcp/weather`. */
    readonly line: string,
  ) {}

  /** Tells what was asked; its details hold no secret. */
  asked(message: string, details: Record<string, unknown> = {}): void {
    this.#isAsked = true;
    const { sourceIp, userAgent } = this.origin;
    const { name = null, apiToken = null } = this.actor ?? {};
    const all = { line: this.line, caller: name, ...(apiToken && { apiToken: apiToken.prefix }), sourceIp, userAgent, ...details };
    const isTooLong = JSON.stringify(all).length > longestDetails;
    this.#record({ logType: 'MCP_REQUEST', message, details: isTooLong ? { ...all, arguments: 'left out: they are too long' } : all });
  }

  /** Notes a message that goes to the client; the last one that answers counts. */
  sent(message: JSONRPCMessage): void {
    if ('error' in message) {
      const { code, data } = message.error;
      const known = (data as { code?: string } | undefined)?.code;
      this.#answer = {
        level: code === -32_603 ? 'ERROR' : 'WARN',
        message: `Error ${code}`,
        details: { rpcCode: code, ...(known && { code: known }) },
      };
    } else if ('result' in message) this.#answer = answerOf(message.result);
  }

  /** Notes why the request was refused as a whole. */
  refused({ code, message, details }: AppError): void {
    const { errorId } = details;
    this.#answer = {
      level: code === 'INTERNAL' ? 'ERROR' : 'WARN',
      message: `Refused: ${message}`.slice(0, 1_000),
      details: { code, ...(errorId !== undefined && { errorId }) },
    };
  }

  /** Tells how it was answered. Of strangers only some a minute are told: there can be very many of them. */
  ended(status: number, isAnswered: boolean): void {
    if (!this.#isAsked && this.actor === null && this.#isLeftOut()) return;
    if (!this.#isAsked) this.asked(this.line);
    const failed = { level: 'WARN', message: `Answered with status ${status}`, details: null } as const;
    const given = this.#answer ?? (status >= 400 ? failed : { level: 'INFO' as const, message: 'Accepted', details: null });
    const { level, message, details } = isAnswered
      ? given
      : { level: 'WARN' as const, message: 'The client left before the answer', details: null };
    const durationMs = Math.round(performance.now() - this.#began);
    this.#record({
      logType: 'MCP_RESPONSE',
      level: level ?? 'INFO',
      message,
      details: { status, ...(details as object | null) },
      durationMs,
    });
  }

  #isLeftOut(): boolean {
    const { services } = this.system;
    const key = `mcp ${this.origin.sourceIp}`;
    return 'isFirst' in services.get(DenialQuota).take(key, services.get(Settings).value(denialsPerMinute));
  }

  #record(activity: Activity): void {
    const { requestId, traceId } = this.origin;
    this.system.services
      .get(ActivityRecorder)
      .record({ ...activity, serverId: this.serverId, requestId: requestId ?? randomUUID(), traceId });
  }
}

function answerOf(result: Record<string, unknown>): Pick<Activity, 'level' | 'message' | 'details'> {
  const content = (result.structuredContent ?? {}) as { executionId?: unknown; error?: { code?: unknown } };
  const executionId = (result._meta as Record<string, unknown> | undefined)?.['signalbox/executionId'] ?? content.executionId;
  const code = content.error?.code;
  const details = { ...(typeof executionId === 'string' && { executionId }) };
  if (result.isError !== true) return { level: 'INFO', message: 'Answered', details };
  return {
    level: code === 'INTERNAL' ? 'ERROR' : 'WARN',
    message: 'The tool answered with an error',
    details: { ...details, isError: true, ...(typeof code === 'string' && { code }) },
  };
}
