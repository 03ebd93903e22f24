-- The database itself keeps entries for the project's period, whatever the app's role may write: a period is
-- shortened no sooner than seven days after it was announced and not below the operator's floor, and only entries
-- that are older than the period in effect are deleted.
INSERT INTO audit_floor (min_days) VALUES (183);
--> statement-breakpoint
-- Null: nothing of it may be deleted.
CREATE FUNCTION audit_days_in_effect(project text) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
  days integer;
BEGIN
  SELECT CASE WHEN p.audit_retention_next_at <= clock_timestamp() THEN p.audit_retention_next
              ELSE p.audit_retention_days END
    INTO days FROM projects p WHERE p.id = project;
  RETURN CASE WHEN days IS NULL THEN NULL ELSE greatest(days, (SELECT min_days FROM audit_floor)) END;
END $$;
--> statement-breakpoint
CREATE FUNCTION projects_guard_audit_retention() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  least_days integer;
BEGIN
  SELECT min_days INTO STRICT least_days FROM audit_floor;
  IF TG_OP = 'INSERT' THEN
    IF NEW.audit_retention_days IS NOT NULL OR NEW.audit_retention_next IS NOT NULL THEN
      RAISE EXCEPTION 'a project begins with an audit log that is kept for ever' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.id <> OLD.id THEN
    RAISE EXCEPTION 'a project keeps its id' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.audit_retention_days IS DISTINCT FROM OLD.audit_retention_days THEN
    IF NEW.audit_retention_days < least_days THEN
      RAISE EXCEPTION 'audit logs are kept for at least % days', least_days USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.audit_retention_days < coalesce(OLD.audit_retention_days, 2147483647) AND NOT coalesce(
      OLD.audit_retention_next = NEW.audit_retention_days AND OLD.audit_retention_next_at <= clock_timestamp(), false)
    THEN
      RAISE EXCEPTION 'a shorter period is announced in audit_retention_next and waits for seven days'
        USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NEW.audit_retention_next IS NULL THEN
    NEW.audit_retention_next_at := NULL;
  ELSIF ROW(NEW.audit_retention_next, NEW.audit_retention_next_at)
    IS DISTINCT FROM ROW(OLD.audit_retention_next, OLD.audit_retention_next_at)
  THEN
    IF NEW.audit_retention_next < least_days THEN
      RAISE EXCEPTION 'audit logs are kept for at least % days', least_days USING ERRCODE = 'check_violation';
    END IF;
    NEW.audit_retention_next_at := clock_timestamp() + interval '7 days';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER projects_guard_audit_retention BEFORE INSERT OR UPDATE ON projects
  FOR EACH ROW EXECUTE FUNCTION projects_guard_audit_retention();
--> statement-breakpoint
ALTER TABLE projects ENABLE ALWAYS TRIGGER projects_guard_audit_retention;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION audit_entries_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  unsealed audit_entries;
  days integer;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    unsealed := NEW;
    unsealed.seq := NULL;
    unsealed.prev_hash := NULL;
    unsealed.hash := NULL;
    IF OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.prev_hash IS NOT NULL AND NEW.hash IS NOT NULL
      AND unsealed IS NOT DISTINCT FROM OLD
    THEN
      RETURN NEW;
    END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.seq IS NOT NULL AND EXISTS (
      SELECT 1 FROM audit_prunings p
      WHERE p.project_id = OLD.project_id AND OLD.seq BETWEEN p.from_seq AND p.through_seq
        AND p.transaction_id = pg_current_xact_id_if_assigned()
    ) THEN
      -- Each for itself: a row that was written with a time of long ago makes none before it older.
      days := audit_days_in_effect(OLD.project_id);
      IF OLD.at < clock_timestamp() - make_interval(days => days) THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION 'entry % is kept: the audit log of this project is kept for % days', OLD.seq,
        coalesce(days::text, 'all') USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  RAISE EXCEPTION 'audit_entries is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
-- Temporary tables come first on a search path that does not name them: nobody's may stand in for these.
DO $$
DECLARE
  guard text;
BEGIN
  FOREACH guard IN ARRAY ARRAY['audit_days_in_effect(text)', 'projects_guard_audit_retention()',
    'audit_entries_refuse_change()', 'audit_prunings_check()']
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
  END LOOP;
END $$;
