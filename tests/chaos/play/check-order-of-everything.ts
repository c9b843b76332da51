import type { SqlSession } from '../stage/sql-session.ts';

/** Whether everything has its place in the one order: without a gap, none twice, and the steps of a job in the job's own order. */
export async function checkOrderOfEverything(sql: SqlSession): Promise<string[]> {
  const [all] = await sql.read<{ count: string; distinct: string; most: string; waiting: string; head: string }>(`
    with placed as (select position from changes union all select position from job_events)
    select count(position) as count, count(distinct position) as distinct, max(position) as most, count(*) - count(position) as waiting,
      (select seq from streams where name = '*') as head from placed`);
  const { count, distinct, most, waiting, head } = all!;
  const swapped = await sql.read<{ id: string }>(`
    select id from (select id, position, lag(position) over (partition by job_id order by seq) as before from job_events) e where position < before limit 5`);
  return [
    ...(waiting === '0' ? [] : [`${waiting} rows have no place in the order of everything`]),
    ...(count === distinct && most === count && head === most
      ? []
      : [`the order of everything has ${count} rows on ${distinct} places up to ${most}, and says that it has ${head}`]),
    ...swapped.map(({ id }) => `event ${id} stands before an earlier one of its job in the order of everything`),
  ];
}
