-- While a new version is rolled out, processes of an older one go on sealing. They know nothing of columns that came
-- later, so the hash that they give an entry which has them is wrong for ever. Only who says that it hashes in the
-- second form seals such an entry; to the others it is refused, and it waits for one who does.
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
      IF coalesce(OLD.credential_id, OLD.request_id, OLD.address) IS NOT NULL
        AND current_setting('holdpoint.seal_form', true) IS DISTINCT FROM '2'
      THEN
        RAISE EXCEPTION 'an older version of Holdpoint cannot seal entry %: a newer one does', OLD.id
          USING ERRCODE = 'insufficient_privilege';
      END IF;
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
-- Replacing a function takes its settings away.
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION audit_entries_refuse_change() SET search_path = %I, pg_temp', current_schema());
END $$;
