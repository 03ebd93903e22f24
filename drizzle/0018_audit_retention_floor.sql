ALTER TYPE "public"."notice_kind" ADD VALUE 'audit_retention';--> statement-breakpoint
CREATE TABLE "audit_floor" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"min_days" integer NOT NULL,
	CONSTRAINT "audit_floor_only" CHECK ("audit_floor"."is_only" and "audit_floor"."min_days" between 1 and 36500)
);
--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "audit_retention_next" integer;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "audit_retention_next_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_audit_retention_next_bounds" CHECK (("projects"."audit_retention_next" is null) = ("projects"."audit_retention_next_at" is null)
        and ("projects"."audit_retention_next" is null or "projects"."audit_retention_next" between coalesce("projects"."retention_days", 36501) and 36500));