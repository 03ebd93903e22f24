-- The last word of a statement that settles approvals: with what it has written before it, all of it or nothing, and
-- nothing once a deadline has passed while it was written.
CREATE OR REPLACE FUNCTION settled_whole(written bigint, is_whole boolean, deadline timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF is_whole IS NOT TRUE THEN
    RAISE EXCEPTION 'not all of it was pending' USING ERRCODE = 'HP001';
  ELSIF clock_timestamp() >= deadline THEN
    RAISE EXCEPTION 'the deadline passed while this was written' USING ERRCODE = 'HP001';
  END IF;
  RETURN true;
END $$;
