DROP INDEX "approval_events_approval";--> statement-breakpoint
DROP INDEX "decisions_project";--> statement-breakpoint
DROP INDEX "approval_events_seq_key";--> statement-breakpoint
DROP INDEX "audit_entries_seq_key";--> statement-breakpoint
DROP INDEX "runs_external_id_key";--> statement-breakpoint
CREATE UNIQUE INDEX "approval_events_seq_key" ON "approval_events" USING btree ("project_id","seq") WHERE "approval_events"."seq" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_entries_seq_key" ON "audit_entries" USING btree ("project_id","seq") WHERE "audit_entries"."seq" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_external_id_key" ON "runs" USING btree ("project_id","external_id") WHERE "runs"."external_id" is not null;