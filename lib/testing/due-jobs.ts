import { sql } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { drainJobs } from '@/lib/jobs/serve'
import { jobTasks, type JobDeps } from '@/lib/jobs/tasks'
import { dispatchEvents } from '@/lib/outbox/dispatch'
import type { FakeResend } from './resend'
import { withoutWebhooks } from './without-webhooks'

type Deps = JobDeps & { db: Database }

/** For jobs of projects that have no webhook; mails are kept where there is no service to take them. */
export function jobDeps(db: Database, resend?: FakeResend): Deps {
  return {
    db,
    appUrl: 'https://hold.example.com',
    mail: {
      resendApiKey: resend && 're_test',
      resendBaseUrl: resend?.url,
      emailFrom: 'Holdpoint <hold@example.com>',
    },
    ...withoutWebhooks,
  }
}

/** Dispatches what happened and does every job that is due, but for those of these names. */
export async function doJobs(url: string, deps: Deps, without: string[] = []) {
  await dispatchEvents(deps.db)
  const tasks = Object.entries(jobTasks(deps)).filter(([name]) => !without.includes(name))
  return drainJobs({ databaseUrl: url, tasks: Object.fromEntries(tasks) })
}

/** Lets the minute be over in which nobody who was mailed is mailed again. */
export async function passMinute(db: Database): Promise<void> {
  await db.execute(sql`update mails set created_at = created_at - interval '61 seconds'`)
  await db.execute(sql`update graphile_worker._private_jobs set run_at = now() where key like 'mail:%'`)
}
