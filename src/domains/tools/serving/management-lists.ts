import { notFound } from '#core/errors/not-found.js';
import type { OwnCall, OwnTool } from './own-tool.js';

const after = { type: 'string', description: 'The `next` of the page before, for the one that follows' };
const pageSize = 50;

/** The tools that say what there is, as far as the caller may see it. */
export const managementLists: readonly OwnTool[] = [
  {
    name: 'list_servers',
    description: 'Lists the MCP servers: each is a group of tools, served at /mcp/<slug> while it is RUNNING.',
    takes: { after },
    access: 'tool:read',
    run: (call, given) =>
      pageOf(
        call,
        `query($first: Int!, $after: String) { page: mcpServers(first: $first, after: $after, orderBy: [{ field: SLUG }]) {
          nodes { id slug name description status statusMessage allowedHosts } pageInfo { hasNextPage endCursor } } }`,
        given,
      ),
  },
  {
    name: 'list_tools',
    description: 'Lists tools in every state, of one server when its id is given; get_tool has their code and schema.',
    takes: { server: { type: 'string', description: 'Id of an MCP server' }, after },
    access: 'tool:read',
    run: (call, { server, ...given }) =>
      pageOf(
        call,
        `query($first: Int!, $after: String, $filter: ToolFilter) { page: tools(first: $first, after: $after, filter: $filter, orderBy: [{ field: NAME }]) {
          nodes { id revision name displayName description type approvalStatus isEnabled riskLevel requiresApproval currentVersion server { id slug } }
          pageInfo { hasNextPage endCursor } } }`,
        { ...given, ...(server !== undefined && { filter: { server: { eq: server } } }) },
      ),
  },
  {
    name: 'get_tool',
    description: 'Reads one tool with its Python code, the schema of its parameters, and where it stands on its way to being used.',
    takes: { id: { type: 'string', description: 'Id of the tool' } },
    requires: ['id'],
    access: 'tool:read',
    async run({ ask }, { id }) {
      const { tool } = await ask<{ tool: Record<string, unknown> | null }>(
        `query($id: ID!) { tool(id: $id) { id revision name displayName description category type inputSchema pythonCode codeDependencies neededModules operationCode
          requiresApproval riskLevel timeoutMs currentVersion approvalStatus isEnabled rejectionReason publishNotes createdByName
          server { id slug allowedHosts } approval { id status } } }`,
        { id },
      );
      if (!tool) throw notFound(`Tool ${id}`);
      return tool;
    },
  },
  {
    name: 'list_my_approvals',
    description: 'Lists what the caller asked a human to agree to, the newest first, with what was decided.',
    takes: {
      status: { enum: ['PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED'], description: 'Only those that stand so' },
      after,
    },
    access: 'signedIn',
    run: (call, { status, ...given }) =>
      pageOf(
        call,
        `query($first: Int!, $after: String, $filter: ApprovalFilter) {
          page: approvals(first: $first, after: $after, filter: $filter, orderBy: [{ field: REQUESTED_AT, direction: DESC }]) {
            nodes { id kind status subjectId subjectName riskLevel justification requestedAt expiresAt respondedAt approverName rejectionReason }
            pageInfo { hasNextPage endCursor } } }`,
        { ...given, filter: { requester: { eq: call.context.actor.id }, ...(status !== undefined && { status: { eq: status } }) } },
      ),
  },
];

interface Page {
  nodes: unknown[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

async function pageOf({ ask }: OwnCall, document: string, variables: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { page } = await ask<{ page: Page }>(document, { first: pageSize, ...variables });
  const { hasNextPage, endCursor } = page.pageInfo;
  return { items: page.nodes, ...(hasNextPage && { next: endCursor }) };
}
