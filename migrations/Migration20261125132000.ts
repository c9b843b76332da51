import { Migration } from '@mikro-orm/migrations';

/** What changes in toolkit_removals, toolkits. */
export class Migration20261125132000 extends Migration {
  override name = 'Migration20261125132000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "toolkit_removals" ("id" uuid not null, "slug" text collate "C" not null, "name" text not null, "version" text not null, "origin" text not null, "removed_at" timestamptz(3) not null, "removed_by_id" uuid null, "removed_by_name" text not null, "reason" text null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "toolkit_removals" is 'That a toolkit was uninstalled: until clearToolkitRemoval, neither a start nor a registration nor an upload brings back a toolkit of its slug; seen by holders of toolkit:manage';`,
    );
    this.addSql(`alter table "toolkit_removals" add constraint "toolkit_removals_slug_unique" unique ("slug");`);
    this.addSql(`create index "toolkit_removals_removed_at_id_index" on "toolkit_removals" ("removed_at", "id");`);
    this.addSql(`create index "toolkit_removals_removed_by_id_id_index" on "toolkit_removals" ("removed_by_id", "id");`);

    this.addSql(
      `alter table "toolkits" add "backend_module" text null, add "backend_router_attr" text null, add "frontend_entry" text null, add "frontend_source_entry" text null, add "dashboard_cards" jsonb not null default '[]', add "dashboard_context_module" text null, add "dashboard_context_attr" text null, add "manifest" json null, add "bundle_id" uuid null;`,
    );
    this.addSql(`update "toolkits" set "origin" = upper("origin");`);
    this.addSql(`alter table "toolkits" add constraint "toolkits_origin_check" check ("origin" in ('FOLDER', 'BUNDLE'));`);
    this.addSql(
      `comment on table "toolkits" is 'A folder that offers operations, as the newest start, registration or upload found it; seen by whoever is signed in';`,
    );

    this.addSql(
      `alter table "toolkit_removals" add constraint "toolkit_removals_removed_by_id_foreign" foreign key ("removed_by_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(`alter table "toolkit_removals" add constraint "toolkit_removals_origin_check" check ("origin" in ('FOLDER', 'BUNDLE'));`);
  }
}
