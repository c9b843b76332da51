import { Migration } from '@mikro-orm/migrations';

/** Jobs have a limit of runs at once, are parked when they find no place, and are run again as other jobs. */
export class Migration20261125100000 extends Migration {
  override name = 'Migration20261125100000';

  override up(): void | Promise<void> {
    this.addSql(
      `alter table "jobs" add "parked_at" timestamptz(3) null, add "concurrency_key" text null, add "concurrency_limit" int null, add "retry_of_id" uuid null, add "retried_at" timestamptz(3) null;`,
    );
    this.addSql(
      `alter table "jobs" add constraint "jobs_retry_of_id_foreign" foreign key ("retry_of_id") references "jobs" ("id") on update no action on delete set null;`,
    );
    this.addSql(`alter table "jobs" add constraint "jobs_retry_of_id_unique" unique ("retry_of_id");`);
    this.addSql(
      `create index "jobs_dead_letter" on "jobs" ((case when "status" = 'FAILED' then "retried_at" is null else false end), "id");`,
    );
    this.addSql(
      `create index "jobs_running_by_key" on "jobs" ("concurrency_key") where "concurrency_key" is not null and "status" = 'RUNNING';`,
    );
    this.addSql(
      `create index "jobs_parked" on "jobs" ("concurrency_key", "priority" desc, "queued_at", "id") where "parked_at" is not null;`,
    );
  }
}
