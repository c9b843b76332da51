import { Migration } from '@mikro-orm/migrations';

/** What changes in secrets. */
export class Migration20261126080000 extends Migration {
  override name = 'Migration20261126080000';

  override up(): void | Promise<void> {
    this.addSql(`create index "secret_accesses_tool_id_id_index" on "secret_accesses" ("tool_id", "id");`);

    this.addSql(
      `alter table "secrets" add constraint "secrets_server_id_foreign" foreign key ("server_id") references "mcp_servers" ("id") on update no action on delete cascade;`,
    );
    this.addSql(`create index "secrets_server_id_id_index" on "secrets" ("server_id", "id");`);
  }
}
