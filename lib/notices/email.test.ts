import { eq } from 'drizzle-orm'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '@/db/client'
import { mails } from '@/db/schema/notices'
import { serveJobs } from '@/lib/jobs/serve'
import { jobTasks } from '@/lib/jobs/tasks'
import { createTestDatabase } from '@/lib/testing/database'
import { withoutWebhooks } from '@/lib/testing/without-webhooks'
import { linkIn, queueMail, sendMail, type MailDeps, type MailRecord, type NewMail } from './email'

type Received = { headers: IncomingHttpHeaders; body: Record<string, unknown> }
type Answer = (response: ServerResponse) => void

type Opened = ReturnType<typeof openDatabase>
let made: Awaited<ReturnType<typeof createTestDatabase>>
let opened: Opened
let db: Opened['db']
let resend: Server
let received: Received[] = []
let answers: Answer[] = []

const answer =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }
const accepted = answer(200, { id: 're_1' })
const loseAnswer: Answer = (response) => response.destroy()

beforeAll(async () => {
  made = await createTestDatabase()
  opened = openDatabase(made.url)
  db = opened.db
  resend = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      received.push({ headers: request.headers, body: JSON.parse(text) as Record<string, unknown> })
      const next = answers.shift() ?? accepted
      next(response)
    })
  })
  await new Promise<void>((resolve) => resend.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  resend.close()
  await opened.close()
  await made.drop()
})
beforeEach(() => {
  received = []
  answers = []
})

function deps(apiKey: string | undefined = 're_test'): MailDeps {
  const resendBaseUrl = `http://127.0.0.1:${(resend.address() as AddressInfo).port}`
  return { db, mail: { resendApiKey: apiKey, resendBaseUrl, emailFrom: 'Holdpoint <hold@example.com>' } }
}

let count = 0
function newMail(change: Partial<NewMail> = {}): NewMail {
  const link = `http://localhost:3000/sign-in/confirm?token=secret-${++count}`
  return {
    idempotencyKey: `test:${count}`,
    kind: 'sign-in',
    recipient: 'to@example.com',
    subject: 'Subject',
    html: `<a href="${link}">in</a>`,
    text: `in ${link}`,
    projectId: null,
    ...change,
  }
}

const rowOf = async (id: string | undefined) =>
  (
    await db
      .select()
      .from(mails)
      .where(eq(mails.id, id ?? ''))
  )[0]

describe('queueMail', () => {
  test('exists exactly if the transaction commits, job included', async () => {
    const mail = newMail()
    const jobsNow = async () =>
      (await db.execute(`select 1 from graphile_worker.jobs where task_identifier = 'send_mail'`)).length
    const before = await jobsNow()
    const undone = db.transaction(async (tx) => {
      await queueMail(tx, mail)
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    expect(await jobsNow()).toBe(before)
    expect(await db.select().from(mails).where(eq(mails.idempotencyKey, mail.idempotencyKey))).toEqual([])
    expect(await queueMail(db, mail)).toBeDefined()
    expect(await queueMail(db, { ...mail, text: 'another' })).toBeUndefined()
    expect(await jobsNow()).toBe(before + 1)
  })
})

describe('sendMail', () => {
  test('sends to one address with the key, once, and forgets the one-time link', async () => {
    const mail = newMail()
    const id = await queueMail(db, mail)
    expect(await sendMail(deps(), id!)).toBe('sent')
    expect(await sendMail(deps(), id!)).toBe('sent')
    expect(received).toHaveLength(1)
    expect(received[0]?.headers).toMatchObject({
      'idempotency-key': mail.idempotencyKey,
      authorization: 'Bearer re_test',
    })
    const { html, text, subject } = mail
    expect(received[0]?.body).toEqual({
      from: 'Holdpoint <hold@example.com>',
      to: ['to@example.com'],
      subject,
      html,
      text,
    })
    const row = await rowOf(id)
    expect(row).toMatchObject({ providerId: 're_1', sentAt: expect.any(Date) as Date })
    expect(`${row?.html}${row?.text}`).not.toContain('secret-')
  })

  test('500, then a lost answer, then success: the same key and content each time', async () => {
    const mail = newMail()
    const id = await queueMail(db, mail)
    answers = [answer(500, { name: 'internal', statusCode: 500, message: 'no' }), loseAnswer]
    await expect(sendMail(deps(), id!)).rejects.toThrow(/Resend answered 500/)
    await expect(sendMail(deps(), id!)).rejects.toThrow(/Resend answered nothing/)
    expect((await rowOf(id))?.sentAt).toBeNull()
    await sendMail(deps(), id!)
    expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual(
      Array(3).fill(mail.idempotencyKey),
    )
    expect(new Set(received.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  })

  test.each([
    [422, 'PermanentJobError'],
    [403, 'PermanentJobError'],
    [429, 'Error'],
    [409, 'Error'],
    [503, 'Error'],
  ])('an answer %i throws %s', async (status, name) => {
    const id = await queueMail(db, newMail())
    answers = [answer(status, { name: 'refused', statusCode: status, message: 'because' })]
    await expect(sendMail(deps(), id!)).rejects.toMatchObject({ name })
    expect((await rowOf(id))?.sentAt).toBeNull()
  })

  test('without a key the mail stays and is told', async () => {
    const kept: MailRecord[] = []
    const id = await queueMail(db, newMail())
    const without = { ...deps(), mail: { ...deps().mail, resendApiKey: undefined } }
    expect(await sendMail({ ...without, onKeptMail: (mail) => kept.push(mail) }, id!)).toBe('kept')
    expect(kept.map((mail) => linkIn(mail))).toEqual([
      `http://localhost:3000/sign-in/confirm?token=secret-${count}`,
    ])
    expect((await rowOf(id))?.sentAt).toBeNull()
    expect(received).toEqual([])
  })
})

describe('served by the job worker', () => {
  let serving: Awaited<ReturnType<typeof serveJobs>> | undefined
  afterEach(async () => {
    await serving?.stop()
    serving = undefined
  })
  const serve = async () => {
    serving = await serveJobs({
      databaseUrl: made.url,
      tasks: jobTasks({ ...deps(), appUrl: 'http://localhost:3000', ...withoutWebhooks }),
    })
  }
  const until = async (isDone: () => Promise<boolean>) => {
    while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 25))
  }
  const jobOf = async (id: string) => {
    const [row] = await db.execute<{
      attempts: number
      max: number
      lockedBy: string | null
      error: string | null
    }>(`
      select attempts, max_attempts as max, locked_by as "lockedBy", last_error as error
      from graphile_worker._private_jobs where payload->>'mail_id' = '${id}'`)
    return row
  }
  // What earlier tests queued is not sent by these.
  beforeEach(async () => void (await db.execute('delete from graphile_worker._private_jobs')))

  test('a committed mail leaves by itself; a failed one is tried again', async () => {
    await serve()
    answers = [answer(500, { name: 'internal', statusCode: 500, message: 'no' })]
    const id = await queueMail(db, newMail())
    await until(async () => (await rowOf(id))?.sentAt != null)
    expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(2).fill(`test:${count}`))
    await until(async () => (await jobOf(id!)) === undefined)
  })

  test.each([
    [429, '90', 85, 91],
    [503, new Date(Date.now() + 90_000).toUTCString(), 60, 91],
    [429, '86400', 3590, 3601],
    [429, 'soon', 0, 4],
    [500, '1', 0, 4],
  ])(
    'an answer %i with Retry-After: %s is tried again after %i to %i s',
    async (status, after, least, most) => {
      answers = [
        answer(status, { name: 'refused', statusCode: status, message: 'no' }, { 'retry-after': after }),
      ]
      const id = await queueMail(db, newMail())
      await serve()
      const waitOf = async () => {
        const [row] = await db.execute<{ wait: number; error: string | null; held: string | null }>(`
        select extract(epoch from run_at - clock_timestamp())::float as wait, last_error as error, locked_by as held
        from graphile_worker._private_jobs where payload->>'mail_id' = '${id}'`)
        return row?.error && row.held === null ? row.wait : undefined
      }
      await until(async () => ((await waitOf()) ?? -1) >= least)
      expect(await waitOf()).toBeLessThan(most)
      expect(received).toHaveLength(1)
      expect(await jobOf(id!)).toMatchObject({ attempts: 1, max: 25 })
    },
  )

  test('a mail that is refused for good is parked with the reason', async () => {
    await serve()
    answers = [answer(422, { name: 'validation_error', statusCode: 422, message: 'bad address' })]
    const id = await queueMail(db, newMail())
    await until(async () => (await jobOf(id!))?.error != null && (await jobOf(id!))?.attempts === 25)
    expect(await jobOf(id!)).toMatchObject({
      max: 25,
      lockedBy: null,
      error: 'Resend answered 422 (validation_error): bad address',
    })
    expect(received).toHaveLength(1)
  })
})
