import { setTimeout as pause } from 'node:timers/promises'
import { listen } from '@/lib/client/decided'
import type { Approval } from '@/lib/client/approval'
import { Problem } from '@/lib/client/errors'
import { isObject } from '@/lib/client/json'
import { readList } from '../list'
import type { Server } from '../server'

/** What is known now: all that is pending, or one approval as it has become. */
export type News = { pending: Approval[] } | { one: Approval }

const pollMs = 5000
/** More are not listed. */
const mostListed = 500

/**
 * What is pending, then each change, until the signal; it looks again whenever a connection opens or ends.
 * @throws Problem where the credential opens nothing (any more), the reason of the signal
 */
export async function* feed(
  server: Server,
  agent: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<News> {
  const position = { lastEventId: undefined }
  for (;;) {
    for await (const news of listen(server.http, position, [signal])) {
      if (news === undefined) yield { pending: await readPending(server, agent) }
      else {
        const one = await readOne(server, news)
        if (one && (agent === undefined || one.agent === agent)) yield { one }
      }
    }
    yield { pending: await readPending(server, agent) }
    await pause(pollMs, undefined, { signal })
  }
}

async function readPending(server: Server, agent: string | undefined): Promise<Approval[]> {
  const filter = { status: 'pending', sort: 'deadline', agent }
  return (await readList<Approval>(server, '/approvals', filter, mostListed)).items
}

/** undefined where it is there no more. */
export async function readOne(server: Server, id: string): Promise<Approval | undefined> {
  try {
    return await server.get<Approval>(`/approvals/${id}`, (body) => isObject(body) && body.id === id)
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_found') return undefined
    throw error
  }
}
