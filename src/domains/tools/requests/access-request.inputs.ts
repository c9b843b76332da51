import { MaxLength } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';

const mostReason = 4_000;
const reason = 'Why; the audit trail keeps it';

/** Which host is asked for. */
@InputType({ description: 'Which host is asked for, for a tool, or by holders of tool:manage for a server' })
export class RequestNetworkAccessInput {
  @Field(() => ID, { nullable: true, description: 'Id of the tool that needs it; it counts for all tools of its server' })
  tool?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of the MCP server, when no tool asks; takes tool:manage' })
  server?: string | null;

  @Field(() => String, { description: 'Host name or IP address, without scheme, port, path or wildcard' })
  host!: string;

  @Field(() => Int, { nullable: true, description: 'Port, 1 to 65535; any when left out' })
  port?: number | null;

  @Field(() => String, { description: 'Why it is needed; whoever decides reads it' })
  justification!: string;
}

/** Which module is asked for. */
@InputType({
  description: 'Which Python module is asked for, for a tool, or by holders of tool:manage; once allowed, all code may import it',
})
export class RequestModuleInput {
  @Field(() => ID, { nullable: true, description: 'Id of the tool that needs it' })
  tool?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of the MCP server, when no tool asks; takes tool:manage' })
  server?: string | null;

  @Field(() => String, { description: 'Module that the sandbox has, such as xml.etree.ElementTree' })
  moduleName!: string;

  @Field(() => String, { description: 'Why it is needed; whoever decides reads it' })
  justification!: string;
}

/** What to take back of a host. */
@InputType({ description: 'Which approved request for a host to take back' })
export class RevokeNetworkAccessInput {
  @Field(() => ID, { description: 'Id of the request' })
  id!: string;

  @Field(() => String, { nullable: true, description: reason })
  @MaxLength(mostReason)
  reason?: string | null;
}

/** What to take back of a module. */
@InputType({ description: 'Which approved request for a module to take back' })
export class RevokeModuleInput {
  @Field(() => ID, { description: 'Id of the request' })
  id!: string;

  @Field(() => String, { nullable: true, description: reason })
  @MaxLength(mostReason)
  reason?: string | null;
}
