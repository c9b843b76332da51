import { Migration } from '@mikro-orm/migrations';

/** What changes in audit_checkpoints, audit_seals. */
export class Migration20261126120000 extends Migration {
  override name = 'Migration20261126120000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "audit_seals" add constraint "audit_seals_number_check" check ("number" >= 1) not valid;`);
    // Where one is there that does not fit, somebody forged it: the server has to start, so that its verification can say so.
    this.addSql(`
      do $$ begin
        alter table "audit_seals" validate constraint "audit_seals_number_check";
      exception when check_violation then
        raise warning 'The audit trail has links with numbers below 1: verify it';
      end $$;`);

    this.addSql(
      `comment on table "audit_checkpoints" is 'A signed statement of how the chain of the audit trail stood. Keep copies elsewhere: compared with one, a rewrite of what came before it is found. Seen by holders of audit:read';`,
    );
  }
}
