import { Migration } from '@mikro-orm/migrations';

/** What changes in global_configs, settings. */
export class Migration20261125131000 extends Migration {
  override name = 'Migration20261125131000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "global_configs" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "config_key" text collate "C" not null, "allowed_modules" jsonb not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "global_configs" is 'What holds for the whole installation; there is one, seen by whoever is signed in';`,
    );
    this.addSql(`alter table "global_configs" add constraint "global_configs_config_key_unique" unique ("config_key");`);
    this.addSql(`create index "global_configs_created_at_id_index" on "global_configs" ("created_at", "id");`);

    this.addSql(
      `create table "settings" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "key" text collate "C" not null, "description" text not null, "schema" jsonb not null, "value" jsonb null, "sealed_value" text null, "default_value" jsonb null, "is_encrypted" boolean not null, "is_feature_flag" boolean not null, "is_default" boolean not null default true, "has_value" boolean not null, "updated_by_id" uuid null, "updated_by_name" text null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "settings" is 'Something that people can set while everything runs; seen by holders of setting:read and of setting:write, a feature flag by whoever is signed in';`,
    );
    this.addSql(`alter table "settings" add constraint "settings_key_unique" unique ("key");`);
    this.addSql(`create index "settings_created_at_id_index" on "settings" ("created_at", "id");`);
    this.addSql(`create index "settings_is_encrypted_id_index" on "settings" ("is_encrypted", "id");`);
    this.addSql(`create index "settings_is_feature_flag_id_index" on "settings" ("is_feature_flag", "id");`);
    this.addSql(`create index "settings_is_default_id_index" on "settings" ("is_default", "id");`);
    this.addSql(`create index "settings_has_value_id_index" on "settings" ("has_value", "id");`);
    this.addSql(`create index "settings_updated_by_id_id_index" on "settings" ("updated_by_id", "id");`);

    this.addSql(
      `alter table "settings" add constraint "settings_updated_by_id_foreign" foreign key ("updated_by_id") references "users" ("id") on update no action on delete set null;`,
    );
  }
}
