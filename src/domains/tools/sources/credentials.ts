/** How Signalbox shows an external MCP server who it is. */
export interface SourceCredentials {
  /** What goes along with each request. */
  headers(): Promise<Record<string, string>>;
  /** Looks for newer ones after these were refused; false when there are none. */
  renew(): Promise<boolean>;
  /** All texts that may be shown to nobody. */
  readonly secrets: ReadonlySet<string>;
}
