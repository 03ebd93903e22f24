import type { Problem } from '@/lib/http/problem'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import type { ActionResult } from '@/lib/sign-in/action'
import { deadlineMs } from './fetch-json'

/**
 * Sends JSON to our own API from the browser, for a read that needs a body.
 * @throws where no answer came, or none of the API's
 */
export async function postJson<T>(path: string, body: unknown): Promise<ActionResult<T>> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    body: writeJson(body),
    cache: 'no-store',
    signal: AbortSignal.timeout(deadlineMs),
  })
  const answer = readJson(await response.text())
  return response.ok ? { ok: true, value: answer as T } : { ok: false, problem: answer as Problem }
}
