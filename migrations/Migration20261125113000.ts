import { Migration } from '@mikro-orm/migrations';

/** Jobs count what their lines hold, and have files; of jobs that are there already nothing is counted. */
export class Migration20261125113000 extends Migration {
  override name = 'Migration20261125113000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "job_files" ("id" uuid not null, "job_id" uuid not null, "attempt" int not null, "name" text not null, "size_bytes" bigint not null, "sha256" text not null, "media_type" text not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`comment on table "job_files" is 'A file that the successful run of a job left; seen by whoever sees the job';`);
    this.addSql(`create index "job_files_job_id_id_index" on "job_files" ("job_id", "id");`);
    this.addSql(`create index "job_files_created_at_id_index" on "job_files" ("created_at", "id");`);

    this.addSql(`alter table "jobs" add "log_bytes" bigint not null default 0;`);

    this.addSql(
      `alter table "job_files" add constraint "job_files_job_id_foreign" foreign key ("job_id") references "jobs" ("id") on update no action on delete cascade;`,
    );
  }
}
