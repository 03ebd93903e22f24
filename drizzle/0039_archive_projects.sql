ALTER TABLE "projects" ADD COLUMN "archived_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "archived_by" text;--> statement-breakpoint
-- As before (0032), and neither of a project that is archived. Whoever asks for a call to be held takes part too.
CREATE OR REPLACE FUNCTION may_release(agent text, project text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock_shared(734025, hashtext(project)) THEN
    RETURN false;
  END IF;
  RETURN EXISTS (
    SELECT FROM agents a JOIN projects p ON p.id = a.project_id
    WHERE a.id = agent AND p.id = project AND a.paused_at IS NULL AND p.paused_at IS NULL AND p.archived_at IS NULL);
END $$;
