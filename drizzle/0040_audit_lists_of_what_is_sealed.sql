DROP INDEX "audit_entries_list";--> statement-breakpoint
DROP INDEX "audit_entries_action";--> statement-breakpoint
DROP INDEX "audit_entries_actor";--> statement-breakpoint
DROP INDEX "audit_entries_target";--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "audit_entries_sealed_list" ON "audit_entries" USING btree ("project_id","at" DESC NULLS LAST,"ordinal" DESC NULLS LAST) WHERE "audit_entries"."seq" is not null;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "audit_entries_sealed_action" ON "audit_entries" USING btree ("project_id","action","at" DESC NULLS LAST,"ordinal" DESC NULLS LAST) WHERE "audit_entries"."seq" is not null;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "audit_entries_sealed_actor" ON "audit_entries" USING btree ("project_id","actor_id","at" DESC NULLS LAST,"ordinal" DESC NULLS LAST) WHERE "audit_entries"."seq" is not null;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "audit_entries_sealed_target" ON "audit_entries" USING btree ("project_id","target_id","at" DESC NULLS LAST,"ordinal" DESC NULLS LAST) WHERE "audit_entries"."seq" is not null;