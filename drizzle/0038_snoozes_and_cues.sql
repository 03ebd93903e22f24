CREATE TABLE "approval_cues" (
	"approval_id" text PRIMARY KEY NOT NULL,
	"edited_digest" text,
	"kinds" text[]
);
--> statement-breakpoint
CREATE TABLE "snoozes" (
	"approval_id" text NOT NULL,
	"user_id" text NOT NULL,
	"project_id" text NOT NULL,
	"ends_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "snoozes_approval_id_user_id_pk" PRIMARY KEY("approval_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "approval_cues" ADD CONSTRAINT "approval_cues_approval_id_approvals_id_fk" FOREIGN KEY ("approval_id") REFERENCES "public"."approvals"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snoozes" ADD CONSTRAINT "snoozes_approval_id_approvals_id_fk" FOREIGN KEY ("approval_id") REFERENCES "public"."approvals"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snoozes" ADD CONSTRAINT "snoozes_project_id_user_id_members_project_id_user_id_fk" FOREIGN KEY ("project_id","user_id") REFERENCES "public"."members"("project_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "snoozes_person" ON "snoozes" USING btree ("project_id","user_id","ends_at");