CREATE TABLE "approval_search" (
	"approval_id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"tool_call_id" text NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
-- What was asked before; from here on the dispatcher fills it (lib/approvals/fill-search.ts, the same text).
INSERT INTO "approval_search" ("approval_id", "project_id", "tool_call_id", "text")
SELECT a.id, a.project_id, c.tool_call_id,
	left(lower(concat_ws(chr(31), a.tool, a.agent_name, a.message, c.description, r.external_id, c.params)), 65536)
FROM approvals a JOIN tool_calls c ON c.id = a.call_id JOIN runs r ON r.id = a.run_id;--> statement-breakpoint
DROP INDEX "approvals_list";--> statement-breakpoint
DROP INDEX "runs_list";--> statement-breakpoint
DROP INDEX "runs_list_by_agent";--> statement-breakpoint
ALTER TABLE "approval_search" ADD CONSTRAINT "approval_search_approval_id_approvals_id_fk" FOREIGN KEY ("approval_id") REFERENCES "public"."approvals"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "approval_search_tool_call" ON "approval_search" USING btree ("project_id","tool_call_id");--> statement-breakpoint
CREATE INDEX "approval_search_text" ON "approval_search" USING gin ("project_id","text" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "approvals_decided_by_tool" ON "approvals" USING btree ("project_id","tool","status","requested_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE "approvals"."status" <> 'pending';--> statement-breakpoint
CREATE INDEX "approvals_decided_by_agent" ON "approvals" USING btree ("project_id","agent_name","status","requested_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE "approvals"."status" <> 'pending';--> statement-breakpoint
CREATE INDEX "runs_list_by_agent" ON "runs" USING btree ("project_id","agent_name","status","started_at" DESC NULLS LAST,"id" DESC NULLS LAST);