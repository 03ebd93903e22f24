-- What the audit log may lose is the oldest part of a project's chain, all of it up to one entry, and only
-- in the transaction that writes down where the chain begins from then on.
CREATE FUNCTION audit_prunings_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last_through bigint;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'audit_prunings is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT coalesce(max(through_seq), 0) INTO last_through FROM audit_prunings WHERE project_id = NEW.project_id;
  IF NEW.from_seq <> last_through + 1 THEN
    RAISE EXCEPTION 'the chain begins at %, so it cannot be pruned from %', last_through + 1, NEW.from_seq
      USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM audit_entries
    WHERE project_id = NEW.project_id AND seq = NEW.through_seq AND hash = NEW.hash AND at = NEW.at
  ) THEN
    RAISE EXCEPTION 'no sealed entry % with this hash and time', NEW.through_seq USING ERRCODE = 'check_violation';
  END IF;
  NEW.pruned_at := clock_timestamp();
  NEW.transaction_id := pg_current_xact_id();
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_prunings_append_only BEFORE INSERT OR UPDATE OR DELETE ON audit_prunings
  FOR EACH ROW EXECUTE FUNCTION audit_prunings_check();
--> statement-breakpoint
CREATE TRIGGER audit_prunings_no_truncate BEFORE TRUNCATE ON audit_prunings
  FOR EACH STATEMENT EXECUTE FUNCTION audit_prunings_check();
--> statement-breakpoint
ALTER TABLE audit_prunings ENABLE ALWAYS TRIGGER audit_prunings_append_only;
--> statement-breakpoint
ALTER TABLE audit_prunings ENABLE ALWAYS TRIGGER audit_prunings_no_truncate;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION audit_entries_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.prev_hash IS NOT NULL AND NEW.hash IS NOT NULL
      AND ROW(NEW.id, NEW.ordinal, NEW.project_id, NEW.at, NEW.action, NEW.actor_type, NEW.actor_id, NEW.actor_label,
              NEW.via, NEW.target_type, NEW.target_id, NEW.target_label, NEW.detail)
        IS NOT DISTINCT FROM
          ROW(OLD.id, OLD.ordinal, OLD.project_id, OLD.at, OLD.action, OLD.actor_type, OLD.actor_id, OLD.actor_label,
              OLD.via, OLD.target_type, OLD.target_id, OLD.target_label, OLD.detail)
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
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'audit_entries is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
