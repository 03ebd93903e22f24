CREATE TABLE "audit_erasures" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"entry_ids" text[] NOT NULL,
	"reason" text NOT NULL,
	"by" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"transaction_id" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT "audit_erasures_some" CHECK (cardinality("audit_erasures"."entry_ids") between 1 and 10000)
);
--> statement-breakpoint
ALTER TABLE "audit_entries" ALTER COLUMN "actor_label" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_entries" ALTER COLUMN "target_label" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_entries" ALTER COLUMN "detail" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "version" smallint;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "salt" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "actor_commitment" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "target_commitment" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "detail_commitment" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "address_commitment" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "erased_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "audit_erasures_of_transaction" ON "audit_erasures" USING btree ("project_id","transaction_id");--> statement-breakpoint
ALTER TABLE "audit_entries" ADD CONSTRAINT "audit_entries_clear_text" CHECK (case when "audit_entries"."erased_at" is null then num_nulls("audit_entries"."actor_label", "audit_entries"."target_label", "audit_entries"."detail") = 0
        else num_nonnulls("audit_entries"."actor_label", "audit_entries"."target_label", "audit_entries"."detail", "audit_entries"."address", "audit_entries"."salt") = 0 end) NOT VALID;
--> statement-breakpoint
-- Which entries were erased, and that it happened in this transaction: written once.
CREATE FUNCTION audit_erasures_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'audit_erasures is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END IF;
  NEW.at := clock_timestamp();
  NEW.transaction_id := pg_current_xact_id();
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_erasures_append_only BEFORE INSERT OR UPDATE OR DELETE ON audit_erasures
  FOR EACH ROW EXECUTE FUNCTION audit_erasures_check();
--> statement-breakpoint
CREATE TRIGGER audit_erasures_no_truncate BEFORE TRUNCATE ON audit_erasures
  FOR EACH STATEMENT EXECUTE FUNCTION audit_erasures_check();
--> statement-breakpoint
ALTER TABLE audit_erasures ENABLE ALWAYS TRIGGER audit_erasures_append_only;
--> statement-breakpoint
ALTER TABLE audit_erasures ENABLE ALWAYS TRIGGER audit_erasures_no_truncate;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION audit_entries_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  allowed audit_entries;
  days integer;
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.seq IS NULL THEN
    allowed := NEW;
    allowed.seq := NULL;
    allowed.version := NULL;
    allowed.salt := NULL;
    allowed.actor_commitment := NULL;
    allowed.target_commitment := NULL;
    allowed.detail_commitment := NULL;
    allowed.address_commitment := NULL;
    allowed.prev_hash := NULL;
    allowed.hash := NULL;
    IF NEW.seq IS NOT NULL AND NEW.prev_hash IS NOT NULL AND NEW.hash IS NOT NULL
      AND allowed IS NOT DISTINCT FROM OLD
    THEN
      IF NEW.version = 2 THEN
        IF num_nulls(NEW.salt, NEW.actor_commitment, NEW.target_commitment, NEW.detail_commitment) > 0
          OR (NEW.address_commitment IS NULL) <> (OLD.address IS NULL)
        THEN
          RAISE EXCEPTION 'entry % is sealed with a salt and all of its commitments', OLD.id
            USING ERRCODE = 'check_violation';
        END IF;
      ELSIF NEW.version IS NOT NULL OR num_nonnulls(NEW.salt, NEW.actor_commitment, NEW.target_commitment,
        NEW.detail_commitment, NEW.address_commitment) > 0
      THEN
        RAISE EXCEPTION 'entry % is sealed as version 2, or as version 1 without any commitment', OLD.id
          USING ERRCODE = 'check_violation';
      ELSIF coalesce(OLD.credential_id, OLD.request_id, OLD.address) IS NOT NULL
        AND current_setting('holdpoint.seal_form', true) IS DISTINCT FROM '2'
      THEN
        RAISE EXCEPTION 'an older version of Holdpoint cannot seal entry %: a newer one does', OLD.id
          USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN NEW;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    -- Erasing: the clear text and the salt go, the commitments stay. What tells of prunings and erasures stays whole.
    allowed := OLD;
    allowed.actor_label := NULL;
    allowed.target_label := NULL;
    allowed.detail := NULL;
    allowed.address := NULL;
    allowed.salt := NULL;
    allowed.erased_at := NEW.erased_at;
    IF OLD.version = 2 AND OLD.erased_at IS NULL AND OLD.action NOT IN ('audit.pruned', 'audit.erased')
      AND NEW IS NOT DISTINCT FROM allowed AND EXISTS (
        SELECT 1 FROM audit_erasures e
        WHERE e.project_id = OLD.project_id AND OLD.id = ANY (e.entry_ids) AND e.at = NEW.erased_at
          AND e.transaction_id = pg_current_xact_id_if_assigned()
      )
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
-- Replacing a function takes its settings away.
DO $$
DECLARE
  guard text;
BEGIN
  FOREACH guard IN ARRAY ARRAY['audit_entries_refuse_change()', 'audit_erasures_check()']
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
  END LOOP;
END $$;
