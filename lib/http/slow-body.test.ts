import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { api } from './api'
import { toResponse } from './answer'
import { answerApi } from './router'

beforeAll(() => {
  Object.assign(process.env, {
    DATABASE_URL: 'postgres://nobody@localhost:1/none',
    AUTH_SECRET: 'test-secret-of-more-than-thirty-two-characters-4711',
  })
  vi.useFakeTimers()
})
afterAll(() => vi.useRealTimers())

const open = Object.entries(api).flatMap(([call, { def }]) =>
  def.need === 'everybody' && def.input ? [call.split(' ') as [string, string]] : [],
)

test('strangers may send a body to two addresses', () => {
  expect(open.map((call) => call.join(' '))).toEqual(['POST /device', 'POST /device/token'])
})

test.each(open)(
  '%s %s has half a minute for its body, whatever the database may take',
  async (method, path) => {
    const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) })
    const target = `/api${path}`
    const headers = { 'Content-Type': 'application/json' }
    const request = new Request(`http://localhost${target}`, {
      method,
      headers,
      body,
      duplex: 'half',
    } as RequestInit)
    const answered = answerApi(request, target)
    await vi.advanceTimersByTimeAsync(30_000)
    const answer = toResponse(await answered)
    expect([answer.status, await answer.json()]).toMatchObject([408, { code: 'body_too_slow' }])
  },
)
