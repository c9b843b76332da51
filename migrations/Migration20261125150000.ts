import { Migration } from '@mikro-orm/migrations';

/** What changes in auth_providers, role_assignments, sso_identities, sso_requests. */
export class Migration20261125150000 extends Migration {
  override name = 'Migration20261125150000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "auth_providers" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "slug" text collate "C" not null, "name" text collate "C" not null, "kind" text not null, "config" jsonb not null, "sealed_secret" text null, "has_secret" boolean not null default false, "is_enabled" boolean not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "auth_providers" is 'A way to sign in; seen by holders of provider:manage, and by whoever signs in by it';`,
    );
    this.addSql(`alter table "auth_providers" add constraint "auth_providers_slug_unique" unique ("slug");`);
    this.addSql(`alter table "auth_providers" add constraint "auth_providers_name_unique" unique ("name");`);
    this.addSql(`create index "auth_providers_created_at_id_index" on "auth_providers" ("created_at", "id");`);
    this.addSql(`create index "auth_providers_kind_id_index" on "auth_providers" ("kind", "id");`);
    this.addSql(`create index "auth_providers_is_enabled_id_index" on "auth_providers" ("is_enabled", "id");`);

    this.addSql(
      `create table "sso_requests" ("id" uuid not null, "provider_id" uuid not null, "state_hash" text collate "C" not null, "browser_hash" text not null, "sealed_checks" text not null, "return_to" text not null, "expires_at" timestamptz(3) not null, "used_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`comment on table "sso_requests" is 'Browsers that were sent to a provider; each can come back once';`);
    this.addSql(`alter table "sso_requests" add constraint "sso_requests_state_hash_unique" unique ("state_hash");`);
    this.addSql(`create index "sso_requests_expired" on "sso_requests" ("expires_at");`);
    this.addSql(`create index "sso_requests_provider_id_id_index" on "sso_requests" ("provider_id", "id");`);

    this.addSql(
      `create table "sso_identities" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "user_id" uuid not null, "provider_id" uuid not null, "subject" text collate "C" not null, "raw_attributes" jsonb not null, "has_made_superuser" boolean not null default false, "last_login_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`comment on table "sso_identities" is 'Who a user is at a provider; seen by that user and by holders of user:read';`);
    this.addSql(`create index "sso_identities_created_at_id_index" on "sso_identities" ("created_at", "id");`);
    this.addSql(`create index "sso_identities_user_id_id_index" on "sso_identities" ("user_id", "id");`);
    this.addSql(`create index "sso_identities_provider_id_id_index" on "sso_identities" ("provider_id", "id");`);
    this.addSql(`create index "sso_identities_subject_id_index" on "sso_identities" ("subject", "id");`);
    this.addSql(`create index "sso_identities_last_login_at_id_index" on "sso_identities" ("last_login_at", "id");`);
    this.addSql(
      `alter table "sso_identities" add constraint "sso_identities_provider_id_subject_unique" unique ("provider_id", "subject");`,
    );

    this.addSql(`alter table "role_assignments" add "granted_by_id" uuid null;`);
    this.addSql(
      `alter table "role_assignments" add constraint "role_assignments_granted_by_id_foreign" foreign key ("granted_by_id") references "auth_providers" ("id") on update no action on delete set null;`,
    );
    this.addSql(`create index "role_assignments_granted_by_id_id_index" on "role_assignments" ("granted_by_id", "id");`);

    this.addSql(
      `alter table "auth_providers" add constraint "auth_providers_kind_check" check ("kind" in ('LOCAL', 'OIDC', 'LDAP', 'AD'));`,
    );

    this.addSql(
      `alter table "sso_requests" add constraint "sso_requests_provider_id_foreign" foreign key ("provider_id") references "auth_providers" ("id") on update no action on delete cascade;`,
    );

    this.addSql(
      `alter table "sso_identities" add constraint "sso_identities_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "sso_identities" add constraint "sso_identities_provider_id_foreign" foreign key ("provider_id") references "auth_providers" ("id") on update no action on delete cascade;`,
    );
  }
}
