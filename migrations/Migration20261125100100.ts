import { Migration } from '@mikro-orm/migrations';

/** Operations run by themselves at the times of a schedule. */
export class Migration20261125100100 extends Migration {
  override name = 'Migration20261125100100';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "job_schedules" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "name" text collate "C" not null, "operation" text collate "C" not null, "cron" text not null, "timezone" text not null, "parameters" jsonb not null, "priority" int not null, "is_enabled" boolean not null, "next_run_at" timestamptz(3) null, "last_run_at" timestamptz(3) null, "last_job_id" uuid null, "last_error" text null, "created_by_id" uuid null, "created_by_name" text not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "job_schedules" is 'When an operation is run by itself, and with which parameters; seen by holders of job:read and of schedule:manage';`,
    );
    this.addSql(`alter table "job_schedules" add constraint "job_schedules_name_unique" unique ("name");`);
    this.addSql(`create index "job_schedules_created_at_id_index" on "job_schedules" ("created_at", "id");`);
    this.addSql(`create index "job_schedules_operation_id_index" on "job_schedules" ("operation", "id");`);
    this.addSql(`create index "job_schedules_is_enabled_id_index" on "job_schedules" ("is_enabled", "id");`);
    this.addSql(`create index "job_schedules_next_run_at_id_index" on "job_schedules" ("next_run_at", "id");`);
    this.addSql(`create index "job_schedules_last_run_at_id_index" on "job_schedules" ("last_run_at", "id");`);
    this.addSql(`create index "job_schedules_last_job_id_id_index" on "job_schedules" ("last_job_id", "id");`);
    this.addSql(`create index "job_schedules_created_by_id_id_index" on "job_schedules" ("created_by_id", "id");`);

    this.addSql(
      `alter table "job_schedules" add constraint "job_schedules_last_job_id_foreign" foreign key ("last_job_id") references "jobs" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "job_schedules" add constraint "job_schedules_created_by_id_foreign" foreign key ("created_by_id") references "users" ("id") on update no action on delete set null;`,
    );
  }
}
