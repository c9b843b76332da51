const firstCursor = '|00000000-0000-0000-0000-000000000000';

/** The four statements; with policy, the last value of each is the id of the caller. */
export function statements({ withPolicy }) {
  const visible = (caller) => (withPolicy ? `(d.status <> 'BROKEN' or d.owner_id = ${caller}::uuid)` : 'true');
  const withCaller = (values) => (parameters, callerId) => (withPolicy ? [...values(parameters), callerId] : values(parameters));
  return {
    nested: { name: 'nested', text: nested(visible('$2')), values: withCaller((given) => [given.get('first')]) },
    flat: { name: 'flat', text: flat(visible('$2')), values: withCaller((given) => [given.get('first')]) },
    lookup: { name: 'lookup', text: lookup(visible('$2')), values: withCaller((given) => [given.get('id')]) },
    deep: {
      name: 'deep',
      text: deep(visible('$4')),
      values: withCaller((given) => [given.get('first'), ...readCursor(given.get('after') ?? firstCursor)]),
    },
  };
}

function readCursor(cursor) {
  const end = cursor.lastIndexOf('|');
  return [cursor.slice(0, end), cursor.slice(end + 1)];
}

// The policy is asked once, of the device: whoever sees a device sees its bookings. The user is a scalar subquery because a join made
// PostgreSQL read all people for each device.
const nested = (visible) => `
  select json_build_object('data', json_build_object('devices', json_build_object('nodes', coalesce(json_agg(device), '[]'))))::text
  from (
    select d.id, d.label, d.slots, d.created_at as "createdAt", json_build_object('nodes', array(
      select booking from (
        select b.id, b.purpose, b.starts_at as "startsAt",
          (select person from (select u.id, u.name from bench_people u where u.id = b.user_id) person) as "user"
        from bench_bookings b where b.device_id = d.id order by b.starts_at desc, b.id desc limit 5
      ) booking
    )) as bookings
    from bench_devices d where ${visible} order by d.created_at, d.id limit $1
  ) device`;

const flat = (visible) =>
  page({
    columns: 'id, label, slots, status, created_at as "createdAt"',
    rows: `select * from bench_devices d where ${visible} order by d.created_at, d.id limit $1::int + 1`,
    cursor: 'created_at',
  });

const lookup = (visible) => `
  select json_build_object('data', json_build_object('device', (
    select device from (select id, label, slots, status, created_at as "createdAt" from bench_devices d where id = $1 and ${visible}) device
  )))::text`;

const deep = (visible) =>
  page({
    columns: 'id, label, status, slots',
    rows: `select * from bench_devices d where d.status = 'READY' and (d.label, d.id) > ($2, $3::uuid) and ${visible}
      order by d.label, d.id limit $1::int + 1`,
    cursor: 'label',
  });

// One row more than asked for tells whether there is a next page.
const page = ({ columns, rows, cursor }) => `
  with found as materialized (${rows}),
  page as (select * from found limit $1::int)
  select json_build_object('data', json_build_object('devices', json_build_object(
    'nodes', (select coalesce(json_agg(node), '[]') from (select ${columns} from page) node),
    'pageInfo', json_build_object(
      'hasNextPage', (select count(*) > $1::int from found),
      'endCursor', (select ${cursor} || '|' || id from page order by ${cursor} desc, id desc limit 1)))))::text`;
