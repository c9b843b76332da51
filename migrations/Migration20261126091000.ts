import { Migration } from '@mikro-orm/migrations';

/** What changes in sso_identities, users. */
export class Migration20261126091000 extends Migration {
  override name = 'Migration20261126091000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "users" add "has_proven_email" boolean not null default false;`);
    // Who used a link that went to the address which they have now.
    this.addSql(
      `update "users" u set "has_proven_email" = true where u."is_verified" and exists (select 1 from "account_notices" n
        where n."user_id" = u."id" and n."recipient" = u."email" and n."kind" in ('VERIFY_EMAIL', 'RESET_PASSWORD') and n."used_at" is not null);`,
    );

    this.addSql(`alter table "sso_identities" add "has_made_user" boolean not null default false;`);
    // Both are made in the same transaction.
    this.addSql(
      `update "sso_identities" i set "has_made_user" = true from "users" u, "auth_providers" p
        where u."id" = i."user_id" and p."id" = i."provider_id" and u."created_by_id" is null and u."created_by_name" = p."name"
        and i."created_at" - u."created_at" between interval '-1 minute' and interval '1 minute';`,
    );
  }
}
