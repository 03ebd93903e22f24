ALTER TYPE "public"."webhook_format" ADD VALUE 'discord';--> statement-breakpoint
ALTER TYPE "public"."webhook_format" ADD VALUE 'google_chat';--> statement-breakpoint
ALTER TYPE "public"."webhook_format" ADD VALUE 'ntfy';--> statement-breakpoint
ALTER TABLE "webhooks" ADD COLUMN "quiet_until" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "deliveries_pending" ON "deliveries" USING btree ("webhook_id","event_id") WHERE "deliveries"."status" = 'pending';