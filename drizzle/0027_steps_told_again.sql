ALTER TABLE "steps" ADD COLUMN "step_id" text;--> statement-breakpoint
ALTER TABLE "steps" ADD COLUMN "content_digest" text;--> statement-breakpoint
CREATE UNIQUE INDEX "steps_run_step_key" ON "steps" USING btree ("run_id","step_id") WHERE "steps"."step_id" is not null;