import { Migration } from '@mikro-orm/migrations';

/** Up to which position the telemetry of jobs was published to Redis: read and set by the process that leads it. */
export class Migration20261125120000 extends Migration {
  override name = 'Migration20261125120000';

  override up(): void | Promise<void> {
    this.addSql(`create sequence "telemetry_published" as bigint minvalue 0 start with 0;`);
  }
}
