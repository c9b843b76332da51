import { Migration } from '@mikro-orm/migrations';

/** Toolkits have rows, and jobs point at them; jobs that are there already point at none. */
export class Migration20261125110000 extends Migration {
  override name = 'Migration20261125110000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "toolkits" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "slug" text collate "C" not null, "name" text not null, "version" text not null, "description" text not null, "category" text collate "C" not null, "tags" jsonb not null, "origin" text not null default 'folder', "worker_module" text not null, "worker_register_attr" text not null, "is_enabled" boolean not null default true, "is_loaded" boolean not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "toolkits" is 'A folder that offers operations, as the newest start found it; seen by whoever is signed in';`,
    );
    this.addSql(`alter table "toolkits" add constraint "toolkits_slug_unique" unique ("slug");`);
    this.addSql(`create index "toolkits_created_at_id_index" on "toolkits" ("created_at", "id");`);
    this.addSql(`create index "toolkits_category_id_index" on "toolkits" ("category", "id");`);
    this.addSql(`create index "toolkits_is_enabled_id_index" on "toolkits" ("is_enabled", "id");`);
    this.addSql(`create index "toolkits_is_loaded_id_index" on "toolkits" ("is_loaded", "id");`);

    this.addSql(`alter table "jobs" add "toolkit_id" uuid null;`);
    this.addSql(
      `alter table "jobs" add constraint "jobs_toolkit_id_foreign" foreign key ("toolkit_id") references "toolkits" ("id") on update no action on delete set null;`,
    );
    this.addSql(`create index "jobs_toolkit_id_id_index" on "jobs" ("toolkit_id", "id");`);
  }
}
