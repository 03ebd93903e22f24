ALTER TABLE "audit_entries" ADD COLUMN "credential_id" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "request_id" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "id" text DEFAULT 'ses_' || left(replace(gen_random_uuid()::text, '-', ''), 26) NOT NULL;