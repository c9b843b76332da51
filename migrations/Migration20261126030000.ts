import { Migration } from '@mikro-orm/migrations';

/** What changes in approval_decisions, approval_events, approvals. */
export class Migration20261126030000 extends Migration {
  override name = 'Migration20261126030000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "approvals" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "kind" text collate "C" not null, "status" text not null default 'PENDING', "subject_type" text not null, "subject_id" uuid not null, "subject_name" text collate "C" not null, "requester_id" uuid null, "requester_name" text collate "C" not null, "risk_level" text not null, "risk_assessment" jsonb null, "justification" text null, "digest" text not null, "required_decisions" int not null, "requires_elevated_approval" boolean not null default false, "question" text null, "answer_schema" json null, "answer" jsonb null, "approver_id" uuid null, "approver_name" text null, "approval_comment" text null, "rejection_reason" text null, "requested_at" timestamptz(3) not null, "responded_at" timestamptz(3) null, "expires_at" timestamptz(3) null, "escalated_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "approvals" is 'Something that waits for a human, or waited; seen by who asked for it, by who decides or decided on it, and by holders of approval:read';`,
    );
    this.addSql(`create index "approvals_expiring" on "approvals" ("expires_at", "id") where "status" = 'PENDING';`);
    this.addSql(`create index "approvals_queue" on "approvals" ("created_at", "id") where "status" = 'PENDING';`);
    this.addSql(`create unique index "approvals_one_pending" on "approvals" ("kind", "subject_id") where "status" = 'PENDING';`);
    this.addSql(`create index "approvals_created_at_id_index" on "approvals" ("created_at", "id");`);
    this.addSql(`create index "approvals_kind_id_index" on "approvals" ("kind", "id");`);
    this.addSql(`create index "approvals_status_id_index" on "approvals" ("status", "id");`);
    this.addSql(`create index "approvals_subject_id_id_index" on "approvals" ("subject_id", "id");`);
    this.addSql(`create index "approvals_subject_name_id_index" on "approvals" ("subject_name", "id");`);
    this.addSql(`create index "approvals_requester_id_id_index" on "approvals" ("requester_id", "id");`);
    this.addSql(`create index "approvals_requester_name_id_index" on "approvals" ("requester_name", "id");`);
    this.addSql(`create index "approvals_risk_level_id_index" on "approvals" ("risk_level", "id");`);
    this.addSql(`create index "approvals_approver_id_id_index" on "approvals" ("approver_id", "id");`);
    this.addSql(`create index "approvals_requested_at_id_index" on "approvals" ("requested_at", "id");`);
    this.addSql(`create index "approvals_responded_at_id_index" on "approvals" ("responded_at", "id");`);
    this.addSql(`create index "approvals_expires_at_id_index" on "approvals" ("expires_at", "id");`);
    this.addSql(`create index "approvals_escalated_at_id_index" on "approvals" ("escalated_at", "id");`);

    this.addSql(
      `create table "approval_events" ("id" uuid not null, "approval_id" uuid not null, "seq" bigint not null, "position" bigint null, "kind" text not null, "action" text not null, "risk_level" text not null, "subject_type" text not null, "subject_id" uuid not null, "actor_id" uuid null, "actor_name" text collate "C" not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`comment on table "approval_events" is 'One thing that happened to an approval; seen by whoever sees the approval';`);
    this.addSql(`create index "approval_events_unsequenced" on "approval_events" ("created_at", "id") where "position" is null;`);
    this.addSql(`create index "approval_events_approval_id_id_index" on "approval_events" ("approval_id", "id");`);
    this.addSql(`create index "approval_events_kind_id_index" on "approval_events" ("kind", "id");`);
    this.addSql(`create index "approval_events_action_id_index" on "approval_events" ("action", "id");`);
    this.addSql(`create index "approval_events_risk_level_id_index" on "approval_events" ("risk_level", "id");`);
    this.addSql(`create index "approval_events_subject_id_id_index" on "approval_events" ("subject_id", "id");`);
    this.addSql(`create index "approval_events_actor_id_id_index" on "approval_events" ("actor_id", "id");`);
    this.addSql(`create index "approval_events_actor_name_id_index" on "approval_events" ("actor_name", "id");`);
    this.addSql(`create index "approval_events_created_at_id_index" on "approval_events" ("created_at", "id");`);
    this.addSql(`alter table "approval_events" add constraint "approval_events_position_unique" unique ("position");`);

    this.addSql(
      `create table "approval_decisions" ("id" uuid not null, "approval_id" uuid not null, "approver_id" uuid null, "approver_name" text collate "C" not null, "verdict" text not null, "comment" text null, "digest" text not null, "decided_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "approval_decisions" is 'What one person decided on an approval; it never changes and is never deleted, and is seen with the approval';`,
    );
    this.addSql(`create index "approval_decisions_approver_id_decided_at_index" on "approval_decisions" ("approver_id", "decided_at");`);
    this.addSql(`create index "approval_decisions_approval_id_id_index" on "approval_decisions" ("approval_id", "id");`);
    this.addSql(`create index "approval_decisions_approver_id_id_index" on "approval_decisions" ("approver_id", "id");`);
    this.addSql(`create index "approval_decisions_approver_name_id_index" on "approval_decisions" ("approver_name", "id");`);
    this.addSql(`create index "approval_decisions_verdict_id_index" on "approval_decisions" ("verdict", "id");`);
    this.addSql(`create index "approval_decisions_decided_at_id_index" on "approval_decisions" ("decided_at", "id");`);
    this.addSql(
      `alter table "approval_decisions" add constraint "approval_decisions_approval_id_approver_id_unique" unique ("approval_id", "approver_id");`,
    );

    this.addSql(
      `alter table "approvals" add constraint "approvals_requester_id_foreign" foreign key ("requester_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "approvals" add constraint "approvals_approver_id_foreign" foreign key ("approver_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "approvals" add constraint "approvals_kind_check" check ("kind" in ('TOOL_PUBLICATION', 'TOOL_EXECUTION', 'NETWORK_ACCESS', 'MODULE', 'TOPOLOGY', 'BOOKING', 'PLUGIN_PERMISSION'));`,
    );
    this.addSql(
      `alter table "approvals" add constraint "approvals_status_check" check ("status" in ('PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED'));`,
    );
    this.addSql(
      `alter table "approvals" add constraint "approvals_risk_level_check" check ("risk_level" in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL'));`,
    );

    this.addSql(
      `alter table "approval_events" add constraint "approval_events_approval_id_foreign" foreign key ("approval_id") references "approvals" ("id") on update no action on delete restrict;`,
    );
    this.addSql(
      `alter table "approval_events" add constraint "approval_events_actor_id_foreign" foreign key ("actor_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "approval_events" add constraint "approval_events_kind_check" check ("kind" in ('TOOL_PUBLICATION', 'TOOL_EXECUTION', 'NETWORK_ACCESS', 'MODULE', 'TOPOLOGY', 'BOOKING', 'PLUGIN_PERMISSION'));`,
    );
    this.addSql(
      `alter table "approval_events" add constraint "approval_events_action_check" check ("action" in ('REQUESTED', 'PARTLY_APPROVED', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED', 'ESCALATED'));`,
    );
    this.addSql(
      `alter table "approval_events" add constraint "approval_events_risk_level_check" check ("risk_level" in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL'));`,
    );

    this.addSql(
      `alter table "approval_decisions" add constraint "approval_decisions_approval_id_foreign" foreign key ("approval_id") references "approvals" ("id") on update no action on delete restrict;`,
    );
    this.addSql(
      `alter table "approval_decisions" add constraint "approval_decisions_approver_id_foreign" foreign key ("approver_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "approval_decisions" add constraint "approval_decisions_verdict_check" check ("verdict" in ('APPROVED', 'REJECTED'));`,
    );

    // What was decided stays so, whatever the code does; a user who is deleted leaves the name.
    this.addSql(`
      create function "keep_decision"() returns trigger language plpgsql as $$
      begin
        if tg_op = 'UPDATE' and new.approver_id is null then
          old.approver_id := null;
          if old is not distinct from new then
            return new;
          end if;
        end if;
        raise exception 'Decisions on approvals are never changed or deleted' using errcode = 'insufficient_privilege';
      end $$;`);
    this.addSql(`
      create function "keep_final_approval"() returns trigger language plpgsql as $$
      begin
        raise exception 'The approval % is over: its state is final', old.id using errcode = 'insufficient_privilege';
      end $$;`);
    this.addSql(
      `create trigger "approval_decisions_are_kept" before update or delete on "approval_decisions" for each row execute function "keep_decision"();`,
    );
    this.addSql(
      `create trigger "approvals_are_final" before update on "approvals" for each row
        when (old.status <> 'PENDING' and (new.status, new.digest, new.answer, new.responded_at) is distinct from (old.status, old.digest, old.answer, old.responded_at))
        execute function "keep_final_approval"();`,
    );
  }
}
