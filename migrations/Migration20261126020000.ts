import { Migration } from '@mikro-orm/migrations';

/** Secrets, their versions, and who used them. */
export class Migration20261126020000 extends Migration {
  override name = 'Migration20261126020000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "secret_accesses" ("id" uuid not null, "secret_id" uuid null, "secret_name" text collate "C" not null, "server_id" uuid null, "user_id" uuid null, "user_name" text collate "C" not null, "tool_id" uuid null, "execution_id" uuid null, "access_type" text not null, "is_successful" boolean not null, "detail" text null, "ip_address" text collate "C" null, "user_agent" text null, "accessed_at" timestamptz(3) not null default clock_timestamp(), primary key ("id"));`,
    );
    this.addSql(
      `comment on table "secret_accesses" is 'That somebody read, set or deleted a secret, or tried to; it never changes. Seen by holders of secret:read and secret:manage, by who did it and, unless it is a server''s, by the owner of the secret';`,
    );
    this.addSql(`create index "secret_accesses_secret_name_id_index" on "secret_accesses" ("secret_name", "id");`);
    this.addSql(`create index "secret_accesses_user_name_id_index" on "secret_accesses" ("user_name", "id");`);
    this.addSql(`create index "secret_accesses_access_type_id_index" on "secret_accesses" ("access_type", "id");`);
    this.addSql(`create index "secret_accesses_is_successful_id_index" on "secret_accesses" ("is_successful", "id");`);
    this.addSql(`create index "secret_accesses_ip_address_id_index" on "secret_accesses" ("ip_address", "id");`);
    this.addSql(`create index "secret_accesses_accessed_at_id_index" on "secret_accesses" ("accessed_at", "id");`);
    this.addSql(`create index "secret_accesses_secret_id_id_index" on "secret_accesses" ("secret_id", "id");`);
    this.addSql(`create index "secret_accesses_user_id_id_index" on "secret_accesses" ("user_id", "id");`);

    this.addSql(
      `create table "secrets" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "name" text collate "C" not null, "server_id" uuid null, "display_name" text null, "description" text null, "type" text not null, "metadata" jsonb not null default '{}', "tags" jsonb not null default '[]', "owner_id" uuid null, "owner_name" text not null, "required_permission" text collate "C" null, "is_active" boolean not null default true, "has_value" boolean not null default false, "is_rotatable" boolean not null default true, "is_rotation_enabled" boolean not null default false, "rotation_days" int null, "last_rotated_at" timestamptz(3) null, "next_rotation_at" timestamptz(3) null, "expires_at" timestamptz(3) null, "last_accessed_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "secrets" is 'Something that nobody may know, such as a password: of a user, or of a server, whose tools use it by its name. Its value is never shown here. Seen by its owner and by holders of secret:read, secret:manage and secret:reveal; one of a server by holders of secret:create too';`,
    );
    this.addSql(`create unique index "secrets_of_owner" on "secrets" ("owner_id", "name") where "server_id" is null;`);
    this.addSql(`create index "secrets_created_at_id_index" on "secrets" ("created_at", "id");`);
    this.addSql(`create index "secrets_name_id_index" on "secrets" ("name", "id");`);
    this.addSql(`create index "secrets_type_id_index" on "secrets" ("type", "id");`);
    this.addSql(`create index "secrets_owner_id_id_index" on "secrets" ("owner_id", "id");`);
    this.addSql(`create index "secrets_required_permission_id_index" on "secrets" ("required_permission", "id");`);
    this.addSql(`create index "secrets_is_active_id_index" on "secrets" ("is_active", "id");`);
    this.addSql(`create index "secrets_has_value_id_index" on "secrets" ("has_value", "id");`);
    this.addSql(`create index "secrets_is_rotation_enabled_id_index" on "secrets" ("is_rotation_enabled", "id");`);
    this.addSql(`create index "secrets_next_rotation_at_id_index" on "secrets" ("next_rotation_at", "id");`);
    this.addSql(`create index "secrets_expires_at_id_index" on "secrets" ("expires_at", "id");`);
    this.addSql(`alter table "secrets" add constraint "secrets_server_id_name_unique" unique ("server_id", "name");`);

    this.addSql(
      `create table "secret_versions" ("id" uuid not null, "secret_id" uuid not null, "version_number" int not null, "sealed_value" text not null, "encryption_key_id" text collate "C" not null, "created_by_id" uuid null, "created_by_name" text not null, "rotation_reason" text null, "is_active" boolean not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "secret_versions" is 'A value that a secret has or had, which is never shown; seen by whoever sees the secret';`,
    );
    this.addSql(`create unique index "secret_versions_active" on "secret_versions" ("secret_id") where "is_active";`);
    this.addSql(`create index "secret_versions_secret_id_id_index" on "secret_versions" ("secret_id", "id");`);
    this.addSql(`create index "secret_versions_encryption_key_id_id_index" on "secret_versions" ("encryption_key_id", "id");`);
    this.addSql(`create index "secret_versions_created_by_id_id_index" on "secret_versions" ("created_by_id", "id");`);
    this.addSql(`create index "secret_versions_created_at_id_index" on "secret_versions" ("created_at", "id");`);
    this.addSql(
      `alter table "secret_versions" add constraint "secret_versions_secret_id_version_number_unique" unique ("secret_id", "version_number");`,
    );

    this.addSql(
      `alter table "secret_accesses" add constraint "secret_accesses_access_type_check" check ("access_type" in ('READ', 'WRITE', 'DELETE'));`,
    );

    this.addSql(
      `alter table "secrets" add constraint "secrets_owner_id_foreign" foreign key ("owner_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "secrets" add constraint "secrets_type_check" check ("type" in ('API_KEY', 'PASSWORD', 'TOKEN', 'SSH_KEY', 'CERTIFICATE', 'CONNECTION_STRING', 'GENERIC'));`,
    );

    this.addSql(
      `alter table "secret_versions" add constraint "secret_versions_secret_id_foreign" foreign key ("secret_id") references "secrets" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "secret_versions" add constraint "secret_versions_created_by_id_foreign" foreign key ("created_by_id") references "users" ("id") on update no action on delete set null;`,
    );

    // What was noted of secrets stays as it is, and for a year at least.
    this.addSql(`
      create function "keep_secret_access"() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and old.accessed_at < now() - interval '365 days' then
          return old;
        end if;
        raise exception 'The accesses of secrets refuse % of %', tg_op, old.id using errcode = 'insufficient_privilege';
      end $$;`);
    this.addSql(
      `create trigger "secret_accesses_are_kept" before update or delete on "secret_accesses" for each row execute function "keep_secret_access"();`,
    );
    this.addSql(
      `create trigger "secret_accesses_are_not_emptied" before truncate on "secret_accesses" for each statement execute function "refuse_change"();`,
    );
  }
}
