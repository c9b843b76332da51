import { Migration } from '@mikro-orm/migrations';

/** What changes in tool_executions, tool_versions. */
export class Migration20261126090000 extends Migration {
  override name = 'Migration20261126090000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "tool_versions" add "created_by_id" uuid null;`);
    this.addSql(
      `alter table "tool_versions" add constraint "tool_versions_created_by_id_foreign" foreign key ("created_by_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(`create index "tool_versions_created_by_id_id_index" on "tool_versions" ("created_by_id", "id");`);

    this.addSql(
      `comment on table "jobs" is 'One run of an operation, from its request to its end; seen by who asked for it and by holders of job:read, who for a use of a tool hold execution:read too';`,
    );

    this.addSql(`alter table "tool_executions" add "agreement_id" uuid null;`);
    this.addSql(
      `update "tool_executions" e set "agreement_id" = t."approval_id" from "tools" t where t."id" = e."tool_id" and e."completed_at" is null;`,
    );
  }
}
