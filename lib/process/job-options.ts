import { sharedDatabase, type Database } from '@/db/client'
import { settings, type ReadySettings } from '@/lib/env'
import type { ServeOptions } from '@/lib/jobs/serve'
import { log } from '@/lib/log'
import { jobTasks } from '@/lib/jobs/tasks'
import { linkIn, type MailRecord } from '@/lib/notices/email'
import { queueDeliveries } from '@/lib/webhooks/queue'
import { sealKeyOf } from '@/lib/http/credential'

/** Most of a job is waiting for somebody else's server; a slow one takes one of these at most. */
const jobsAtOnce = 12

/**
 * What the job workers need, from the settings.
 * @param db the pool that jobs work on; that of the requests where it is missing
 */
export function jobOptions(
  setting: ReadySettings = settings(),
  db: Database = sharedDatabase(setting.databaseUrl, setting.databasePool),
): ServeOptions {
  const tasks = jobTasks({
    db,
    mail: setting,
    appUrl: setting.appUrl,
    queueDeliveries,
    webhooks: { sealKey: sealKeyOf(setting.authSecret), outboundAllow: setting.outboundAllow, now: Date.now },
    // In the demo there is no mailbox to look into, so the link is said on the terminal; an agent's params never are.
    ...(setting.demo
      ? {
          onKeptMail: (mail) =>
            void process.stderr.write(`Mail to ${mail.recipient}: ${mail.subject}\n${shortOf(mail)}\n`),
        }
      : {}),
  })
  return {
    databaseUrl: setting.databaseUrl,
    tasks,
    log: (line) => log.warn({ where: 'jobs' }, line),
    concurrency: jobsAtOnce,
  }
}

function shortOf(mail: MailRecord): string {
  return mail.kind === 'sign-in' || mail.kind === 'invitation' ? mail.text : (linkIn(mail) ?? '')
}
