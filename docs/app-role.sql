-- Lets the role holdpoint_app serve Holdpoint and own nothing of it. Run it as the role that owns the database, after
-- npm run migrate and again after each later one:  psql "$OWNER_URL" -f docs/app-role.sql
-- Before the first time:  create role holdpoint_app login password '…';

grant usage on schema public, drizzle, graphile_worker to holdpoint_app;
revoke create on schema public from public;

grant select, insert, update, delete on all tables in schema public, graphile_worker to holdpoint_app;
grant usage on all sequences in schema public, graphile_worker to holdpoint_app;
grant select on all tables in schema drizzle to holdpoint_app;
alter default privileges in schema public grant select, insert, update, delete on tables to holdpoint_app;
alter default privileges in schema public grant usage on sequences to holdpoint_app;

-- The record: written, sealed and, as far as the triggers let it, pruned; nothing else.
revoke update on audit_entries from holdpoint_app;
grant update (seq, version, salt, actor_commitment, target_commitment, detail_commitment, address_commitment,
  prev_hash, hash) on audit_entries to holdpoint_app;
revoke update, delete on audit_prunings from holdpoint_app;
revoke insert, update, delete on audit_erasures, audit_floor from holdpoint_app;
revoke delete on projects from holdpoint_app;

-- The tables of the job workers show their rows to their owner alone, unless a policy says otherwise.
do $$
declare
  queue text;
begin
  for queue in
    select tablename from pg_tables where schemaname = 'graphile_worker' and rowsecurity
  loop
    execute format('drop policy if exists holdpoint_app on graphile_worker.%I', queue);
    execute format('create policy holdpoint_app on graphile_worker.%I to holdpoint_app using (true) with check (true)', queue);
  end loop;
end $$;
