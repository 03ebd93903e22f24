import { and, eq, isNull, sql } from 'drizzle-orm'
import { Resend } from 'resend'
import type { Database, Queryable } from '@/db/client'
import { mails } from '@/db/schema/notices'
import { newId } from '@/lib/ids'
import { addJob } from '@/lib/jobs/add'
import { LaterJobError } from '@/lib/jobs/later-error'
import { PermanentJobError } from '@/lib/jobs/permanent-error'
import { retryAfterMs } from '@/lib/outbound/retry-after'

/** A mail to one person, complete before it is queued, so that every retry sends the same. */
export type NewMail = {
  /** The same for every try to write this mail: a second one is not queued. */
  idempotencyKey: string
  kind: 'sign-in' | 'invitation' | 'approval' | 'webhook' | 'project' | 'policy'
  /** One address. */
  recipient: string
  subject: string
  html: string
  text: string
  projectId: string | null
}

export type MailRecord = typeof mails.$inferSelect

export type MailSettings = {
  /** Without a key, mails stay in the database. */
  resendApiKey: string | undefined
  resendBaseUrl: string | undefined
  emailFrom: string
}

export type MailDeps = {
  db: Database
  mail: MailSettings
  /** Told of each mail that stays here because there is no mail service. */
  onKeptMail?: (mail: MailRecord) => void
}

const deadlineMs = 15_000

/**
 * Writes a mail and the job that sends it, in the caller's transaction.
 * @returns its id, or undefined where a mail of this key is written already
 */
export async function queueMail(tx: Queryable, mail: NewMail): Promise<string | undefined> {
  const id = newId('mail')
  const [written] = await tx
    .insert(mails)
    .values({ ...mail, id })
    .onConflictDoNothing({ target: mails.idempotencyKey })
    .returning({ id: mails.id })
  if (!written) return undefined
  await addJob(tx, 'send_mail', { mail_id: id })
  return id
}

/**
 * Sends a queued mail through Resend, or leaves it where there is no key. A mail that was sent is not sent
 * again; one whose answer was lost carries the same `Idempotency-Key` the next time. One-time links are taken
 * out of what is kept once it is sent.
 * @throws PermanentJobError where Resend refuses the mail for good, LaterJobError where it says when to try again,
 * Error where trying again may help
 */
export async function sendMail(
  deps: MailDeps,
  mailId: string,
  signal?: AbortSignal,
): Promise<'sent' | 'kept'> {
  const [mail] = await deps.db
    .select()
    .from(mails)
    .where(and(eq(mails.id, mailId), isNull(mails.sentAt)))
  if (!mail) return 'sent'
  if (!deps.mail.resendApiKey) {
    deps.onKeptMail?.(mail)
    return 'kept'
  }
  const providerId = await deliver(deps.mail, deps.mail.resendApiKey, mail, signal)
  await deps.db
    .update(mails)
    .set({
      sentAt: sql`clock_timestamp()`,
      providerId,
      html: withoutOneTimeLinks(mail.html),
      text: withoutOneTimeLinks(mail.text),
    })
    .where(eq(mails.id, mail.id))
  return 'sent'
}

async function deliver(
  settings: MailSettings,
  apiKey: string,
  mail: MailRecord,
  signal: AbortSignal | undefined,
): Promise<string> {
  const resend = new Resend(apiKey, settings.resendBaseUrl ? { baseUrl: settings.resendBaseUrl } : {})
  const deadline = AbortSignal.timeout(deadlineMs)
  const { data, error, headers } = await resend.emails.send(
    {
      from: settings.emailFrom,
      to: [mail.recipient],
      subject: mail.subject,
      html: mail.html,
      text: mail.text,
    },
    { idempotencyKey: mail.idempotencyKey, signal: signal ? AbortSignal.any([signal, deadline]) : deadline },
  )
  if (!error) return data.id
  const words = `Resend answered ${error.statusCode ?? 'nothing'} (${error.name}): ${error.message}`
  if (isForGood(error.statusCode)) throw new PermanentJobError(words)
  const pauseMs = retryAfterMs(headers ?? {})
  throw pauseMs === undefined ? new Error(words) : new LaterJobError(words, pauseMs)
}

/** Timeouts, a same-key request under way (409) and too many requests pass; other refusals stay. */
function isForGood(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status)
}

const oneTimeLink = /(\/sign-in\/confirm\?token=|\/invite\/)[\w-]+/g

function withoutOneTimeLinks(body: string): string {
  return body.replace(oneTimeLink, '$1(removed)')
}

/** The first link in a mail's text: what an operator without a mail service is shown. */
export function linkIn(mail: Pick<MailRecord, 'text'>): string | undefined {
  return /https?:\/\/\S+/.exec(mail.text)?.[0]
}
