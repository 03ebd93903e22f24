-- Both are trusted: whoever owns the database may make them. pg_trgm finds any part of a text by its trigrams,
-- btree_gin lets the same index keep to one project.
CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS btree_gin;
