CREATE TABLE "device_logins" (
	"device_hash" text PRIMARY KEY NOT NULL,
	"code_hash" text NOT NULL,
	"name" text NOT NULL,
	"address" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"polled_at" timestamp (3) with time zone,
	"is_denied" boolean DEFAULT false NOT NULL,
	"project_id" text,
	"user_id" text,
	"session_id" text,
	CONSTRAINT "device_logins_confirmed" CHECK (("device_logins"."project_id" is null) = ("device_logins"."user_id" is null))
);
--> statement-breakpoint
ALTER TABLE "device_logins" ADD CONSTRAINT "device_logins_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_logins" ADD CONSTRAINT "device_logins_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "device_logins_code_hash_key" ON "device_logins" USING btree ("code_hash");--> statement-breakpoint
CREATE INDEX "device_logins_expires" ON "device_logins" USING btree ("expires_at");