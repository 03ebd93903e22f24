ALTER TABLE "runs" ADD COLUMN "truncated_bytes" integer;--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "truncated_bytes" integer;--> statement-breakpoint
ALTER TABLE "tool_calls" ADD COLUMN "truncated_bytes" integer;--> statement-breakpoint
ALTER TABLE "tool_calls" ADD COLUMN "result_digest" text;