ALTER TABLE "approvals" DROP CONSTRAINT "approvals_run_id_runs_id_fk";
--> statement-breakpoint
ALTER TABLE "runs" DROP CONSTRAINT "runs_agent_id_agents_id_fk";
