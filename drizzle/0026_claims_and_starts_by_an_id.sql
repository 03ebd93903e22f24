ALTER TABLE "approvals" ADD COLUMN "claim_hash" text;--> statement-breakpoint
ALTER TABLE "tool_calls" ADD COLUMN "metadata" text;--> statement-breakpoint
ALTER TABLE "tool_calls" ADD COLUMN "turn_id" text;--> statement-breakpoint
ALTER TABLE "tool_calls" ADD COLUMN "start_hash" text;