import { relation } from '#core/database/declare/relation.js';
import { ActivityLog } from '#domains/observability/activity-log.entity.js';
import { McpServer } from '../servers/mcp-server.entity.js';

/** Of which MCP server the activity log tells. */
export const activityRelations = [
  relation({
    of: ActivityLog,
    key: 'serverId',
    name: 'server',
    to: McpServer,
    description: 'MCP server that it is about; null for the whole system',
    filter: true,
    inverse: { name: 'activityLogs', description: 'What its clients asked for, and how that was answered' },
    onDelete: 'cascade',
  }),
];
