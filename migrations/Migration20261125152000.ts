import { Migration } from '@mikro-orm/migrations';

/** What changes in api_tokens, attempt_counts. */
export class Migration20261125152000 extends Migration {
  override name = 'Migration20261125152000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "attempt_counts" ("id" uuid not null, "key" text collate "C" not null, "tries" int not null, "last_at" timestamptz(3) not null, "is_told" boolean not null default false, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "attempt_counts" is 'How often something was tried without success, such as a sign-in under one name or from one address';`,
    );
    this.addSql(`alter table "attempt_counts" add constraint "attempt_counts_key_unique" unique ("key");`);
    this.addSql(`create index "attempt_counts_last_at_index" on "attempt_counts" ("last_at");`);

    this.addSql(
      `create table "api_tokens" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "owner_id" uuid not null, "name" text not null, "scopes" jsonb not null, "prefix" text collate "C" not null, "token_hash" text collate "C" not null, "expires_at" timestamptz(3) not null, "revoked_at" timestamptz(3) null, "last_used_at" timestamptz(3) null, "last_used_ip" text null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "api_tokens" is 'A token with which a program uses the API as its owner, with no more rights than its scopes; seen by its owner and by holders of token:manage';`,
    );
    this.addSql(`alter table "api_tokens" add constraint "api_tokens_token_hash_unique" unique ("token_hash");`);
    this.addSql(`create index "api_tokens_ended" on "api_tokens" (least("revoked_at", "expires_at"));`);
    this.addSql(`create index "api_tokens_created_at_id_index" on "api_tokens" ("created_at", "id");`);
    this.addSql(`create index "api_tokens_owner_id_id_index" on "api_tokens" ("owner_id", "id");`);
    this.addSql(`create index "api_tokens_prefix_id_index" on "api_tokens" ("prefix", "id");`);
    this.addSql(`create index "api_tokens_expires_at_id_index" on "api_tokens" ("expires_at", "id");`);
    this.addSql(`create index "api_tokens_revoked_at_id_index" on "api_tokens" ("revoked_at", "id");`);

    this.addSql(
      `alter table "api_tokens" add constraint "api_tokens_owner_id_foreign" foreign key ("owner_id") references "users" ("id") on update no action on delete cascade;`,
    );
  }
}
