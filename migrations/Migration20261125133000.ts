import { Migration } from '@mikro-orm/migrations';

/** What changes in job_schedules, jobs, sessions, uploads, users. */
export class Migration20261125133000 extends Migration {
  override name = 'Migration20261125133000';

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "users" add "discord_id" text collate "C" null, add "default_view" text null, add "single_view_mode" boolean not null default false, add "metadata" jsonb not null default '{}', add "created_by_name" text null;`,
    );
    this.addSql(`alter table "users" add constraint "users_discord_id_unique" unique ("discord_id");`);
    this.addSql(`update "users" u set "created_by_name" = c."username" from "users" c where c."id" = u."created_by_id";`);

    this.addSql(`alter table "uploads" add "uploaded_by_name" text null;`);
    this.addSql(
      `update "uploads" p set "uploaded_by_name" = coalesce((select u."username" from "users" u where u."id" = p."uploaded_by_id"), 'a deleted user');`,
    );
    this.addSql(`alter table "uploads" alter column "uploaded_by_name" set not null;`);

    this.addSql(`create index "sessions_ended" on "sessions" (least("revoked_at", "expires_at"));`);

    this.addSql(`alter table "jobs" alter column "requested_by_name" type text collate "C";`);
    this.addSql(`create index "jobs_requested_by_name_id_index" on "jobs" ("requested_by_name", "id");`);

    this.addSql(`alter table "job_schedules" add "runs_as_id" uuid null, add "runs_as_name" text null;`);
    this.addSql(`update "job_schedules" set "runs_as_id" = "created_by_id", "runs_as_name" = "created_by_name";`);
    this.addSql(`alter table "job_schedules" alter column "runs_as_name" set not null;`);
    this.addSql(
      `alter table "job_schedules" add constraint "job_schedules_runs_as_id_foreign" foreign key ("runs_as_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(`create index "job_schedules_runs_as_id_id_index" on "job_schedules" ("runs_as_id", "id");`);
  }
}
