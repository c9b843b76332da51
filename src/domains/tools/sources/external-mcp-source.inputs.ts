import { ArrayMaxSize, MaxLength } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { enumType } from '#core/graph/build/enum-types.js';
import { ExternalMcpAuthType, ExternalMcpSourceStatus, ExternalMcpTransportType } from './external-mcp-source.entity.js';

const transport = enumType(ExternalMcpTransportType);
const authType = enumType(ExternalMcpAuthType);
const status = enumType(ExternalMcpSourceStatus);
const url =
  'Where it is reached, by https; by http only a host of the setting tools.privateHosts. Seen by all who see the source: never put a secret there';
const secretName =
  'Name of the secret of its server that BEARER and HEADER send, and that belongs to an oauthClientId; the secret need not be there yet';
const headerName = 'Header of HEADER; Authorization when left out';
const clientId = 'Client id that the OAuth server has given to Signalbox; when left out, Signalbox registers itself there';

/** An external source to be made. */
@InputType({ description: 'A connection to an MCP server elsewhere, to be made' })
export class CreateExternalMcpSourceInput {
  @Field(() => ID, { description: 'Id of the MCP server that its tools are imported into, and whose secrets it uses' })
  server!: string;

  @Field(() => String, { description: 'Name for people, 1 to 255 characters' })
  name!: string;

  @Field(() => String, { description: url })
  url!: string;

  @Field(() => transport, { defaultValue: 'STREAMABLE_HTTP', description: 'How it is spoken to' })
  transportType!: ExternalMcpTransportType;

  @Field(() => authType, { defaultValue: 'NONE', description: 'How Signalbox shows it who it is' })
  authType!: ExternalMcpAuthType;

  @Field(() => String, { nullable: true, description: secretName })
  authSecretName?: string | null;

  @Field(() => String, { nullable: true, description: headerName })
  authHeaderName?: string | null;

  @Field(() => String, { nullable: true, description: clientId })
  oauthClientId?: string | null;
}

/** What to change of an external source. */
@InputType({ description: 'What to change of a connection to an MCP server elsewhere; what is left out or null stays as it is' })
export class UpdateExternalMcpSourceInput {
  @Field(() => ID, { description: 'Id of the source' })
  id!: string;

  @Field(() => Int, { description: 'Revision that was seen; another one is a conflict' })
  expectedRevision!: number;

  @Field(() => String, { nullable: true, description: 'Name for people, 1 to 255 characters' })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `${url}. Another one ends what OAuth has granted, and its tools wait for approval again`,
  })
  url?: string | null;

  @Field(() => transport, { nullable: true, description: 'How it is spoken to' })
  transportType?: ExternalMcpTransportType | null;

  @Field(() => authType, { nullable: true, description: 'How Signalbox shows it who it is' })
  authType?: ExternalMcpAuthType | null;

  @Field(() => String, { nullable: true, description: `${secretName}. An empty one takes it away` })
  authSecretName?: string | null;

  @Field(() => String, { nullable: true, description: `${headerName}. An empty one takes it away` })
  authHeaderName?: string | null;

  @Field(() => String, { nullable: true, description: `${clientId}. An empty one takes it away` })
  oauthClientId?: string | null;

  @Field(() => status, { nullable: true, description: 'DISABLED switches it off, ACTIVE on again; ERROR cannot be given' })
  status?: ExternalMcpSourceStatus | null;
}

/** Which external source to delete. */
@InputType({ description: 'Which connection to an MCP server elsewhere to delete' })
export class DeleteExternalMcpSourceInput {
  @Field(() => ID, { description: 'Id of the source' })
  id!: string;
}

/** Which external source to ask for its tools. */
@InputType({ description: 'Which MCP server elsewhere to ask for its tools' })
export class DiscoverExternalToolsInput {
  @Field(() => ID, { description: 'Id of the source' })
  source!: string;

  @Field(() => String, { nullable: true, description: 'The same key of the same caller gives the same job again, at most 200 characters' })
  @MaxLength(200)
  idempotencyKey?: string | null;
}

/** Which discovered tools to import. */
@InputType({ description: 'Which tools of an MCP server elsewhere to import' })
export class ImportExternalToolsInput {
  @Field(() => ID, { description: 'Id of the source' })
  source!: string;

  @Field(() => [String], { description: 'Names that the tools have there, as discoveredTools has them; 1 to 100' })
  @ArrayMaxSize(100)
  names!: string[];
}

/** Which external source to authorize. */
@InputType({ description: 'Which MCP server elsewhere a browser is to grant Signalbox access to, by OAuth' })
export class BeginExternalMcpAuthorizationInput {
  @Field(() => ID, { description: 'Id of a source that uses OAUTH' })
  source!: string;

  @Field(() => String, { defaultValue: '/', description: 'Path of this server that the browser goes to when access was granted' })
  returnTo!: string;
}
