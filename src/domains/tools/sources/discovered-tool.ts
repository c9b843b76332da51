/** A tool as an external MCP server offers it. */
export interface DiscoveredTool {
  name: string;
  description: string | null;
  inputSchema: object;
}
