CREATE TABLE "approval_search_queue" (
	"project_id" text NOT NULL,
	"approval_id" text NOT NULL,
	CONSTRAINT "approval_search_queue_project_id_approval_id_pk" PRIMARY KEY("project_id","approval_id")
);
--> statement-breakpoint
CREATE TABLE "set_aside" (
	"kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"project_id" text NOT NULL,
	"tries" integer DEFAULT 1 NOT NULL,
	"error" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"retry_at" timestamp (3) with time zone,
	CONSTRAINT "set_aside_kind_subject_id_pk" PRIMARY KEY("kind","subject_id")
);
--> statement-breakpoint
CREATE INDEX "set_aside_at" ON "set_aside" USING btree ("at");