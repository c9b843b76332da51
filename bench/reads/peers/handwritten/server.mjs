// The least that can answer the same: one prepared statement for each query, whose text is the answer.
import { createServer } from 'node:http';
import pg from 'pg';
import { statements } from './statements.mjs';

const queries = statements({ withPolicy: process.env.WITH_POLICY === 'true' });
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, options: '-c timezone=UTC' });

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const { name, text, values } = queries[pathname.slice(1)];
  try {
    const { rows } = await pool.query({ name, text, values: values(searchParams, request.headers['x-user-id']), rowMode: 'array' });
    response.writeHead(200, { 'content-type': 'application/json' }).end(rows[0][0]);
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(error.message);
  }
});
server.listen(0, '127.0.0.1', () => console.log(`The server written by hand is at http://127.0.0.1:${server.address().port}`));
process.once('SIGTERM', () => process.exit(0));
