-- The policy of the bench as row-level security. It binds who has this role; the owner of the tables is above it.
create role bench_caller nologin;
grant usage on schema public to bench_caller;
grant select on bench_people, bench_devices, bench_bookings to bench_caller;

alter table bench_devices enable row level security;
alter table bench_bookings enable row level security;

create policy visible on bench_devices for select to bench_caller
  using (status <> 'BROKEN' or owner_id = (select current_setting('bench.user_id')::uuid));
create policy visible on bench_bookings for select to bench_caller
  using (exists (select from bench_devices d where d.id = device_id));
