ALTER TYPE "public"."approval_event_type" ADD VALUE 'voted';--> statement-breakpoint
ALTER TYPE "public"."approval_event_type" ADD VALUE 'edited';--> statement-breakpoint
ALTER TYPE "public"."approval_event_type" ADD VALUE 'extended';--> statement-breakpoint
ALTER TYPE "public"."approval_event_type" ADD VALUE 'assigned';--> statement-breakpoint
ALTER TYPE "public"."approval_event_type" ADD VALUE 'commented';--> statement-breakpoint
ALTER TYPE "public"."approval_event_type" ADD VALUE 'escalated';--> statement-breakpoint
ALTER TYPE "public"."approval_event_type" ADD VALUE 'denied';--> statement-breakpoint
ALTER TYPE "public"."decision_kind" ADD VALUE 'request_changes';--> statement-breakpoint
ALTER TYPE "public"."decision_kind" ADD VALUE 'withdraw';--> statement-breakpoint
ALTER TYPE "public"."decision_via" ADD VALUE 'slack';--> statement-breakpoint
ALTER TYPE "public"."decision_via" ADD VALUE 'grant';--> statement-breakpoint
ALTER TYPE "public"."decision_via" ADD VALUE 'script';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'your_turn';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'edited';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'comment';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'mention';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'escalated';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'assigned';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'unreachable';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'agent_paused';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'limit_near';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'override';--> statement-breakpoint
ALTER TYPE "public"."notice_kind" ADD VALUE 'proposal';--> statement-breakpoint
CREATE TABLE "comments" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"approval_id" text NOT NULL,
	"author_type" text NOT NULL,
	"author_id" text NOT NULL,
	"author_label" text NOT NULL,
	"body" text NOT NULL,
	"mentions" text[] DEFAULT '{}' NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "comments_author" CHECK ("comments"."author_type" in ('user', 'key'))
);--> statement-breakpoint
CREATE TABLE "absences" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"user_id" text NOT NULL,
	"delegate_id" text,
	"note" text,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "absences_order" CHECK ("absences"."starts_at" < "absences"."ends_at"),
	CONSTRAINT "absences_delegate" CHECK ("absences"."delegate_id" <> "absences"."user_id")
);--> statement-breakpoint
CREATE TABLE "group_members" (
	"group_id" text NOT NULL,
	"project_id" text NOT NULL,
	"user_id" text NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "group_members_group_id_user_id_pk" PRIMARY KEY("group_id","user_id")
);--> statement-breakpoint
CREATE TABLE "groups" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"source" text DEFAULT 'holdpoint' NOT NULL,
	"external_id" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "groups_slug_shape" CHECK ("groups"."slug" ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$'),
	CONSTRAINT "groups_source" CHECK ("groups"."source" in ('holdpoint', 'scim'))
);--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "paused_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "paused_by" text;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "pause_reason" text;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "owners" text[];--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "tools_id" text;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "paused_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "paused_by" text;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "pause_reason" text;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "time_zone" text DEFAULT 'UTC' NOT NULL;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "hours" text;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "break_glass" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "reviewer_stats" text DEFAULT 'own' NOT NULL;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "receipts" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "kind" text DEFAULT 'live' NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "external_id" text;--> statement-breakpoint
ALTER TABLE "absences" ADD CONSTRAINT "absences_project_id_user_id_members_project_id_user_id_fk" FOREIGN KEY ("project_id","user_id") REFERENCES "public"."members"("project_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_project_id_user_id_members_project_id_user_id_fk" FOREIGN KEY ("project_id","user_id") REFERENCES "public"."members"("project_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "groups" ADD CONSTRAINT "groups_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "comments_approval" ON "comments" USING btree ("approval_id","at","id");--> statement-breakpoint
CREATE INDEX "absences_member" ON "absences" USING btree ("project_id","user_id","ends_at");--> statement-breakpoint
CREATE INDEX "group_members_member" ON "group_members" USING btree ("project_id","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "groups_slug_key" ON "groups" USING btree ("project_id","slug");--> statement-breakpoint
CREATE UNIQUE INDEX "groups_external_id_key" ON "groups" USING btree ("project_id","external_id") WHERE "groups"."external_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "users_external_id_key" ON "users" USING btree ("external_id") WHERE "users"."external_id" is not null;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_kind" CHECK ("projects"."kind" in ('live', 'test'));--> statement-breakpoint
-- Last, so that it is short: what keeps others from reading and writing. New columns are null or constant, and what is
-- checked of new rows holds for the old, so that none of the tables is rewritten or read.
ALTER TABLE "runs"
  ADD COLUMN "labels" text[] DEFAULT '{}' NOT NULL,
  ADD COLUMN "risk" text,
  ADD CONSTRAINT "runs_risk" CHECK ("runs"."risk" in ('read_only', 'reversible', 'externally_reversible', 'irreversible')) NOT VALID;--> statement-breakpoint
ALTER TABLE "tool_calls"
  ADD COLUMN "facts" text;--> statement-breakpoint
ALTER TABLE "approvals" RENAME COLUMN "next_reminder_at" TO "next_step_at";--> statement-breakpoint
ALTER INDEX "approvals_reminders" RENAME TO "approvals_steps";--> statement-breakpoint
ALTER TABLE "approvals"
  ADD COLUMN "kind" text DEFAULT 'call' NOT NULL,
  ADD COLUMN "terms" text,
  ADD COLUMN "pools" text[],
  ADD COLUMN "edited_params" text,
  ADD COLUMN "edited_digest" text,
  ADD COLUMN "assignee_id" text,
  ADD COLUMN "risk" text,
  ADD COLUMN "grant_id" text,
  ADD COLUMN "batch_id" text,
  ADD COLUMN "supersedes" text,
  ADD COLUMN "action" text DEFAULT 'ask' NOT NULL,
  ADD COLUMN "extended_seconds" integer DEFAULT 0 NOT NULL,
  ADD COLUMN "comment_count" integer DEFAULT 0 NOT NULL,
  ADD CONSTRAINT "approvals_kind" CHECK ("approvals"."kind" in ('call', 'question')) NOT VALID,
  ADD CONSTRAINT "approvals_action" CHECK ("approvals"."action" in ('ask', 'deny')) NOT VALID,
  ADD CONSTRAINT "approvals_risk" CHECK ("approvals"."risk" in ('read_only', 'reversible', 'externally_reversible', 'irreversible')) NOT VALID,
  ADD CONSTRAINT "approvals_edited" CHECK (("approvals"."edited_params" is null) = ("approvals"."edited_digest" is null)) NOT VALID;--> statement-breakpoint
ALTER TABLE "decisions"
  ADD COLUMN "id" text,
  ADD COLUMN "seat_id" text,
  ADD COLUMN "digest" text,
  ADD COLUMN "params" text,
  ADD COLUMN "is_final" boolean DEFAULT true NOT NULL,
  ADD COLUMN "is_override" boolean DEFAULT false NOT NULL,
  ADD COLUMN "grant_id" text;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_approval_id_approvals_id_fk" FOREIGN KEY ("approval_id") REFERENCES "public"."approvals"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "approvals_superseded" ON "approvals" USING btree ("supersedes") WHERE "approvals"."supersedes" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "decisions_final_key" ON "decisions" USING btree ("approval_id",(case when "is_final" then '' else "id" end));--> statement-breakpoint
DROP INDEX "decisions_approval_reviewer_key";
