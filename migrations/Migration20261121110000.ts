import { Migration } from '@mikro-orm/migrations';

/**
 * Texts that are filtered, ordered by or unique are collated by code point, whatever the database's own collation is. No table is
 * rewritten; the indexes on these columns are built anew, and what is writing to or reading from a table waits that long.
 */
export class Migration20261121110000 extends Migration {
  override name = 'Migration20261121110000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "changes" alter "action" type text collate "C";`);
    this.addSql(
      `alter table "permissions" alter "name" type text collate "C", alter "resource" type text collate "C", alter "action" type text collate "C";`,
    );
    this.addSql(`alter table "revoked_tokens" alter "jti" type text collate "C";`);
    this.addSql(`alter table "roles" alter "slug" type text collate "C";`);
    this.addSql(`alter table "users" alter "username" type text collate "C", alter "email" type text collate "C";`);
    this.addSql(`alter table "uploads" alter "sha256" type text collate "C";`);
    this.addSql(`alter table "sign_in_links" alter "token_hash" type text collate "C";`);
    this.addSql(`alter table "sessions" alter "cookie_hash" type text collate "C";`);
    this.addSql(
      `alter table "jobs" alter "name" type text collate "C", alter "queue" type text collate "C", alter "trace_id" type text collate "C";`,
    );

    // What the planner knew of these columns went with their collation.
    this.addSql(`analyze "changes" ("action");`);
    this.addSql(`analyze "permissions" ("name", "resource", "action");`);
    this.addSql(`analyze "revoked_tokens" ("jti");`);
    this.addSql(`analyze "roles" ("slug");`);
    this.addSql(`analyze "users" ("username", "email");`);
    this.addSql(`analyze "uploads" ("sha256");`);
    this.addSql(`analyze "sign_in_links" ("token_hash");`);
    this.addSql(`analyze "sessions" ("cookie_hash");`);
    this.addSql(`analyze "jobs" ("name", "queue", "trace_id");`);
  }
}
