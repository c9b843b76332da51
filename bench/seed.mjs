import pg from 'pg';

/** Makes 1,000 users, 20,000 jobs and 100,000 events. */
export async function seed(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    insert into users (id, username, created_at, updated_at) select gen_random_uuid(), 'user ' || n, now(), now() from generate_series(1, 1000) n;
    insert into jobs (id, created_at, updated_at, name, queue, status, parameters, max_attempts, timeout_ms, requested_by_id, requested_by_name)
      select gen_random_uuid(), now() - n * interval '1 second', now(), 'loglens.analyze', 'bench', 'SUCCEEDED', '{}', 3, 60000, u.id, u.username
      from generate_series(1, 20000) n join (select id, username, row_number() over () as k from users where username like 'user %') u on u.k = n % 1000 + 1;
    insert into job_events (id, job_id, seq, attempt, status, message, progress, created_at)
      select gen_random_uuid(), j.id, s, 1, 'RUNNING', 'step ' || s, s * 20, now() from jobs j, generate_series(1, 5) s;
    analyze;`);
  await client.end();
}
