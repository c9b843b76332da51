import { Migration } from '@mikro-orm/migrations';

/** What changes in changes, tool_execution_events, tool_executions. */
export class Migration20261126050100 extends Migration {
  override name = 'Migration20261126050100';

  override up(): void | Promise<void> {
    this.addSql(`alter table "changes" add "execution_id" uuid null;`);
    this.addSql(`create index "changes_execution_id_id_index" on "changes" ("execution_id", "id");`);

    this.addSql(
      `alter table "tool_executions" add "cache_entry_id" uuid null, add "approval_id" uuid null, add "parameters_digest" text null, add "api_token_id" uuid null;`,
    );
    this.addSql(
      `alter table "tool_executions" add constraint "tool_executions_cache_entry_id_foreign" foreign key ("cache_entry_id") references "tool_cache_entries" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "tool_executions" add constraint "tool_executions_approval_id_foreign" foreign key ("approval_id") references "approvals" ("id") on update no action on delete set null;`,
    );
    this.addSql(`create index "tool_executions_cache_entry_id_id_index" on "tool_executions" ("cache_entry_id", "id");`);
    this.addSql(`alter table "tool_executions" add constraint "tool_executions_approval_id_unique" unique ("approval_id");`);
    this.addSql(`create index "tool_executions_user_id_idempotency_key_index" on "tool_executions" ("user_id", "idempotency_key");`);

    this.addSql(
      `create table "tool_execution_events" ("id" uuid not null, "execution_id" uuid not null, "seq" bigint not null, "kind" text not null, "status" text not null, "attempt" int not null, "phase" text null, "message" text null, "progress" double precision null, "payload" jsonb null, "stream" text null, "level" text null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "tool_execution_events" is 'One thing that happened to an execution of a tool, or that its run told; seen by whoever sees the execution';`,
    );
    this.addSql(
      `alter table "tool_execution_events" add constraint "tool_execution_events_execution_id_seq_unique" unique ("execution_id", "seq");`,
    );
    this.addSql(
      `alter table "tool_execution_events" add constraint "tool_execution_events_execution_id_foreign" foreign key ("execution_id") references "tool_executions" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "tool_execution_events" add constraint "tool_execution_events_kind_check" check ("kind" in ('STATUS', 'PROGRESS', 'OUTPUT'));`,
    );
    this.addSql(
      `alter table "tool_execution_events" add constraint "tool_execution_events_status_check" check ("status" in ('WAITING_APPROVAL', 'QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'REJECTED', 'CANCELLED'));`,
    );
    this.addSql(
      `alter table "tool_execution_events" add constraint "tool_execution_events_stream_check" check ("stream" in ('STDOUT', 'STDERR', 'STRUCTURED'));`,
    );
    this.addSql(
      `alter table "tool_execution_events" add constraint "tool_execution_events_level_check" check ("level" in ('DEBUG', 'INFO', 'WARN', 'ERROR'));`,
    );
  }
}
