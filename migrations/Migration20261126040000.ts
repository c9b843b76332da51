import { Migration } from '@mikro-orm/migrations';

/** What changes in module_requests, network_access_requests, tools. */
export class Migration20261126040000 extends Migration {
  override name = 'Migration20261126040000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "tools" add "needed_modules" jsonb not null default '[]', add "approval_id" uuid null;`);
    this.addSql(
      `alter table "tools" add constraint "tools_approval_id_foreign" foreign key ("approval_id") references "approvals" ("id") on update no action on delete set null;`,
    );
    this.addSql(`create index "tools_approval_id_id_index" on "tools" ("approval_id", "id");`);

    this.addSql(`alter table "network_access_requests" add "approval_id" uuid null;`);
    this.addSql(
      `alter table "network_access_requests" add constraint "network_access_requests_approval_id_foreign" foreign key ("approval_id") references "approvals" ("id") on update no action on delete set null;`,
    );
    this.addSql(`create index "network_access_requests_approval_id_id_index" on "network_access_requests" ("approval_id", "id");`);

    this.addSql(`alter table "module_requests" add "approval_id" uuid null;`);
    this.addSql(
      `alter table "module_requests" add constraint "module_requests_approval_id_foreign" foreign key ("approval_id") references "approvals" ("id") on update no action on delete set null;`,
    );
    this.addSql(`create index "module_requests_approval_id_id_index" on "module_requests" ("approval_id", "id");`);

    // What a tool was stays as it was, and goes only with the tool.
    this.addSql(`
      create function "keep_tool_version"() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and not exists (select 1 from "tools" where "id" = old."tool_id") then
          return old;
        end if;
        raise exception 'Versions of tools never change: % of % is refused', tg_op, old."id" using errcode = 'insufficient_privilege';
      end $$;`);
    this.addSql(
      `create trigger "tool_versions_are_kept" before update or delete on "tool_versions" for each row execute function "keep_tool_version"();`,
    );
  }
}
