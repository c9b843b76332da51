import { Migration } from '@mikro-orm/migrations';

/** What changes in toolkits, tools. */
export class Migration20261126110000 extends Migration {
  override name = 'Migration20261126110000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "toolkits" add "code_digest" text null;`);

    this.addSql(`alter table "tools" add "operation_code" text null;`);
  }
}
