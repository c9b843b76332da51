import { Migration } from '@mikro-orm/migrations';

/** What changes in server_processes, workers. */
export class Migration20261125121000 extends Migration {
  override name = 'Migration20261125121000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "server_processes" ("id" uuid not null, "name" text collate "C" not null, "role" text not null, "version" text not null, "started_at" timestamptz(3) not null, "last_seen_at" timestamptz(3) not null, "stopped_at" timestamptz(3) null, "sockets" int null, "subscribers" int null, "buffered_bytes" bigint null, "page_rate" double precision null, "lag_ms" double precision null, "running_jobs" int null, "concurrency" int null, "bell_transport" text not null, "is_bell_connected" boolean not null, "memory_bytes" bigint not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "server_processes" is 'A process of this installation and what it is doing; seen by holders of system:read';`,
    );
    this.addSql(`create index "server_processes_name_id_index" on "server_processes" ("name", "id");`);
    this.addSql(`create index "server_processes_role_id_index" on "server_processes" ("role", "id");`);
    this.addSql(`create index "server_processes_started_at_id_index" on "server_processes" ("started_at", "id");`);
    this.addSql(`create index "server_processes_last_seen_at_id_index" on "server_processes" ("last_seen_at", "id");`);

    this.addSql(`alter table "workers" add "concurrency" int not null default 0, add "process_id" uuid null;`);
    this.addSql(
      `alter table "workers" add constraint "workers_process_id_foreign" foreign key ("process_id") references "server_processes" ("id") on update no action on delete set null;`,
    );
    this.addSql(`create index "workers_process_id_id_index" on "workers" ("process_id", "id");`);

    this.addSql(`alter table "server_processes" add constraint "server_processes_role_check" check ("role" in ('API', 'WORKER', 'ALL'));`);
    this.addSql(
      `alter table "server_processes" add constraint "server_processes_bell_transport_check" check ("bell_transport" in ('NOTIFY', 'REDIS'));`,
    );
  }
}
