import type { ExternalMcpSource } from './external-mcp-source.entity.js';

/** Whether two states of a source are reached and asked in the same way, so that what one answered holds for the other. */
export const isSameAddress = (one: ExternalMcpSource, other: ExternalMcpSource): boolean =>
  one.url === other.url &&
  one.transportType === other.transportType &&
  one.authType === other.authType &&
  one.authSecretName === other.authSecretName;
