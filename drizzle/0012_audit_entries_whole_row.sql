-- The sealing compares whole rows, so that no column which comes later is left out of the guard.
CREATE OR REPLACE FUNCTION audit_entries_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  unsealed audit_entries;
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
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'audit_entries is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
