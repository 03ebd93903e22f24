CREATE TYPE "public"."deployers" AS ENUM('anyone', 'people');--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "deploys" "deployers" DEFAULT 'anyone' NOT NULL;