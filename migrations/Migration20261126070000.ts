import { Migration } from '@mikro-orm/migrations';

/** What changes in activity_logs. */
export class Migration20261126070000 extends Migration {
  override name = 'Migration20261126070000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "activity_logs" ("id" uuid not null, "position" bigint null, "server_id" uuid null, "log_type" text not null, "level" text not null default 'INFO', "message" text not null, "details" jsonb null, "request_id" text collate "C" null, "duration_ms" int null, "trace_id" text collate "C" null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "activity_logs" is 'One thing that happened between Signalbox and the clients and servers of MCP; seen by holders of activity:read';`,
    );
    this.addSql(`create index "activity_logs_unsequenced" on "activity_logs" ("created_at", "id") where "position" is null;`);
    this.addSql(`create index "activity_logs_log_type_id_index" on "activity_logs" ("log_type", "id");`);
    this.addSql(`create index "activity_logs_level_id_index" on "activity_logs" ("level", "id");`);
    this.addSql(`create index "activity_logs_request_id_id_index" on "activity_logs" ("request_id", "id");`);
    this.addSql(`create index "activity_logs_trace_id_id_index" on "activity_logs" ("trace_id", "id");`);
    this.addSql(`create index "activity_logs_created_at_id_index" on "activity_logs" ("created_at", "id");`);
    this.addSql(`create index "activity_logs_server_id_id_index" on "activity_logs" ("server_id", "id");`);
    this.addSql(`alter table "activity_logs" add constraint "activity_logs_position_unique" unique ("position");`);

    this.addSql(
      `alter table "activity_logs" add constraint "activity_logs_server_id_foreign" foreign key ("server_id") references "mcp_servers" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "activity_logs" add constraint "activity_logs_log_type_check" check ("log_type" in ('MCP_REQUEST', 'MCP_RESPONSE', 'NETWORK', 'ALERT', 'ERROR', 'SYSTEM', 'AUDIT'));`,
    );
    this.addSql(
      `alter table "activity_logs" add constraint "activity_logs_level_check" check ("level" in ('DEBUG', 'INFO', 'WARN', 'ERROR'));`,
    );
  }
}
