create table bench_people (
  id uuid primary key,
  revision int not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  name text collate "C" not null,
  email text not null
);

create table bench_devices (
  id uuid primary key,
  revision int not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  label text collate "C" not null,
  slots int not null,
  status text not null check (status in ('READY', 'BUSY', 'BROKEN')),
  owner_id uuid not null references bench_people
);

create table bench_bookings (
  id uuid primary key,
  revision int not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  starts_at timestamptz(3) not null,
  purpose text not null,
  device_id uuid not null references bench_devices,
  user_id uuid not null references bench_people
);

-- A UUID version 7 as newId() makes it: milliseconds, the number of the type, and then what is random there and a hash here, so that
-- every run reads the same rows.
create function pg_temp.new_id(type int, at timestamptz, n int) returns uuid immutable language sql as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(type), 3, '0')
    || '8' || substr(md5(type || '/' || n), 1, 15))::uuid
$$;

insert into bench_people (id, created_at, updated_at, name, email)
select pg_temp.new_id(3001, at, n), at, at, 'Person ' || lpad(n::text, 4, '0'), 'person' || n || '@example.org'
from generate_series(1, 1000) n, lateral (select timestamptz '2026-01-01Z' + n * interval '1 second' as at) t;

create temporary table people as select id, (row_number() over (order by created_at))::int as number from bench_people;

-- 60 % are ready, 25 % busy, 15 % broken; neither the order of the labels nor the owner follows from the order of creation.
insert into bench_devices (id, created_at, updated_at, label, slots, status, owner_id)
select pg_temp.new_id(3002, at, n), at, at, 'Device ' || lpad((n * 7919 % 20000)::text, 5, '0'), n % 8 + 1,
  case when n % 20 < 3 then 'BROKEN' when n % 20 < 8 then 'BUSY' else 'READY' end, p.id
from generate_series(1, 20000) n
cross join lateral (select timestamptz '2026-01-02Z' + n * interval '1 second' as at) t
join people p on p.number = (n * 7 + n / 1000) % 1000 + 1
order by n;

create temporary table devices as select id, (row_number() over (order by created_at))::int as number from bench_devices;

-- Every device gets one booking after the other has got one, so that the five of a device lie apart in the table.
insert into bench_bookings (id, created_at, updated_at, starts_at, purpose, device_id, user_id)
select pg_temp.new_id(3003, at, n), at, at, timestamptz '2026-02-01Z' + n::bigint * 37 % 100000 * interval '1 minute',
  'Calibration run ' || n, d.id, p.id
from generate_series(1, 100000) n
cross join lateral (select timestamptz '2026-01-03Z' + n * interval '1 second' as at) t
join devices d on d.number = (n - 1) % 20000 + 1
join people p on p.number = (n * 31 + n / 1000) % 1000 + 1
order by n;

create index on bench_devices (created_at, id);
create index on bench_devices (label, id);
create index on bench_devices (status, id);
create index on bench_devices (slots, id);
create index on bench_devices (owner_id, id);
create index on bench_bookings (device_id, starts_at, id);
create index on bench_bookings (device_id, id);
create index on bench_bookings (user_id, id);
create index on bench_bookings (starts_at, id);
