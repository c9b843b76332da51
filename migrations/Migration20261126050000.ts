import { Migration } from '@mikro-orm/migrations';

/** What changes in jobs. */
export class Migration20261126050000 extends Migration {
  override name = 'Migration20261126050000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "jobs" add "follower" text null, add "follower_id" uuid null;`);
  }
}
