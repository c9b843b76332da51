import { Migration } from '@mikro-orm/migrations';

/** What changes in sso_requests. */
export class Migration20261126010000 extends Migration {
  override name = 'Migration20261126010000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "sso_requests" add "session_id" uuid null;`);
    this.addSql(
      `alter table "sso_requests" add constraint "sso_requests_session_id_foreign" foreign key ("session_id") references "sessions" ("id") on update no action on delete cascade;`,
    );
    this.addSql(`create index "sso_requests_session_id_id_index" on "sso_requests" ("session_id", "id");`);
  }
}
