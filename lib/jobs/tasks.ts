import { z } from 'zod'
import { sendMail, type MailDeps } from '@/lib/notices/email'

/** What a task may know of its job; `signal` fires where the process is about to stop. */
export type JobInfo = { attempts: number; maxAttempts: number; signal: AbortSignal | undefined }

/** Does one job. It may be called again for the same job, so it must bear that; throwing means: again later. */
export type Task = (payload: unknown, job: JobInfo) => Promise<void>
export type TaskList = Record<string, Task>

const MailPayload = z.object({ mail_id: z.string() })

/** The tasks that this version knows. */
export function jobTasks(deps: MailDeps): TaskList {
  return {
    send_mail: async (payload, job) => {
      await sendMail(deps, MailPayload.parse(payload).mail_id, job.signal)
    },
  }
}
