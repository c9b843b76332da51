import { Migration } from '@mikro-orm/migrations';

/** What changes in external_mcp_sources. */
export class Migration20261126060000 extends Migration {
  override name = 'Migration20261126060000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "external_mcp_sources" add "sealed_oauth_request" text null;`);
    // The order of the keys is kept, as people read them.
    this.addSql(`alter table "external_mcp_sources" alter column "discovered_tools" type json;`);
  }
}
