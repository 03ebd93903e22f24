import { requestText, type HttpConnection } from './http-connection'
import { expectStatus, withConnections } from './load'
import { askBody, freeTool, gatedTool, refundParams, type BenchProject } from './project'

/** What an agent and a reviewer call in a day, each over a connection of the caller's. */
export type Calls = ReturnType<typeof callsOf>

/** The calls of one project; each throws where the answer is not the one that it should be. */
export function callsOf({ agentToken, reviewerToken }: BenchProject) {
  const post = (token: string, path: string, body: unknown) => requestText('POST', path, { token, body })
  const live = requestText('GET', '/api/health/live')
  return {
    /** The answer that needs neither a credential nor the database. */
    still: async (connection: HttpConnection) =>
      expectStatus(await connection.send(live), 200, 'The static answer'),
    askFree: async (connection: HttpConnection) => {
      const request = post(agentToken, '/api/approvals', askBody(freeTool))
      expectStatus(await connection.send(request), 200, 'A free call')
    },
    /** @returns the approval's id */
    askGated: async (connection: HttpConnection): Promise<string> => {
      const request = post(agentToken, '/api/approvals', askBody(gatedTool))
      return idOf(expectStatus(await connection.send(request), 201, 'A gated call').body)
    },
    /** Asks and holds on until the call is approved, and so claimed. */
    askAndClaim: async (connection: HttpConnection) => {
      const body = { ...askBody(gatedTool), claim_id: 'bench' }
      const request = requestText('POST', '/api/approvals', { token: agentToken, wait: 55, body })
      const answer = JSON.parse(expectStatus(await connection.send(request), 201, 'A held ask').body) as {
        run_id: string
        tool_call_id: string
        claimed_at: string | null
      }
      if (answer.claimed_at === null) throw new Error('A held ask was not claimed.')
      return answer
    },
    read: async (connection: HttpConnection, id: string) => {
      const request = requestText('GET', `/api/approvals/${id}`, { token: agentToken })
      return expectStatus(await connection.send(request), 200, 'Reading').body
    },
    /** Holds on until the approval is decided. */
    wait: async (connection: HttpConnection, id: string) => {
      const request = requestText('GET', `/api/approvals/${id}`, { token: agentToken, wait: 55 })
      const { body } = expectStatus(await connection.send(request), 200, 'Waiting')
      if (!body.includes('"status":"approved"'))
        throw new Error(`A wait ended undecided: ${body.slice(0, 400)}`)
    },
    decide: async (connection: HttpConnection, id: string) => {
      const request = post(reviewerToken, `/api/approvals/${id}/decisions`, { decision: 'approve' })
      expectStatus(await connection.send(request), 201, 'A decision')
    },
    /** @param ids up to 100 */
    decideMany: async (connection: HttpConnection, ids: string[]) => {
      const items = ids.map((id) => ({ id, decision: 'approve' }))
      const answer = await connection.send(post(reviewerToken, '/api/approvals/decisions', { items }))
      const { body } = expectStatus(answer, 200, 'Deciding many')
      const decided = body.match(/"status":201/g)?.length ?? 0
      if (decided !== ids.length) throw new Error(`${decided} of ${ids.length} were decided.`)
    },
    claim: async (connection: HttpConnection, id: string) => {
      const body = { tool: gatedTool, params: refundParams }
      const answer = await connection.send(post(agentToken, `/api/approvals/${id}/claim`, body))
      return JSON.parse(expectStatus(answer, 200, 'A claim').body) as { run_id: string; tool_call_id: string }
    },
    recordResult: async (connection: HttpConnection, call: { run_id: string; tool_call_id: string }) => {
      const path = `/api/runs/${call.run_id}/tool-calls/${call.tool_call_id}/result`
      const body = { status: 'succeeded', output: { refund_id: 'RF-4711' } }
      expectStatus(await connection.send(post(agentToken, path, body)), 200, 'A result')
    },
    finishRun: async (connection: HttpConnection, runId: string) => {
      const body = { status: 'completed', output: 'Refunded.' }
      const request = requestText('PATCH', `/api/runs/${runId}`, { token: agentToken, body })
      expectStatus(await connection.send(request), 200, 'The end of a run')
    },
  }
}

function idOf(body: string): string {
  const id = /"id":"(apr_[0-9a-z]{26})"/.exec(body)?.[1]
  if (id === undefined) throw new Error(`There is no approval in this answer: ${body.slice(0, 400)}`)
  return id
}

/** Approvals to make copies of. */
export type Templates = Record<'pending' | 'approved', string>

/** One approval that waits and one that was approved just now, made by the API. */
export async function makeTemplates(port: number, calls: Calls): Promise<Templates> {
  return withConnection(port, async (connection) => {
    const pending = await calls.askGated(connection)
    const approved = await calls.askGated(connection)
    await calls.decide(connection, approved)
    return { pending, approved }
  })
}

/** One connection, closed after the work. */
export function withConnection<T>(
  port: number,
  work: (connection: HttpConnection) => Promise<T>,
): Promise<T> {
  return withConnections(port, 1, ([connection]) => {
    if (connection === undefined) throw new Error('There is no connection.')
    return work(connection)
  })
}
