import { Field, ID, InputType, Int } from 'type-graphql';

/** What the new MCP server is. */
@InputType({ description: 'What the new MCP server is' })
export class CreateMcpServerInput {
  @Field(() => String, { description: 'Name for people, of 1 to 100 characters' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Name in addresses: 1 to 63 lower-case letters, digits and hyphens, a letter first; made of the name when left out',
  })
  slug?: string | null;

  @Field(() => String, { nullable: true, description: 'What its tools are for; MCP clients read it' })
  description?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Longest time of a run where a tool says nothing else, in milliseconds, 100 to 3,600,000; 30,000 when left out',
  })
  defaultTimeoutMs?: number | null;
}

/** What to change of an MCP server. */
@InputType({ description: 'What to change of an MCP server; what is left out stays' })
export class UpdateMcpServerInput {
  @Field(() => ID, { description: 'Id of the MCP server' })
  id!: string;

  @Field(() => Int, { description: 'Revision that was seen; another one is a conflict' })
  expectedRevision!: number;

  @Field(() => String, { nullable: true, description: 'Name for people' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Name in addresses; clients of the old one have to be told' })
  slug?: string | null;

  @Field(() => String, { nullable: true, description: 'What its tools are for; null clears it' })
  description?: string | null;

  @Field(() => Int, { nullable: true, description: 'Longest time of a run where a tool says nothing else, in milliseconds' })
  defaultTimeoutMs?: number | null;
}

/** Which MCP server to start. */
@InputType({ description: 'Which MCP server to start' })
export class StartMcpServerInput {
  @Field(() => ID, { description: 'Id of the MCP server' })
  id!: string;
}

/** Which MCP server to stop. */
@InputType({ description: 'Which MCP server to stop' })
export class StopMcpServerInput {
  @Field(() => ID, { description: 'Id of the MCP server' })
  id!: string;
}

/** Which MCP server to delete. */
@InputType({ description: 'Which MCP server to delete' })
export class DeleteMcpServerInput {
  @Field(() => ID, { description: 'Id of the MCP server' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'Revision that was seen; another one is a conflict' })
  expectedRevision?: number | null;
}
