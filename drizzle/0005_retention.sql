CREATE TABLE "audit_prunings" (
	"project_id" text NOT NULL,
	"from_seq" bigint NOT NULL,
	"through_seq" bigint NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"pruned_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"transaction_id" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT "audit_prunings_project_id_through_seq_pk" PRIMARY KEY("project_id","through_seq"),
	CONSTRAINT "audit_prunings_order" CHECK ("audit_prunings"."from_seq" between 1 and "audit_prunings"."through_seq")
);
--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "audit_retention_days" integer;--> statement-breakpoint
CREATE INDEX "invitations_expires" ON "invitations" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sessions_expires" ON "sessions" USING btree ("expires");--> statement-breakpoint
CREATE INDEX "verification_tokens_expires" ON "verification_tokens" USING btree ("expires");--> statement-breakpoint
CREATE INDEX "mail_items_waiting_of_approval" ON "mail_items" USING btree ("approval_id") WHERE "mail_items"."mail_id" is null;--> statement-breakpoint
CREATE INDEX "mail_items_created" ON "mail_items" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE INDEX "mails_project" ON "mails" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE INDEX "notices_created" ON "notices" USING btree ("project_id","created_at");--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_audit_retention_bounds" CHECK ("projects"."audit_retention_days" is null or ("projects"."audit_retention_days" between coalesce("projects"."retention_days", 36501) and 36500));