-- Whether calls of an agent may be released in this transaction: by the flags as they are now and not as they were when
-- its statement began, since what a volatile function reads is as of that moment. The lock, taken first, is shared by all
-- who release, until they commit; a pause takes it for itself, so that it is acknowledged after the last of them.
CREATE FUNCTION may_release(agent text, project text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock_shared(734025, hashtext(project)) THEN
    RETURN false;
  END IF;
  RETURN EXISTS (
    SELECT FROM agents a JOIN projects p ON p.id = a.project_id
    WHERE a.id = agent AND p.id = project AND a.paused_at IS NULL AND p.paused_at IS NULL);
END $$;
