import { Field, ID } from 'type-graphql';
import { Changed, Payload } from '#core/graph/payload.js';
import { Job } from '#domains/jobs/job.entity.js';
import { ExternalMcpSource } from './external-mcp-source.entity.js';

/** An external source was made. */
@Payload('A connection to an MCP server elsewhere was made; nothing was asked there yet')
export class CreateExternalMcpSourcePayload {
  @Changed(() => ExternalMcpSource, 'The source')
  externalMcpSource!: ExternalMcpSource;
}

/** An external source was changed. */
@Payload('A connection to an MCP server elsewhere was changed')
export class UpdateExternalMcpSourcePayload {
  @Changed(() => ExternalMcpSource, 'The source')
  externalMcpSource!: ExternalMcpSource;
}

/** An external source was deleted. */
@Payload('A connection to an MCP server elsewhere was deleted; the tools that were imported from it stay')
export class DeleteExternalMcpSourcePayload {
  @Field(() => ID, { description: 'Id of the source that is gone' })
  id!: string;
}

/** A discovery was started. */
@Payload('A job was started that asks an MCP server elsewhere for its tools')
export class DiscoverExternalToolsPayload {
  @Changed(() => Job, 'The job; its result says what was found, and the source has the list')
  job!: Job;
}

/** Tools were imported. */
@Payload('Tools of an MCP server elsewhere were imported, as drafts')
export class ImportExternalToolsPayload {
  @Changed(() => ExternalMcpSource, 'The source, whose `tools` they are')
  externalMcpSource!: ExternalMcpSource;

  @Field(() => [ID], { description: 'Ids of the new tools, in the order of the names' })
  toolIds!: string[];
}

/** A browser can grant access. */
@Payload('A browser can grant Signalbox access to an MCP server elsewhere, within ten minutes')
export class BeginExternalMcpAuthorizationPayload {
  @Field(() => String, { description: 'Where the browser goes' })
  authorizationUrl!: string;
}
