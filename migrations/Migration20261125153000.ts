import { Migration } from '@mikro-orm/migrations';

/** What changes in sessions. */
export class Migration20261125153000 extends Migration {
  override name = 'Migration20261125153000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "sessions" add "previous_token_hash" text null, add "token_rotated_at" timestamptz(3) null;`);
  }
}
