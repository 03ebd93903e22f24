-- The audit log is append-only. The one UPDATE that passes is the sealing: seq, prev_hash and hash
-- from null to a value, everything else as it was.
CREATE FUNCTION audit_entries_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
  RAISE EXCEPTION 'audit_entries is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse_change();
--> statement-breakpoint
ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER audit_entries_append_only;
--> statement-breakpoint
ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER audit_entries_no_truncate;
