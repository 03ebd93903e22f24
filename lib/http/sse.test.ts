import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Context } from '@/lib/context'
import { eventStream } from './sse'

describe('five hundred streams of a project', () => {
  const streamOf = (projectId: string, credential: number, hangUp = new AbortController()) => {
    const actor = { type: 'key', id: `key_${credential}`, label: 'k', scopes: ['read'], via: 'api' }
    const ctx = { project: { id: projectId }, actor } as unknown as Context
    async function* never(signal: AbortSignal) {
      yield null
      while (!signal.aborted) await pause(20)
    }
    return { response: eventStream(ctx, never, hangUp.signal), hangUp }
  }

  test('the 501st is refused, another project’s is not; hung up or cancelled, each makes room', async () => {
    const opened = Array.from({ length: 500 }, (_, i) => streamOf('prj_a', i))
    expect(() => streamOf('prj_a', 900)).toThrow(/This project has 500 streams open/)
    const other = streamOf('prj_b', 901)
    opened[0]!.hangUp.abort()
    const hungUpBefore = new AbortController()
    hungUpBefore.abort()
    streamOf('prj_a', 902, hungUpBefore)
    const one = streamOf('prj_a', 903)
    expect(() => streamOf('prj_a', 904)).toThrow(/This project/)
    await one.response.body?.cancel()
    const two = streamOf('prj_a', 905)
    for (const { hangUp } of [...opened, other, two]) hangUp.abort()
    const again = Array.from({ length: 500 }, (_, i) => streamOf('prj_a', i))
    for (const { hangUp } of again) hangUp.abort()
  })
})
