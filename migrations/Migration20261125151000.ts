import { Migration } from '@mikro-orm/migrations';

/** What changes in account_notices, admin_invitations, admin_roles, recovery_codes, sessions, totps, users. */
export class Migration20261125151000 extends Migration {
  override name = 'Migration20261125151000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "totps" ("id" uuid not null, "user_id" uuid not null, "sealed_secret" text not null, "confirmed_at" timestamptz(3) null, "last_step" bigint not null default 0, "failures" int not null default 0, "locked_until" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`comment on table "totps" is 'Second factors: secrets from which apps make codes';`);
    this.addSql(`alter table "totps" add constraint "totps_user_id_unique" unique ("user_id");`);

    this.addSql(
      `create table "recovery_codes" ("id" uuid not null, "user_id" uuid not null, "code_hash" text collate "C" not null, "used_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`comment on table "recovery_codes" is 'Codes that stand in for a second factor once';`);
    this.addSql(`alter table "recovery_codes" add constraint "recovery_codes_code_hash_unique" unique ("code_hash");`);
    this.addSql(`create index "recovery_codes_user_id_id_index" on "recovery_codes" ("user_id", "id");`);

    this.addSql(
      `create table "admin_roles" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "user_id" uuid not null, "role" text not null default 'VIEWER', "status" text not null default 'ACTIVE', "permissions" jsonb not null default '[]', "approval_limits" jsonb null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "admin_roles" is 'What a user may do beside their other roles, and how far they may approve; seen by that user and by holders of user:read';`,
    );
    this.addSql(`alter table "admin_roles" add constraint "admin_roles_user_id_unique" unique ("user_id");`);
    this.addSql(`create index "admin_roles_created_at_id_index" on "admin_roles" ("created_at", "id");`);
    this.addSql(`create index "admin_roles_role_id_index" on "admin_roles" ("role", "id");`);
    this.addSql(`create index "admin_roles_status_id_index" on "admin_roles" ("status", "id");`);

    this.addSql(
      `create table "admin_invitations" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "email" text collate "C" not null, "handle" text null, "role" text not null default 'VIEWER', "invited_by_id" uuid null, "invited_by_name" text not null, "expires_at" timestamptz(3) not null, "accepted_at" timestamptz(3) null, "revoked_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "admin_invitations" is 'That somebody was invited to become an administrator; seen by who sent it and by holders of user:read';`,
    );
    this.addSql(`create index "admin_invitations_created_at_id_index" on "admin_invitations" ("created_at", "id");`);
    this.addSql(`create index "admin_invitations_email_id_index" on "admin_invitations" ("email", "id");`);
    this.addSql(`create index "admin_invitations_role_id_index" on "admin_invitations" ("role", "id");`);
    this.addSql(`create index "admin_invitations_invited_by_id_id_index" on "admin_invitations" ("invited_by_id", "id");`);
    this.addSql(`create index "admin_invitations_expires_at_id_index" on "admin_invitations" ("expires_at", "id");`);
    this.addSql(`create index "admin_invitations_accepted_at_id_index" on "admin_invitations" ("accepted_at", "id");`);
    this.addSql(`create index "admin_invitations_revoked_at_id_index" on "admin_invitations" ("revoked_at", "id");`);

    this.addSql(
      `create table "account_notices" ("id" uuid not null, "kind" text not null, "recipient" text not null, "user_id" uuid null, "invitation_id" uuid null, "token_hash" text collate "C" null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, "used_at" timestamptz(3) null, "next_attempt_at" timestamptz(3) null, "attempts" int not null default 0, "sent_at" timestamptz(3) null, "last_error" text null, primary key ("id"));`,
    );
    this.addSql(`comment on table "account_notices" is 'Notices about accounts, mostly with a link that can be used once';`);
    this.addSql(`alter table "account_notices" add constraint "account_notices_token_hash_unique" unique ("token_hash");`);
    this.addSql(`create index "account_notices_recipient_created_at_index" on "account_notices" ("recipient", "created_at");`);
    this.addSql(`create index "account_notices_due" on "account_notices" ("next_attempt_at") where "next_attempt_at" is not null;`);
    this.addSql(`create index "account_notices_user_id_id_index" on "account_notices" ("user_id", "id");`);
    this.addSql(`create index "account_notices_invitation_id_id_index" on "account_notices" ("invitation_id", "id");`);

    this.addSql(`alter table "users" add "must_verify" boolean not null default false;`);
    this.addSql(`create index "users_lower_email" on "users" (lower("email"));`);
    this.addSql(`create index "users_legacy_cost" on "users" (substr("password_hash", 5, 2)) where "password_hash" like '$2%';`);

    this.addSql(`alter table "sessions" add "reauthenticated_at" timestamptz(3) null;`);

    this.addSql(
      `alter table "totps" add constraint "totps_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );

    this.addSql(
      `alter table "recovery_codes" add constraint "recovery_codes_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );

    this.addSql(
      `alter table "admin_roles" add constraint "admin_roles_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );
    this.addSql(`alter table "admin_roles" add constraint "admin_roles_role_check" check ("role" in ('VIEWER', 'APPROVER', 'ADMIN'));`);
    this.addSql(
      `alter table "admin_roles" add constraint "admin_roles_status_check" check ("status" in ('ACTIVE', 'INACTIVE', 'SUSPENDED'));`,
    );

    this.addSql(
      `alter table "admin_invitations" add constraint "admin_invitations_invited_by_id_foreign" foreign key ("invited_by_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "admin_invitations" add constraint "admin_invitations_role_check" check ("role" in ('VIEWER', 'APPROVER', 'ADMIN'));`,
    );

    this.addSql(
      `alter table "account_notices" add constraint "account_notices_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "account_notices" add constraint "account_notices_invitation_id_foreign" foreign key ("invitation_id") references "admin_invitations" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "account_notices" add constraint "account_notices_kind_check" check ("kind" in ('VERIFY_EMAIL', 'RESET_PASSWORD', 'INVITATION', 'ADDRESS_TAKEN', 'NAME_TAKEN'));`,
    );
  }
}
