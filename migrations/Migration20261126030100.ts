import { Migration } from '@mikro-orm/migrations';

/** What changes in approval_notices. */
export class Migration20261126030100 extends Migration {
  override name = 'Migration20261126030100';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "approval_notices" ("id" uuid not null, "approval_id" uuid not null, "occasion" text not null, "user_id" uuid null, "recipient" text null, "created_at" timestamptz(3) not null, "next_attempt_at" timestamptz(3) null, "attempts" int not null default 0, "sent_at" timestamptz(3) null, "last_error" text null, primary key ("id"));`,
    );
    this.addSql(`comment on table "approval_notices" is 'Notices to approvers';`);
    this.addSql(`create index "approval_notices_due" on "approval_notices" ("next_attempt_at") where "next_attempt_at" is not null;`);
    this.addSql(`create index "approval_notices_approval_id_id_index" on "approval_notices" ("approval_id", "id");`);
    this.addSql(`create index "approval_notices_user_id_id_index" on "approval_notices" ("user_id", "id");`);

    this.addSql(
      `alter table "approval_notices" add constraint "approval_notices_approval_id_foreign" foreign key ("approval_id") references "approvals" ("id") on update no action on delete restrict;`,
    );
    this.addSql(
      `alter table "approval_notices" add constraint "approval_notices_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "approval_notices" add constraint "approval_notices_occasion_check" check ("occasion" in ('REQUESTED', 'ESCALATED'));`,
    );
  }
}
