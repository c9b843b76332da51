import { Migration } from '@mikro-orm/migrations';

/** The tables of identity, files, jobs, and of the streams and the change record on which all else stands. */
export class Migration20261121000000 extends Migration {
  override name = 'Migration20261121000000';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "changes" ("id" uuid not null, "position" bigint null, "created_at" timestamptz(3) not null default clock_timestamp(), "action" text not null, "outcome" text not null, "actor_id" uuid null, "actor_name" text not null, "subject_type" text null, "subject_id" uuid null, "before" jsonb null, "after" jsonb null, "message" text null, "request_id" text null, "trace_id" text null, "source_ip" text null, "user_agent" text null, primary key ("id"));`,
    );
    this.addSql(`comment on table "changes" is 'What people and agents did or tried';`);
    this.addSql(`create index "changes_unsequenced" on "changes" ("created_at", "id") where "position" is null;`);
    this.addSql(`create index "changes_action_id_index" on "changes" ("action", "id");`);
    this.addSql(`create index "changes_actor_id_id_index" on "changes" ("actor_id", "id");`);
    this.addSql(`create index "changes_subject_id_id_index" on "changes" ("subject_id", "id");`);
    this.addSql(`alter table "changes" add constraint "changes_position_unique" unique ("position");`);

    this.addSql(
      `create table "permissions" ("id" uuid not null, "name" text not null, "description" text null, "resource" text not null, "action" text not null, primary key ("id"));`,
    );
    this.addSql(`comment on table "permissions" is 'A right to do one kind of thing; seen by whoever is signed in';`);
    this.addSql(`alter table "permissions" add constraint "permissions_name_unique" unique ("name");`);
    this.addSql(`create index "permissions_resource_id_index" on "permissions" ("resource", "id");`);
    this.addSql(`create index "permissions_action_id_index" on "permissions" ("action", "id");`);

    this.addSql(
      `create table "revoked_tokens" ("id" uuid not null, "jti" text not null, "expires_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`comment on table "revoked_tokens" is 'An access token that was ended before its time; seen by holders of session:read';`);
    this.addSql(`alter table "revoked_tokens" add constraint "revoked_tokens_jti_unique" unique ("jti");`);
    this.addSql(`create index "revoked_tokens_expires_at_id_index" on "revoked_tokens" ("expires_at", "id");`);

    this.addSql(
      `create table "roles" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "slug" text not null, "name" text not null, "description" text null, primary key ("id"));`,
    );
    this.addSql(`comment on table "roles" is 'A named set of permissions; seen by whoever is signed in';`);
    this.addSql(`alter table "roles" add constraint "roles_slug_unique" unique ("slug");`);
    this.addSql(`create index "roles_created_at_id_index" on "roles" ("created_at", "id");`);

    this.addSql(
      `create table "role_permissions" ("id" uuid not null, "role_id" uuid not null, "permission_id" uuid not null, primary key ("id"));`,
    );
    this.addSql(`comment on table "role_permissions" is 'Which permissions a role holds';`);
    this.addSql(`create index "role_permissions_role_id_id_index" on "role_permissions" ("role_id", "id");`);
    this.addSql(`create index "role_permissions_permission_id_id_index" on "role_permissions" ("permission_id", "id");`);
    this.addSql(
      `alter table "role_permissions" add constraint "role_permissions_role_id_permission_id_unique" unique ("role_id", "permission_id");`,
    );

    this.addSql(
      `create table "signing_keys" ("id" uuid not null, "public_jwk" jsonb not null, "sealed_private_jwk" text not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`comment on table "signing_keys" is 'Key pairs that sign access tokens';`);

    this.addSql(
      `create table "streams" ("name" text not null, "seq" bigint not null default 0, "fence" int not null default 0, "ended_at" timestamptz(3) null, "reason" text null, primary key ("name"));`,
    );
    this.addSql(`comment on table "streams" is 'Heads of the streams that feeds read';`);

    this.addSql(
      `create table "users" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "username" text not null, "email" text null, "full_name" text null, "is_active" boolean not null default true, "is_superuser" boolean not null default false, "is_verified" boolean not null default false, "last_login_at" timestamptz(3) null, "password_version" int not null default 1, "password_hash" text null, "created_by_id" uuid null, primary key ("id"));`,
    );
    this.addSql(`comment on table "users" is 'A person who signs in; seen by themselves and by holders of user:read';`);
    this.addSql(`alter table "users" add constraint "users_username_unique" unique ("username");`);
    this.addSql(`alter table "users" add constraint "users_email_unique" unique ("email");`);
    this.addSql(`create index "users_created_at_id_index" on "users" ("created_at", "id");`);
    this.addSql(`create index "users_is_active_id_index" on "users" ("is_active", "id");`);
    this.addSql(`create index "users_is_superuser_id_index" on "users" ("is_superuser", "id");`);
    this.addSql(`create index "users_created_by_id_id_index" on "users" ("created_by_id", "id");`);

    this.addSql(
      `create table "uploads" ("id" uuid not null, "name" text not null, "size_bytes" bigint not null, "sha256" text not null, "uploaded_by_id" uuid null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "uploads" is 'A file that somebody sent to POST /uploads; seen by that user and by holders of file:read';`,
    );
    this.addSql(`create index "uploads_sha256_id_index" on "uploads" ("sha256", "id");`);
    this.addSql(`create index "uploads_uploaded_by_id_id_index" on "uploads" ("uploaded_by_id", "id");`);
    this.addSql(`create index "uploads_created_at_id_index" on "uploads" ("created_at", "id");`);

    this.addSql(
      `create table "sign_in_links" ("id" uuid not null, "user_id" uuid not null, "token_hash" text not null, "expires_at" timestamptz(3) not null, "used_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`comment on table "sign_in_links" is 'Links that sign a browser in once';`);
    this.addSql(`alter table "sign_in_links" add constraint "sign_in_links_token_hash_unique" unique ("token_hash");`);
    this.addSql(`create index "sign_in_links_user_id_id_index" on "sign_in_links" ("user_id", "id");`);

    this.addSql(
      `create table "sessions" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "user_id" uuid not null, "refresh_token_hash" text not null, "cookie_hash" text null, "client_info" text null, "ip_address" text null, "user_agent" text null, "expires_at" timestamptz(3) not null, "last_activity_at" timestamptz(3) not null, "revoked_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "sessions" is 'One sign-in of a user; seen by that user and by holders of session:read. A revoked one keeps its row';`,
    );
    this.addSql(`alter table "sessions" add constraint "sessions_cookie_hash_unique" unique ("cookie_hash");`);
    this.addSql(`create index "sessions_created_at_id_index" on "sessions" ("created_at", "id");`);
    this.addSql(`create index "sessions_user_id_id_index" on "sessions" ("user_id", "id");`);
    this.addSql(`create index "sessions_expires_at_id_index" on "sessions" ("expires_at", "id");`);
    this.addSql(`create index "sessions_revoked_at_id_index" on "sessions" ("revoked_at", "id");`);

    this.addSql(
      `create table "role_assignments" ("id" uuid not null, "user_id" uuid not null, "role_id" uuid not null, "assigned_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "role_assignments" is 'That a user has a role since some time; seen by that user and by holders of user:read';`,
    );
    this.addSql(`create index "role_assignments_user_id_id_index" on "role_assignments" ("user_id", "id");`);
    this.addSql(`create index "role_assignments_role_id_id_index" on "role_assignments" ("role_id", "id");`);
    this.addSql(`create index "role_assignments_assigned_at_id_index" on "role_assignments" ("assigned_at", "id");`);
    this.addSql(`alter table "role_assignments" add constraint "role_assignments_user_id_role_id_unique" unique ("user_id", "role_id");`);

    this.addSql(
      `create table "workers" ("id" uuid not null, "number" int not null, "name" text not null, "started_at" timestamptz(3) not null, "stopped_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`comment on table "workers" is 'A process that runs jobs; seen by holders of job:read';`);
    this.addSql(`alter table "workers" add constraint "workers_number_unique" unique ("number");`);
    this.addSql(`create index "workers_started_at_id_index" on "workers" ("started_at", "id");`);
    this.addSql(`create index "workers_stopped_at_id_index" on "workers" ("stopped_at", "id");`);

    this.addSql(
      `create table "jobs" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "name" text not null, "queue" text not null, "status" text not null, "message" text null, "progress" double precision not null default 0, "parameters" jsonb not null, "result" json null, "error" text null, "attempts" int not null default 0, "max_attempts" int not null, "failures" int not null default 0, "fence" int not null default 0, "priority" int not null default 0, "timeout_ms" bigint not null, "requested_by_id" uuid null, "requested_by_name" text not null, "queued_at" timestamptz(3) null, "started_at" timestamptz(3) null, "finished_at" timestamptz(3) null, "cancel_requested_at" timestamptz(3) null, "worker_id" uuid null, "trace_id" text null, "idempotency_key" text null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "jobs" is 'One run of an operation, from its request to its end; seen by who asked for it and by holders of job:read';`,
    );
    this.addSql(`create index "jobs_requested_by_id_idempotency_key_index" on "jobs" ("requested_by_id", "idempotency_key");`);
    this.addSql(`create index "jobs_created_at_id_index" on "jobs" ("created_at", "id");`);
    this.addSql(`create index "jobs_name_id_index" on "jobs" ("name", "id");`);
    this.addSql(`create index "jobs_queue_id_index" on "jobs" ("queue", "id");`);
    this.addSql(`create index "jobs_status_id_index" on "jobs" ("status", "id");`);
    this.addSql(`create index "jobs_requested_by_id_id_index" on "jobs" ("requested_by_id", "id");`);
    this.addSql(`create index "jobs_queued_at_id_index" on "jobs" ("queued_at", "id");`);
    this.addSql(`create index "jobs_started_at_id_index" on "jobs" ("started_at", "id");`);
    this.addSql(`create index "jobs_finished_at_id_index" on "jobs" ("finished_at", "id");`);
    this.addSql(`create index "jobs_worker_id_id_index" on "jobs" ("worker_id", "id");`);
    this.addSql(`create index "jobs_trace_id_id_index" on "jobs" ("trace_id", "id");`);

    this.addSql(
      `create table "job_log_lines" ("id" uuid not null, "job_id" uuid not null, "seq" bigint not null, "attempt" int not null, "stream" text not null, "level" text not null, "text" text not null, "fields" jsonb null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`comment on table "job_log_lines" is 'One line that a run printed or logged; seen by whoever sees the job';`);
    this.addSql(`alter table "job_log_lines" add constraint "job_log_lines_job_id_seq_unique" unique ("job_id", "seq");`);

    this.addSql(
      `create table "job_events" ("id" uuid not null, "job_id" uuid not null, "seq" bigint not null, "position" bigint null, "attempt" int not null, "status" text not null, "phase" text null, "message" text null, "progress" double precision null, "payload" jsonb null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "job_events" is 'One step of a job: a change of its state, or progress that its run reported; seen by whoever sees the job';`,
    );
    this.addSql(`create index "job_events_unsequenced" on "job_events" ("created_at", "id") where "position" is null;`);
    this.addSql(`create index "job_events_status_id_index" on "job_events" ("status", "id");`);
    this.addSql(`alter table "job_events" add constraint "job_events_job_id_seq_unique" unique ("job_id", "seq");`);
    this.addSql(`alter table "job_events" add constraint "job_events_position_unique" unique ("position");`);

    this.addSql(`alter table "changes" add constraint "changes_outcome_check" check ("outcome" in ('SUCCESS', 'FAILURE', 'ERROR'));`);

    this.addSql(
      `alter table "role_permissions" add constraint "role_permissions_role_id_foreign" foreign key ("role_id") references "roles" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "role_permissions" add constraint "role_permissions_permission_id_foreign" foreign key ("permission_id") references "permissions" ("id") on update no action on delete cascade;`,
    );

    this.addSql(
      `alter table "users" add constraint "users_created_by_id_foreign" foreign key ("created_by_id") references "users" ("id") on update no action on delete set null;`,
    );

    this.addSql(
      `alter table "uploads" add constraint "uploads_uploaded_by_id_foreign" foreign key ("uploaded_by_id") references "users" ("id") on update no action on delete set null;`,
    );

    this.addSql(
      `alter table "sign_in_links" add constraint "sign_in_links_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );

    this.addSql(
      `alter table "sessions" add constraint "sessions_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );

    this.addSql(
      `alter table "role_assignments" add constraint "role_assignments_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "role_assignments" add constraint "role_assignments_role_id_foreign" foreign key ("role_id") references "roles" ("id") on update no action on delete cascade;`,
    );

    this.addSql(
      `alter table "jobs" add constraint "jobs_requested_by_id_foreign" foreign key ("requested_by_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "jobs" add constraint "jobs_worker_id_foreign" foreign key ("worker_id") references "workers" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "jobs" add constraint "jobs_status_check" check ("status" in ('WAITING_APPROVAL', 'QUEUED', 'RUNNING', 'RETRYING', 'SUCCEEDED', 'FAILED', 'CANCELLED'));`,
    );

    this.addSql(
      `alter table "job_log_lines" add constraint "job_log_lines_job_id_foreign" foreign key ("job_id") references "jobs" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "job_log_lines" add constraint "job_log_lines_stream_check" check ("stream" in ('STDOUT', 'STDERR', 'STRUCTURED'));`,
    );
    this.addSql(
      `alter table "job_log_lines" add constraint "job_log_lines_level_check" check ("level" in ('DEBUG', 'INFO', 'WARN', 'ERROR'));`,
    );

    this.addSql(
      `alter table "job_events" add constraint "job_events_job_id_foreign" foreign key ("job_id") references "jobs" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "job_events" add constraint "job_events_status_check" check ("status" in ('WAITING_APPROVAL', 'QUEUED', 'RUNNING', 'RETRYING', 'SUCCEEDED', 'FAILED', 'CANCELLED'));`,
    );

    // Numbers of the locks that living workers hold; no column's default, so the entities do not know of it.
    this.addSql(`create sequence "worker_numbers" as int;`);
    this.addSql(`insert into "streams" ("name") values ('*');`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "role_permissions" drop constraint "role_permissions_permission_id_foreign";`);
    this.addSql(`alter table "role_permissions" drop constraint "role_permissions_role_id_foreign";`);
    this.addSql(`alter table "role_assignments" drop constraint "role_assignments_role_id_foreign";`);
    this.addSql(`alter table "users" drop constraint "users_created_by_id_foreign";`);
    this.addSql(`alter table "uploads" drop constraint "uploads_uploaded_by_id_foreign";`);
    this.addSql(`alter table "sign_in_links" drop constraint "sign_in_links_user_id_foreign";`);
    this.addSql(`alter table "sessions" drop constraint "sessions_user_id_foreign";`);
    this.addSql(`alter table "role_assignments" drop constraint "role_assignments_user_id_foreign";`);
    this.addSql(`alter table "jobs" drop constraint "jobs_requested_by_id_foreign";`);
    this.addSql(`alter table "jobs" drop constraint "jobs_worker_id_foreign";`);
    this.addSql(`alter table "job_log_lines" drop constraint "job_log_lines_job_id_foreign";`);
    this.addSql(`alter table "job_events" drop constraint "job_events_job_id_foreign";`);

    this.addSql(`drop sequence if exists "worker_numbers";`);
    this.addSql(`drop table if exists "changes" cascade;`);
    this.addSql(`drop table if exists "permissions" cascade;`);
    this.addSql(`drop table if exists "revoked_tokens" cascade;`);
    this.addSql(`drop table if exists "roles" cascade;`);
    this.addSql(`drop table if exists "role_permissions" cascade;`);
    this.addSql(`drop table if exists "signing_keys" cascade;`);
    this.addSql(`drop table if exists "streams" cascade;`);
    this.addSql(`drop table if exists "users" cascade;`);
    this.addSql(`drop table if exists "uploads" cascade;`);
    this.addSql(`drop table if exists "sign_in_links" cascade;`);
    this.addSql(`drop table if exists "sessions" cascade;`);
    this.addSql(`drop table if exists "role_assignments" cascade;`);
    this.addSql(`drop table if exists "workers" cascade;`);
    this.addSql(`drop table if exists "jobs" cascade;`);
    this.addSql(`drop table if exists "job_log_lines" cascade;`);
    this.addSql(`drop table if exists "job_events" cascade;`);
  }
}
