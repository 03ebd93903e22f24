import { sql } from 'drizzle-orm'
import { connect, type Holdpoint, type Options } from '@/lib/client/connect'
import { Life } from '@/lib/client/life'
import type { Event } from '@/lib/client/call'
import { makeTestProject } from './project'
import type { Rest } from './rest'

/** One request of the client: what it asks, and how it is sent on. */
export type Passing = { call: string; body: string; prefer: string | null; send: () => Promise<Response> }

/** What stands between a client and the server: answers in its place, sends on, or loses what was answered. */
export type Between = (passing: Passing) => Promise<Response>

export type Agent = {
  hp: Holdpoint
  /** `POST /approvals` and so on, in their order. */
  calls: string[]
  events: Event[]
  /** Takes effect at the next request. */
  between: Between | undefined
}

type Held = { id: string; run_id: string; digest: string }

/** A project, its people and as many lives of its agent as a test needs. */
export async function makeAgents(rest: Rest) {
  const project = await makeTestProject(rest.db)
  const reviewer = await project.member('reviewer')
  const { token } = await project.key(['run'])

  /** The agent in a process of its own, as far as Holdpoint can tell. */
  function live(options: Options = {}): Agent {
    const agent: Agent = { hp: undefined as never, calls: [], events: [], between: undefined }
    const pass: typeof fetch = (input, init = {}) => {
      const { pathname } = new URL(String(input))
      const call = `${init.method} ${pathname.replace('/api', '').replace(/(apr|run)_\w{26}/, '$1')}`
      agent.calls.push(call)
      const send = () => fetch(input, init)
      const passing = { call, body: String(init.body), prefer: new Headers(init.headers).get('prefer'), send }
      return agent.between ? agent.between(passing) : send()
    }
    const onEvent = (event: Event) => agent.events.push(event)
    agent.hp = connect(
      { url: rest.url, key: token, agent: 'tester', fetch: pass, onEvent, ...options },
      new Life(),
    )
    return agent
  }

  /** The one approval of a call, once it is there. */
  async function held(toolCallId: string, status = 'pending'): Promise<Held> {
    for (const end = Date.now() + 60_000; ;) {
      const query = `status=${status}&tool_call_id=${encodeURIComponent(toolCallId)}`
      const { body } = await rest.call('GET', `/api/approvals?${query}`, { token: reviewer.token })
      const [found] = (body.items ?? []) as Held[]
      if (found) return found
      if (Date.now() > end) throw new Error(`nothing is ${status} as ${toolCallId}`)
      await new Promise((done) => setTimeout(done, 50))
    }
  }

  /** @param params approved in place of what the agent asked for */
  async function decide(
    toolCallId: string,
    decision: 'approve' | 'reject',
    reason?: string,
    params?: object,
  ): Promise<void> {
    const { id, digest } = await held(toolCallId)
    const body = { decision, reason, ...(params && { params, digest }) }
    const { status } = await rest.call('POST', `/api/approvals/${id}/decisions`, {
      token: reviewer.token,
      body,
    })
    if (status !== 201) throw new Error(`the decision was answered ${status}`)
  }

  async function expireApproval(id: string): Promise<void> {
    await rest.db.execute(
      sql`update approvals set expires_at = clock_timestamp() - interval '1 millisecond' where id = ${id}`,
    )
  }

  return {
    ...project,
    token,
    reviewer,
    live,
    held,
    decide,
    expire: async (toolCallId: string) => expireApproval((await held(toolCallId)).id),
    expireApproval,
    /** Sets an approval's decision so far back that its grant is over. */
    lapse: async (toolCallId: string) => {
      const { id } = await held(toolCallId, 'approved')
      await rest.db.execute(
        sql`update approvals set resolved_at = resolved_at - interval '16 minutes' where id = ${id}`,
      )
    },
    call: async (run: string, toolCallId: string) => {
      const path = `/api/runs/${run}/tool-calls/${encodeURIComponent(toolCallId)}`
      return (await rest.call('GET', path, { token })).body as Record<string, unknown>
    },
  }
}

export type Agents = Awaited<ReturnType<typeof makeAgents>>

/** Sends the matching request on and loses the answer, so many times. */
export function lose(call: RegExp, times = 1): Between {
  let lost = 0
  return async ({ call: made, send }) => {
    const answer = await send()
    if (!call.test(made) || lost >= times) return answer
    lost++
    await answer.arrayBuffer()
    throw new TypeError('fetch failed', { cause: new Error('the answer was lost') })
  }
}
