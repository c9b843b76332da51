import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import { Grade, Tong } from './tong.entity.js';

/** What takes more than a tong's own row. */
export const tongDerived = [
  derived({
    of: Tong,
    name: 'countParts',
    kind: 'int',
    description: 'How many parts of these grades it has',
    cost: 3,
    args: {
      grade: { kind: Grade, description: 'Only of this grade', nullable: true },
      since: { kind: 'time', description: 'Only those bought since', nullable: true },
    },
    async load(reader, ids, { grade, since }) {
      const rows = await reader.rows(sql`
        select t.id, count(p.id) from unnest(${ids}::uuid[]) t(id) left join tongs p on p.whole_id = t.id
          and p.grade = coalesce(${grade ?? null}::text, p.grade) and p.bought_at >= coalesce(${since ?? null}::timestamptz, p.bought_at)
        group by t.id`);
      return new Map(rows.map(([id, count]) => [id!, Number(count)]));
    },
  }),
  derived({
    of: Tong,
    name: 'words',
    kind: 'string',
    list: true,
    description: 'Words of its tags that begin with this, in order',
    args: { start: { kind: 'string', description: 'How they begin' } },
    async load(reader, ids, { start }) {
      const rows = await reader.rows(sql`
        select l.tong_id, json_agg(g.word order by g.word) from taggings l join tags g on g.id = l.tag_id
        where l.tong_id = any(${ids}::uuid[]) and starts_with(g.word, ${start}) group by 1`);
      const words = new Map(rows.map(([id, found]) => [id!, JSON.parse(found!) as string[]]));
      return new Map(ids.map((id) => [id, words.get(id) ?? []]));
    },
  }),
  derived({
    of: Tong,
    name: 'bestGrade',
    kind: Grade,
    nullable: true,
    description: 'Best grade of its parts; null when it has none',
    async load(reader, ids) {
      const rows = await reader.rows(sql`
        select whole_id, min(case grade when 'FINE' then '1FINE' when 'WORN' then '2WORN' else '3BROKEN' end) from tongs
        where whole_id = any(${ids}::uuid[]) group by 1`);
      return new Map(rows.map(([id, grade]) => [id!, grade!.slice(1)]));
    },
  }),
];
