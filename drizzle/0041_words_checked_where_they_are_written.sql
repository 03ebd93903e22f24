-- Nothing writes these columns but their defaults, and each statement that writes to the tables paid for the checks.
ALTER TABLE "approvals" DROP CONSTRAINT "approvals_kind", DROP CONSTRAINT "approvals_action", DROP CONSTRAINT "approvals_risk";--> statement-breakpoint
ALTER TABLE "runs" DROP CONSTRAINT "runs_risk";
