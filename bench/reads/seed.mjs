import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

const sql = (name) => readFileSync(join(import.meta.dirname, name), 'utf8');

// What PostgreSQL recommends for solid-state disks and rows in memory. With its default, which is for spinning disks, it reads the whole
// table of people for each device of PostGraphile's nested query, and that would be measured instead of the server.
const randomReadsAreCheap = `do $$ begin execute format('alter database %I set random_page_cost = 1.1', current_database()); end $$`;

/**
 * Makes 1,000 people, 20,000 devices and 100,000 bookings, the same in every run, and returns the caller of the runs with row policy:
 * the owner of the first broken device, which nobody else may see.
 */
export async function seed(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(sql('seed.sql'));
    await client.query(sql('row-security.sql'));
    await client.query('vacuum analyze bench_people, bench_devices, bench_bookings');
    await client.query('checkpoint');
    await client.query(randomReadsAreCheap);
    const { rows } = await client.query(`select owner_id from bench_devices where status = 'BROKEN' order by created_at limit 1`);
    return { callerId: rows[0].owner_id };
  } finally {
    await client.end();
  }
}
