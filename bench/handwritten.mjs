import { createServer } from 'node:http';
import pg from 'pg';

const statement = `select json_build_object('data', json_build_object('jobs', json_build_object('nodes', coalesce(json_agg(j), '[]')))) as answer from (
  select j.id, j.name, j.status, to_char(j.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt",
    (select json_build_object('id', u.id, 'username', u.username) from users u where u.id = j.requested_by_id) as "requestedBy",
    (select json_build_object('nodes', coalesce(json_agg(e order by e.seq), '[]')) from (
      select e.id, e.seq, e.status, e.message, e.progress from job_events e where e.job_id = j.id order by e.seq desc limit 5) e) as events
  from jobs j order by j.created_at desc, j.id desc limit 20) j`;

/** The least that can answer the same: one prepared statement whose text is the answer. */
export async function startHandwritten(url) {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  const server = createServer(async (request, response) => {
    request.resume();
    const { rows } = await pool.query({ name: 'nested', text: statement });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(rows[0].answer));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    request: { url: `http://127.0.0.1:${server.address().port}/`, method: 'POST', body: '{}' },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}
