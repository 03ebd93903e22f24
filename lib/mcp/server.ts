import { createHash } from 'node:crypto'
import { createRequestStateCodec, McpServer } from '@modelcontextprotocol/server'
import { addAgentTools, type AgentOptions } from './agent-tools'
import { ask, type Backend } from './backend'
import { addReviewerTools, type Shown } from './reviewer-tools'

const instructions =
  'Holdpoint holds sensitive calls of tools until a person has decided. That a model may or may not call these tools is no gate: what must be held goes through the proxy, a hook or the client library.'

export type ServerOptions = {
  backend: Backend
  version: string
  /** What seals a round of a question to a person: known to whoever serves the next round, and not to a model. */
  secret: string
  agent: AgentOptions['agent']
  run?: AgentOptions['run']
}

/** Holdpoint as an MCP server, with the tools that the credential behind `backend` is for. @throws Error where that is none */
export async function makeMcpServer({
  backend,
  version,
  secret,
  agent,
  run,
}: ServerOptions): Promise<McpServer> {
  const me = await ask(backend, { method: 'GET', path: '/me' })
  const key = createHash('sha256').update(`holdpoint mcp server ${secret}`).digest()
  const codec = createRequestStateCodec<Shown>({ key, ttlSeconds: 3600 })
  const server = new McpServer({ name: 'holdpoint', version }, { instructions, requestState: codec })
  if (me.kind === 'agent_key') {
    const { scopes } = me.key as { scopes: readonly string[] }
    addAgentTools(server, { backend, agent, scopes, ...(run && { run }) })
  } else {
    const { role } = (me.member ?? {}) as { role?: string }
    addReviewerTools(server, { backend, codec, mayDecide: role !== undefined && role !== 'viewer' })
  }
  return server
}
