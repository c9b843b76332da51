import { sql } from '#core/database/sql.js';
import { badInput } from '#core/errors/bad-input.js';
import { declareValue } from '#core/database/declare/declaration.js';
import { derived } from '#core/graph/derived.js';
import { McpServer } from '../servers/mcp-server.entity.js';
import { normalHost } from './normal-host.js';

/** Why the tools of a server may reach a host. */
const accessReason = declareValue('AccessReason', 'An approved request that lets the tools of a server reach a host', {
  requestId: { kind: 'id', description: 'Id of the request' },
  approvalId: { kind: 'id', nullable: true, description: 'Id of its approval; null when it needed none' },
  host: { kind: 'string', description: 'Host that it names' },
  port: { kind: 'int', nullable: true, description: 'Port that it names; null for any' },
  toolName: { kind: 'string', nullable: true, description: 'Name of the tool that asked; null when an administrator did' },
  justification: { kind: 'string', description: 'Why it was asked for' },
  requestedByName: { kind: 'string', description: 'Name of who asked, at that time' },
  reviewedByName: { kind: 'string', nullable: true, description: 'Name of who agreed, at that time' },
  reviewedAt: { kind: 'time', nullable: true, description: 'When they agreed' },
});

type Row = [server: string, reason: string];

/** What explains why something is allowed. */
export const accessDerived = [
  derived({
    of: McpServer,
    name: 'accessTo',
    kind: accessReason,
    list: true,
    size: 5,
    args: {
      host: { kind: 'string', description: 'Host name or IP address' },
      port: { kind: 'int', nullable: true, description: 'Port; when left out, requests for any port count' },
    },
    description: 'Which approved requests let its tools reach a host, oldest first: none when they may not',
    async load(reader, ids, { host: given, port }) {
      const host = normalHost(given as string);
      if (host === null) throw badInput('host is a host name or an IP address', 'host');
      const rows = (await reader.rows(sql`
        select r.server_id, json_build_object('requestId', r.id, 'approvalId', r.approval_id, 'host', r.host, 'port', r.port,
            'toolName', t.name, 'justification', r.justification, 'requestedByName', r.requested_by_name,
            'reviewedByName', r.reviewed_by_name, 'reviewedAt', to_char(r.reviewed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text
          from network_access_requests r left join tools t on t.id = r.tool_id
          where r.server_id = any(${ids}::uuid[]) and r.host = ${host} and r.status = 'APPROVED' and r.revoked_at is null
            and (${(port as number | null) ?? null}::int is null or r.port is null or r.port = ${(port as number | null) ?? null}::int)
          order by r.created_at, r.id`)) as unknown as Row[];
      const reasons = new Map<string, unknown[]>(ids.map((id) => [id, []]));
      for (const [server, reason] of rows) reasons.get(server)!.push(JSON.parse(reason));
      return reasons;
    },
  }),
];
