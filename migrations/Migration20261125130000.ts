import { Migration } from '@mikro-orm/migrations';

/** What changes in audit_checkpoints, audit_keys, audit_seals, changes. */
export class Migration20261125130000 extends Migration {
  override name = 'Migration20261125130000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "audit_checkpoints" ("id" uuid not null, "created_at" timestamptz(3) not null, "number" bigint not null, "digest" text not null, "signature" text not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "audit_checkpoints" is 'A signed statement of how the chain of the audit trail stood. Keep copies elsewhere: with one, nobody can rewrite what came before it. Seen by holders of audit:read';`,
    );
    this.addSql(`create index "audit_checkpoints_created_at_id_index" on "audit_checkpoints" ("created_at", "id");`);
    this.addSql(`create index "audit_checkpoints_number_id_index" on "audit_checkpoints" ("number", "id");`);

    this.addSql(
      `create table "audit_keys" ("id" uuid not null, "public_jwk" jsonb not null, "sealed_private_jwk" text not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`comment on table "audit_keys" is 'Key pairs that sign checkpoints of the audit trail';`);

    this.addSql(
      `create table "audit_seals" ("id" uuid not null, "number" bigint not null, "position" bigint not null, "entry_id" uuid not null, "entry_digest" text not null, "expires_at" timestamptz(3) not null, "digest" text not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "audit_seals" is 'A link of the chain that holds the audit trail together, one for each entry; it stays when the entry is deleted after its time. Seen by holders of audit:read';`,
    );
    this.addSql(`alter table "audit_seals" add constraint "audit_seals_number_unique" unique ("number");`);
    this.addSql(`alter table "audit_seals" add constraint "audit_seals_entry_id_unique" unique ("entry_id");`);

    this.addSql(`alter table "changes" drop constraint "changes_outcome_check";`);
    this.addSql(`alter table "changes" rename column "actor_name" to "actor_username";`);
    this.addSql(`alter table "changes" rename column "subject_type" to "target_type";`);
    this.addSql(`alter table "changes" rename column "subject_id" to "target_id";`);
    this.addSql(`alter table "changes" rename column "source_ip" to "ip_address";`);
    this.addSql(`alter index "changes_subject_id_id_index" rename to "changes_target_id_id_index";`);
    this.addSql(
      `alter table "changes" add "severity" text not null default 'INFO', add "actor_role" text null, add "session_id" uuid null, add "target_name" text collate "C" null, add "details" jsonb null, add "is_sensitive" boolean not null default false, add "retention_days" int not null default 365;`,
    );
    this.addSql(
      `alter table "changes" ${['actor_username', 'target_type', 'request_id', 'trace_id', 'ip_address'].map((column) => `alter column "${column}" type text collate "C"`).join(', ')};`,
    );
    this.addSql(`update "changes" set "outcome" = 'DENIED' where "outcome" = 'FAILURE' and "action" like '%.denied';`);
    this.addSql(`update "changes" set "severity" = 'MEDIUM' where "outcome" in ('FAILURE', 'DENIED');`);
    this.addSql(`create index "changes_created_at_id_index" on "changes" ("created_at", "id");`);
    this.addSql(`create index "changes_severity_id_index" on "changes" ("severity", "id");`);
    this.addSql(`create index "changes_outcome_id_index" on "changes" ("outcome", "id");`);
    this.addSql(`create index "changes_actor_username_id_index" on "changes" ("actor_username", "id");`);
    this.addSql(`create index "changes_target_type_id_index" on "changes" ("target_type", "id");`);
    this.addSql(`create index "changes_target_name_id_index" on "changes" ("target_name", "id");`);
    this.addSql(`create index "changes_request_id_id_index" on "changes" ("request_id", "id");`);
    this.addSql(`create index "changes_trace_id_id_index" on "changes" ("trace_id", "id");`);
    this.addSql(`create index "changes_ip_address_id_index" on "changes" ("ip_address", "id");`);
    this.addSql(
      `create index "changes_kept_until" on "changes" ((("created_at" at time zone 'UTC') + make_interval(days => "retention_days")));`,
    );
    this.addSql(`create index "changes_session_id_id_index" on "changes" ("session_id", "id");`);
    this.addSql(
      `alter table "changes" add constraint "changes_severity_check" check ("severity" in ('CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO'));`,
    );
    this.addSql(
      `alter table "changes" add constraint "changes_outcome_check" check ("outcome" in ('SUCCESS', 'FAILURE', 'DENIED', 'ERROR'));`,
    );
    this.addSql(
      `comment on table "changes" is 'Something that a person or a program did or tried; it never changes. Seen by holders of audit:read, and by the one who did it unless it is sensitive';`,
    );

    // What was written stays as it is: a change gets its position once, and goes when its time has passed; a link and a checkpoint stay.
    this.addSql(`
      create function "refuse_change"() returns trigger language plpgsql as $$
      begin
        raise exception 'The audit trail refuses % of %', tg_op, tg_table_name using errcode = 'insufficient_privilege';
      end $$;`);
    this.addSql(`
      create function "keep_change"() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' then
          if old.position is not null and (old.created_at at time zone 'UTC') + make_interval(days => old.retention_days) < (now() at time zone 'UTC') then
            return old;
          end if;
          raise exception 'The audit trail refuses to delete %, which is kept for % days', old.id, old.retention_days using errcode = 'insufficient_privilege';
        end if;
        if old.position is null and new.position is not null then
          old.position := new.position;
          if old is not distinct from new then
            return new;
          end if;
        end if;
        raise exception 'The audit trail refuses to change %', new.id using errcode = 'insufficient_privilege';
      end $$;`);
    this.addSql(`create trigger "changes_are_kept" before update or delete on "changes" for each row execute function "keep_change"();`);
    for (const table of ['audit_seals', 'audit_checkpoints'])
      this.addSql(
        `create trigger "${table}_are_kept" before update or delete on "${table}" for each row execute function "refuse_change"();`,
      );
    // A key may be sealed anew.
    this.addSql(`create trigger "audit_keys_are_kept" before delete on "audit_keys" for each row execute function "refuse_change"();`);
    for (const table of ['changes', 'audit_seals', 'audit_checkpoints', 'audit_keys'])
      this.addSql(
        `create trigger "${table}_are_not_emptied" before truncate on "${table}" for each statement execute function "refuse_change"();`,
      );
  }
}
