import { Migration } from '@mikro-orm/migrations';

/** What changes in external_mcp_sources, mcp_servers, module_requests, network_access_requests, tool_cache_entries, tool_executions, tool_versions, tools. */
export class Migration20261126000000 extends Migration {
  override name = 'Migration20261126000000';

  override up(): void | Promise<void> {
    // A trusted extension: whoever owns the database may create it.
    this.addSql(`create extension if not exists pg_trgm;`);
    this.addSql(
      `create table "mcp_servers" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "slug" text collate "C" not null, "name" text collate "C" not null, "description" text null, "status" text not null default 'IMPORTED', "status_message" text null, "allowed_hosts" jsonb not null default '[]', "default_timeout_ms" int not null default 30000, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "mcp_servers" is 'A group of tools with secrets, sources and permitted hosts of their own, served to MCP clients; seen by holders of tool:read';`,
    );
    this.addSql(`alter table "mcp_servers" add constraint "mcp_servers_slug_unique" unique ("slug");`);
    this.addSql(`create index "mcp_servers_created_at_id_index" on "mcp_servers" ("created_at", "id");`);
    this.addSql(`create index "mcp_servers_name_id_index" on "mcp_servers" ("name", "id");`);
    this.addSql(`create index "mcp_servers_status_id_index" on "mcp_servers" ("status", "id");`);

    this.addSql(
      `create table "external_mcp_sources" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "server_id" uuid not null, "name" text collate "C" not null, "url" text not null, "transport_type" text not null default 'STREAMABLE_HTTP', "auth_type" text not null default 'NONE', "auth_secret_name" text null, "auth_header_name" text null, "status" text not null default 'ACTIVE', "status_message" text null, "sealed_oauth" text null, "oauth_issuer" text null, "oauth_client_id" text null, "oauth_expires_at" timestamptz(3) null, "last_discovered_at" timestamptz(3) null, "tool_count" int not null default 0, "discovered_tools" jsonb null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "external_mcp_sources" is 'A connection to an MCP server elsewhere, whose tools can be imported; seen by holders of tool:read';`,
    );
    this.addSql(`create index "external_mcp_sources_created_at_id_index" on "external_mcp_sources" ("created_at", "id");`);
    this.addSql(`create index "external_mcp_sources_server_id_id_index" on "external_mcp_sources" ("server_id", "id");`);
    this.addSql(`create index "external_mcp_sources_name_id_index" on "external_mcp_sources" ("name", "id");`);
    this.addSql(`create index "external_mcp_sources_status_id_index" on "external_mcp_sources" ("status", "id");`);
    this.addSql(`create index "external_mcp_sources_last_discovered_at_id_index" on "external_mcp_sources" ("last_discovered_at", "id");`);

    this.addSql(
      `create table "tools" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "server_id" uuid null, "name" text collate "C" not null, "display_name" text null, "description" text null, "category" text not null default 'ANALYSIS', "type" text not null, "input_schema" json null, "python_code" text null, "code_dependencies" jsonb not null default '[]', "external_source_id" uuid null, "external_tool_name" text null, "operation" text null, "is_enabled" boolean not null default true, "is_system" boolean not null default false, "requires_approval" boolean not null default false, "risk_level" text not null default 'LOW', "required_permission" text null, "max_concurrent_executions" int null, "timeout_ms" int null, "max_attempts" int not null default 1, "cache_ttl_ms" bigint null, "current_version" int not null default 1, "approval_status" text not null default 'DRAFT', "approval_requested_at" timestamptz(3) null, "approved_at" timestamptz(3) null, "approved_by_id" uuid null, "approved_by_name" text null, "rejection_reason" text null, "publish_notes" text null, "created_by_id" uuid null, "created_by_name" text not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "tools" is 'Something that an agent or a person can run, once somebody has agreed to it; seen by holders of tool:read';`,
    );
    this.addSql(
      `create unique index "tools_server_name" on "tools" (coalesce("server_id", '00000000-0000-0000-0000-000000000000'), "name");`,
    );
    this.addSql(`create index "tools_created_at_id_index" on "tools" ("created_at", "id");`);
    this.addSql(`create index "tools_server_id_id_index" on "tools" ("server_id", "id");`);
    this.addSql(`create index "tools_name_id_index" on "tools" ("name", "id");`);
    this.addSql(`create index "tools_description_trigrams" on "tools" using gin ("description" collate "default" gin_trgm_ops);`);
    this.addSql(`create index "tools_category_id_index" on "tools" ("category", "id");`);
    this.addSql(`create index "tools_type_id_index" on "tools" ("type", "id");`);
    this.addSql(`create index "tools_external_source_id_id_index" on "tools" ("external_source_id", "id");`);
    this.addSql(`create index "tools_is_enabled_id_index" on "tools" ("is_enabled", "id");`);
    this.addSql(`create index "tools_is_system_id_index" on "tools" ("is_system", "id");`);
    this.addSql(`create index "tools_risk_level_id_index" on "tools" ("risk_level", "id");`);
    this.addSql(`create index "tools_approval_status_id_index" on "tools" ("approval_status", "id");`);
    this.addSql(`create index "tools_approved_by_id_id_index" on "tools" ("approved_by_id", "id");`);
    this.addSql(`create index "tools_created_by_id_id_index" on "tools" ("created_by_id", "id");`);

    this.addSql(
      `create table "tool_versions" ("id" uuid not null, "tool_id" uuid not null, "version_number" int not null, "name" text not null, "description" text null, "is_enabled" boolean not null, "timeout_ms" int null, "python_code" text null, "input_schema" json null, "policy" json not null, "digest" text not null, "change_summary" text null, "change_source" text not null default 'MANUAL', "created_by_name" text not null, "created_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "tool_versions" is 'What a tool was after one of its updates; never changed; seen by whoever sees the tool';`,
    );
    this.addSql(`create index "tool_versions_tool_id_id_index" on "tool_versions" ("tool_id", "id");`);
    this.addSql(`create index "tool_versions_version_number_id_index" on "tool_versions" ("version_number", "id");`);
    this.addSql(`create index "tool_versions_created_at_id_index" on "tool_versions" ("created_at", "id");`);
    this.addSql(
      `alter table "tool_versions" add constraint "tool_versions_tool_id_version_number_unique" unique ("tool_id", "version_number");`,
    );

    this.addSql(
      `create table "tool_cache_entries" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "tool_id" uuid not null, "cache_key" text not null, "parameters" json null, "result" json null, "hit_count" int not null default 0, "last_hit_at" timestamptz(3) null, "expires_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "tool_cache_entries" is 'A result that answers the same question again for a while; seen by holders of execution:read';`,
    );
    this.addSql(`create index "tool_cache_entries_created_at_id_index" on "tool_cache_entries" ("created_at", "id");`);
    this.addSql(`create index "tool_cache_entries_tool_id_id_index" on "tool_cache_entries" ("tool_id", "id");`);
    this.addSql(`create index "tool_cache_entries_expires_at_id_index" on "tool_cache_entries" ("expires_at", "id");`);
    this.addSql(
      `alter table "tool_cache_entries" add constraint "tool_cache_entries_tool_id_cache_key_unique" unique ("tool_id", "cache_key");`,
    );

    this.addSql(
      `create table "network_access_requests" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "tool_id" uuid null, "server_id" uuid null, "host" text collate "C" not null, "port" int null, "justification" text not null, "requested_by_id" uuid null, "requested_by_name" text not null, "status" text not null default 'PENDING', "reviewed_at" timestamptz(3) null, "reviewed_by_id" uuid null, "reviewed_by_name" text null, "rejection_reason" text null, "revoked_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "network_access_requests" is 'What somebody asked for: that the tools of a server may reach a host; seen by holders of tool:read and by who asked';`,
    );
    this.addSql(
      `create unique index "network_access_requests_pending_of_server" on "network_access_requests" (coalesce("server_id", '00000000-0000-0000-0000-000000000000'), "host", coalesce("port", 0)) where "status" = 'PENDING' and "tool_id" is null;`,
    );
    this.addSql(
      `create unique index "network_access_requests_pending_of_tool" on "network_access_requests" ("tool_id", "host", coalesce("port", 0)) where "status" = 'PENDING' and "tool_id" is not null;`,
    );
    this.addSql(`create index "network_access_requests_created_at_id_index" on "network_access_requests" ("created_at", "id");`);
    this.addSql(`create index "network_access_requests_tool_id_id_index" on "network_access_requests" ("tool_id", "id");`);
    this.addSql(`create index "network_access_requests_server_id_id_index" on "network_access_requests" ("server_id", "id");`);
    this.addSql(`create index "network_access_requests_host_id_index" on "network_access_requests" ("host", "id");`);
    this.addSql(`create index "network_access_requests_requested_by_id_id_index" on "network_access_requests" ("requested_by_id", "id");`);
    this.addSql(`create index "network_access_requests_status_id_index" on "network_access_requests" ("status", "id");`);
    this.addSql(`create index "network_access_requests_reviewed_by_id_id_index" on "network_access_requests" ("reviewed_by_id", "id");`);

    this.addSql(
      `create table "module_requests" ("id" uuid not null, "revision" int not null default 1, "created_at" timestamptz(3) not null, "updated_at" timestamptz(3) not null, "tool_id" uuid null, "server_id" uuid null, "module_name" text collate "C" not null, "justification" text not null, "requested_by_id" uuid null, "requested_by_name" text not null, "status" text not null default 'PENDING', "reviewed_at" timestamptz(3) null, "reviewed_by_id" uuid null, "reviewed_by_name" text null, "rejection_reason" text null, "revoked_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "module_requests" is 'What somebody asked for: that code in the sandbox may import a Python module; seen by holders of tool:read and by who asked';`,
    );
    this.addSql(
      `create unique index "module_requests_pending_of_server" on "module_requests" (coalesce("server_id", '00000000-0000-0000-0000-000000000000'), "module_name") where "status" = 'PENDING' and "tool_id" is null;`,
    );
    this.addSql(
      `create unique index "module_requests_pending_of_tool" on "module_requests" ("tool_id", "module_name") where "status" = 'PENDING' and "tool_id" is not null;`,
    );
    this.addSql(`create index "module_requests_created_at_id_index" on "module_requests" ("created_at", "id");`);
    this.addSql(`create index "module_requests_tool_id_id_index" on "module_requests" ("tool_id", "id");`);
    this.addSql(`create index "module_requests_server_id_id_index" on "module_requests" ("server_id", "id");`);
    this.addSql(`create index "module_requests_module_name_id_index" on "module_requests" ("module_name", "id");`);
    this.addSql(`create index "module_requests_requested_by_id_id_index" on "module_requests" ("requested_by_id", "id");`);
    this.addSql(`create index "module_requests_status_id_index" on "module_requests" ("status", "id");`);
    this.addSql(`create index "module_requests_reviewed_by_id_id_index" on "module_requests" ("reviewed_by_id", "id");`);

    this.addSql(
      `create table "tool_executions" ("id" uuid not null, "tool_id" uuid not null, "server_id" uuid null, "tool_name" text collate "C" not null, "tool_version" int not null, "user_id" uuid null, "executed_by_name" text collate "C" not null, "status" text not null, "parameters" json null, "sealed_parameters" text null, "result" json null, "is_result_truncated" boolean not null default false, "error" text null, "stdout" text null, "duration_ms" int null, "is_cached" boolean not null default false, "cache_key" text null, "requires_approval" boolean not null default false, "is_test" boolean not null default false, "job_id" uuid null, "chat_session_id" uuid null, "idempotency_key" text null, "trace_id" text collate "C" null, "created_at" timestamptz(3) not null, "started_at" timestamptz(3) null, "completed_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `comment on table "tool_executions" is 'One use of a tool, from its request to its end; seen by who asked for it and by holders of execution:read';`,
    );
    this.addSql(`alter table "tool_executions" add constraint "tool_executions_job_id_unique" unique ("job_id");`);
    this.addSql(`create index "tool_executions_tool_id_id_index" on "tool_executions" ("tool_id", "id");`);
    this.addSql(`create index "tool_executions_server_id_id_index" on "tool_executions" ("server_id", "id");`);
    this.addSql(`create index "tool_executions_tool_name_id_index" on "tool_executions" ("tool_name", "id");`);
    this.addSql(`create index "tool_executions_user_id_id_index" on "tool_executions" ("user_id", "id");`);
    this.addSql(`create index "tool_executions_executed_by_name_id_index" on "tool_executions" ("executed_by_name", "id");`);
    this.addSql(`create index "tool_executions_status_id_index" on "tool_executions" ("status", "id");`);
    this.addSql(`create index "tool_executions_duration_ms_id_index" on "tool_executions" ("duration_ms", "id");`);
    this.addSql(`create index "tool_executions_is_cached_id_index" on "tool_executions" ("is_cached", "id");`);
    this.addSql(`create index "tool_executions_is_test_id_index" on "tool_executions" ("is_test", "id");`);
    this.addSql(`create index "tool_executions_trace_id_id_index" on "tool_executions" ("trace_id", "id");`);
    this.addSql(`create index "tool_executions_created_at_id_index" on "tool_executions" ("created_at", "id");`);
    this.addSql(`create index "tool_executions_completed_at_id_index" on "tool_executions" ("completed_at", "id");`);

    this.addSql(
      `alter table "mcp_servers" add constraint "mcp_servers_status_check" check ("status" in ('IMPORTED', 'READY', 'RUNNING', 'STOPPED', 'ERROR'));`,
    );

    this.addSql(
      `alter table "external_mcp_sources" add constraint "external_mcp_sources_server_id_foreign" foreign key ("server_id") references "mcp_servers" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "external_mcp_sources" add constraint "external_mcp_sources_transport_type_check" check ("transport_type" in ('STREAMABLE_HTTP', 'SSE'));`,
    );
    this.addSql(
      `alter table "external_mcp_sources" add constraint "external_mcp_sources_auth_type_check" check ("auth_type" in ('NONE', 'BEARER', 'HEADER', 'OAUTH'));`,
    );
    this.addSql(
      `alter table "external_mcp_sources" add constraint "external_mcp_sources_status_check" check ("status" in ('ACTIVE', 'ERROR', 'DISABLED'));`,
    );

    this.addSql(
      `alter table "tools" add constraint "tools_server_id_foreign" foreign key ("server_id") references "mcp_servers" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "tools" add constraint "tools_external_source_id_foreign" foreign key ("external_source_id") references "external_mcp_sources" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "tools" add constraint "tools_approved_by_id_foreign" foreign key ("approved_by_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "tools" add constraint "tools_created_by_id_foreign" foreign key ("created_by_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "tools" add constraint "tools_category_check" check ("category" in ('DATA_ACCESS', 'API_CALLS', 'FILE_OPERATIONS', 'CODE_EXECUTION', 'DATABASE', 'COMMUNICATION', 'ANALYSIS', 'SYSTEM'));`,
    );
    this.addSql(
      `alter table "tools" add constraint "tools_type_check" check ("type" in ('PYTHON_CODE', 'MCP_PASSTHROUGH', 'TOOLKIT_OPERATION'));`,
    );
    this.addSql(
      `alter table "tools" add constraint "tools_risk_level_check" check ("risk_level" in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL'));`,
    );
    this.addSql(
      `alter table "tools" add constraint "tools_approval_status_check" check ("approval_status" in ('DRAFT', 'PENDING_REVIEW', 'APPROVED', 'REJECTED'));`,
    );

    this.addSql(
      `alter table "tool_versions" add constraint "tool_versions_tool_id_foreign" foreign key ("tool_id") references "tools" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "tool_versions" add constraint "tool_versions_change_source_check" check ("change_source" in ('MANUAL', 'LLM', 'IMPORT', 'ROLLBACK'));`,
    );

    this.addSql(
      `alter table "tool_cache_entries" add constraint "tool_cache_entries_tool_id_foreign" foreign key ("tool_id") references "tools" ("id") on update no action on delete cascade;`,
    );

    this.addSql(
      `alter table "network_access_requests" add constraint "network_access_requests_tool_id_foreign" foreign key ("tool_id") references "tools" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "network_access_requests" add constraint "network_access_requests_server_id_foreign" foreign key ("server_id") references "mcp_servers" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "network_access_requests" add constraint "network_access_requests_requested_by_id_foreign" foreign key ("requested_by_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "network_access_requests" add constraint "network_access_requests_reviewed_by_id_foreign" foreign key ("reviewed_by_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "network_access_requests" add constraint "network_access_requests_status_check" check ("status" in ('PENDING', 'APPROVED', 'REJECTED'));`,
    );

    this.addSql(
      `alter table "module_requests" add constraint "module_requests_tool_id_foreign" foreign key ("tool_id") references "tools" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "module_requests" add constraint "module_requests_server_id_foreign" foreign key ("server_id") references "mcp_servers" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "module_requests" add constraint "module_requests_requested_by_id_foreign" foreign key ("requested_by_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "module_requests" add constraint "module_requests_reviewed_by_id_foreign" foreign key ("reviewed_by_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "module_requests" add constraint "module_requests_status_check" check ("status" in ('PENDING', 'APPROVED', 'REJECTED'));`,
    );

    this.addSql(
      `alter table "tool_executions" add constraint "tool_executions_tool_id_foreign" foreign key ("tool_id") references "tools" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "tool_executions" add constraint "tool_executions_server_id_foreign" foreign key ("server_id") references "mcp_servers" ("id") on update no action on delete cascade;`,
    );
    this.addSql(
      `alter table "tool_executions" add constraint "tool_executions_user_id_foreign" foreign key ("user_id") references "users" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "tool_executions" add constraint "tool_executions_job_id_foreign" foreign key ("job_id") references "jobs" ("id") on update no action on delete set null;`,
    );
    this.addSql(
      `alter table "tool_executions" add constraint "tool_executions_status_check" check ("status" in ('WAITING_APPROVAL', 'QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'REJECTED', 'CANCELLED'));`,
    );
  }
}
