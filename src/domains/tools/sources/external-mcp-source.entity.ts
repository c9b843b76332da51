import type { Ref } from '@mikro-orm/core';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { McpServer } from '../servers/mcp-server.entity.js';
import type { DiscoveredTool } from './discovered-tool.js';

/** How Signalbox shows an external MCP server who it is. */
export const ExternalMcpAuthType = declareEnum('ExternalMcpAuthType', 'How Signalbox shows an external MCP server who it is', {
  NONE: 'Not at all',
  BEARER: 'By a secret of the server, as a bearer token',
  HEADER: 'By a secret of the server, in a header of its own',
  OAUTH: 'By OAuth 2.1, with tokens that are refreshed',
});
export type ExternalMcpAuthType = ValueOf<typeof ExternalMcpAuthType>;

/** How an external MCP server is spoken to. */
export const ExternalMcpTransportType = declareEnum('ExternalMcpTransportType', 'How an external MCP server is spoken to', {
  STREAMABLE_HTTP: 'Streamable HTTP, as MCP has it since 2025-03-26',
  SSE: 'HTTP with server-sent events, as MCP had it before',
});
export type ExternalMcpTransportType = ValueOf<typeof ExternalMcpTransportType>;

/** How an external MCP server was found the last time. */
export const ExternalMcpSourceStatus = declareEnum('ExternalMcpSourceStatus', 'How an external MCP server was found the last time', {
  ACTIVE: 'It answers, or was not asked yet',
  ERROR: 'It could not be asked; `statusMessage` says why',
  DISABLED: 'Somebody switched it off; it is not asked',
});
export type ExternalMcpSourceStatus = ValueOf<typeof ExternalMcpSourceStatus>;

/** A connection to an MCP server elsewhere, whose tools can be imported. */
@Table({
  name: 'ExternalMcpSource',
  type: 63,
  table: 'external_mcp_sources',
  description: 'A connection to an MCP server elsewhere, whose tools can be imported; seen by holders of tool:read',
  one: 'externalMcpSource',
  many: 'externalMcpSources',
})
export class ExternalMcpSource extends MutableEntity {
  @ToOne(() => McpServer, {
    description: 'MCP server that its tools are imported into, and whose secrets it uses',
    filter: true,
    onDelete: 'cascade',
    inverse: { name: 'externalSources', description: 'MCP servers elsewhere whose tools can be imported' },
  })
  server!: Ref<McpServer>;

  @Column({ kind: 'string', description: 'Name for people', filter: true, order: true })
  name!: string;

  @Column({ kind: 'string', description: 'Where it is reached' })
  url!: string;

  @Column({ kind: ExternalMcpTransportType, description: 'How it is spoken to' })
  transportType: ExternalMcpTransportType = 'STREAMABLE_HTTP';

  @Column({ kind: ExternalMcpAuthType, description: 'How Signalbox shows it who it is' })
  authType: ExternalMcpAuthType = 'NONE';

  @Column({
    kind: 'string',
    description:
      'Name of the secret of its server for BEARER and HEADER, and for OAUTH of the secret of a client id that was given; null for none',
    nullable: true,
  })
  authSecretName: string | null = null;

  @Column({ kind: 'string', description: 'Header of HEADER; null for Authorization', nullable: true })
  authHeaderName: string | null = null;

  @Column({ kind: ExternalMcpSourceStatus, description: 'How it was found the last time', filter: true })
  status: ExternalMcpSourceStatus = 'ACTIVE';

  @Column({ kind: 'string', description: 'Why it could not be asked, or what of its tools is missing; null for nothing', nullable: true })
  statusMessage: string | null = null;

  @Column({ kind: 'string', description: 'OAuth tokens with their end points, sealed', nullable: true, secret: true })
  sealedOauth: string | null = null;

  @Column({
    kind: 'string',
    description: 'What an OAuth authorization that was begun comes back with, sealed',
    nullable: true,
    secret: true,
  })
  sealedOauthRequest: string | null = null;

  @Column({ kind: 'string', description: 'OAuth authorization server; null when there is none yet', nullable: true })
  oauthIssuer: string | null = null;

  @Column({ kind: 'string', description: 'OAuth client id, registered or given; null when there is none yet', nullable: true })
  oauthClientId: string | null = null;

  @Column({ kind: 'time', description: 'When its OAuth access ends unless it is refreshed; null when there is none', nullable: true })
  oauthExpiresAt: Date | null = null;

  @Column({ kind: 'time', description: 'When its tools were asked for the last time; null when never', nullable: true, filter: true })
  lastDiscoveredAt: Date | null = null;

  @Column({ kind: 'int', description: 'How many tools it offered then', default: '0' })
  toolCount: number = 0;

  @Column({
    kind: 'json',
    description: 'What it offered then: name, description and input schema of each tool; null when never asked',
    nullable: true,
    keepsOrder: true,
  })
  discoveredTools: DiscoveredTool[] | null = null;

  @Computed({ kind: 'boolean', description: 'Whether it holds OAuth tokens', needs: ['sealedOauth'] })
  get hasOauthTokens(): boolean {
    return this.sealedOauth !== null;
  }
}
