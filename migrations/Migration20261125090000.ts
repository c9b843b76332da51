import { Migration } from '@mikro-orm/migrations';

/** What changes in streams. */
export class Migration20261125090000 extends Migration {
  override name = 'Migration20261125090000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "streams" add "oldest" bigint not null default 1;`);
  }
}
