DROP INDEX "mail_items_waiting_of_approval";--> statement-breakpoint
DROP INDEX "notices_of_subject";--> statement-breakpoint
DROP INDEX "notices_subject_key";--> statement-breakpoint
ALTER TABLE "mail_items" DROP CONSTRAINT "mail_items_user_id_approval_id_kind_pk";--> statement-breakpoint
ALTER TABLE "mail_items" ADD CONSTRAINT "mail_items_approval_id_user_id_kind_pk" PRIMARY KEY("approval_id","user_id","kind");--> statement-breakpoint
CREATE UNIQUE INDEX "notices_subject_key" ON "notices" USING btree ("subject_id","user_id","kind");