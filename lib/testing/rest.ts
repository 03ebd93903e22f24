import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { closeSharedDatabase, sharedDatabase, type Database } from '@/db/client'
import { checkAnswer } from './check-answer'
import { createTestDatabase } from './database'
import { openFront } from './rest-front'

export type Answer = {
  status: number
  headers: Headers
  /** The JSON body, or undefined without one. */
  // eslint-disable-next-line -- tests read fields of whatever came
  body: Record<string, unknown> & { items?: Record<string, unknown>[] }
  text: string
}

export type Rest = {
  url: string
  db: Database
  databaseUrl: string
  /** One request; `body` is sent as JSON unless it is text or bytes. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  close(): Promise<void>
}

export type CallOptions = {
  token?: string
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
  /** Where the test is about a database that does not answer. */
  isSentOnce?: boolean
}

type TestDatabase = { url: string; drop(): Promise<void> }

/**
 * A real Holdpoint API over HTTP on loopback with a database of its own and the background work, behind our own front,
 * or behind Next for the tests that `npm test` runs with both (`rest-tests.mjs`).
 */
export async function startRest(
  env: Record<string, string> = {},
  given?: TestDatabase,
  { withBackground = true } = {},
): Promise<Rest> {
  const database = given ?? (await createTestDatabase())
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    AUTH_SECRET: 'test-secret-of-more-than-thirty-two-characters-4711',
    APP_URL: 'http://localhost:3000',
    CRON_SECRET: 'cron-secret-for-tests',
    RATE_LIMIT_PER_MINUTE: '0',
    ...env,
  })
  const { readSettings, requireReady, settings } = await import('@/lib/env')
  // whoever holds them holds those of the file before, where files share a process
  Object.assign(settings(), requireReady(readSettings(process.env)))
  const { startBackground } = await import('@/lib/process/background')
  const { closeStreams } = await import('@/lib/http/sse')
  const { drained } = await import('@/lib/process/drain')
  const { refuseUpgrades } = await import('@/lib/http/door')
  const front = await openFront()
  const background = withBackground ? await startBackground(settings()) : undefined
  const server = createServer((incoming, outgoing) => {
    void front.handle(incoming, outgoing).catch(() => outgoing.destroy())
  })
  refuseUpgrades(server)
  // a busy machine would close a connection in the moment that somebody sends on it
  server.keepAliveTimeout = 600_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    db: sharedDatabase(database.url),
    databaseUrl: database.url,
    call: (method, path, options) => callUntilServed(url, method, path, options),
    close: async () => {
      closeStreams()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await Promise.all([background?.stop(), front.close()])
      await drained()
      await closeSharedDatabase()
      await database.drop()
      // the next file in the process has the usual ones
      for (const name of Object.keys(env)) delete process.env[name]
    },
  }
}

const mostTries = 3

/** Sends again, as clients do, what the database of a busy machine took too long for; it says so. */
async function callUntilServed(...request: Parameters<typeof call>): Promise<Answer> {
  const [, method, path, options] = request
  for (let tries = 1; ; tries++) {
    const answer = await call(...request)
    const isUnserved = answer.status === 503 && answer.body.code === 'unavailable'
    if (!isUnserved || tries === mostTries || options?.isSentOnce) return answer
    console.warn(`${method} ${path} was answered 503 and is sent again: ${String(answer.body.detail)}`)
    await new Promise((resolve) => setTimeout(resolve, 500 * tries))
  }
}

/**
 * One request to a server at `url`.
 * @throws Error where a verb's answer is not what its `output` says, or its refusal not one of `refuses`
 */
export async function call(
  url: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const { token, body, headers = {}, signal } = options
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
  const text = await response.text()
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '')
  const answer = {
    status: response.status,
    headers: response.headers,
    body: isJson && text ? JSON.parse(text) : {},
    text,
  }
  checkAnswer(method, path, { ...answer, isJson })
  return answer
}
