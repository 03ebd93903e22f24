import { randomBytes } from 'node:crypto'
import type { Database } from '@/db/client'
import { sessions } from '@/db/schema/identity'
import { deployAgent } from '@/lib/agents/deploy'
import { askApproval } from '@/lib/approvals/ask'
import type { Approval } from '@/lib/approvals/schemas'
import type { Context, KeyActor, MemberActor, Project, Role, Scope, SystemActor } from '@/lib/context'
import { writeJson } from '@/lib/json/write'
import { createKey } from '@/lib/keys/create-key'
import { createTokenFor } from '@/lib/keys/create-token'
import { addMember } from '@/lib/members/add'
import { createProject } from '@/lib/members/create-project'

const operator: SystemActor = { type: 'system', id: 'test', label: 'Test', via: 'cli' }
const appUrl = 'http://localhost:3000'

/** A policy that gates what the tests ask for. */
const testPolicy = `approval:
  tools:
    - gated
    - refund: param.amount > 1000
    - soft:
        on_rejection: continue
    - short:
        timeout: 30
  timeout: 3600
  message: "Somebody has to look."
`

/** A project with an agent key, people of every role with personal tokens, and a deployed agent. */
export type TestProject = {
  project: Project
  system: Context<SystemActor>
  agent: Context<KeyActor> & { token: string }
  member(role: Role, email?: string): Promise<Context<MemberActor> & { token: string }>
  key(scopes: Scope[]): Promise<Context<KeyActor> & { token: string }>
  /** Asks for a gated call and expects that it is held. */
  ask(input?: Partial<AskFields>): Promise<Approval>
}

type AskFields = {
  tool: string
  params: Record<string, unknown>
  tool_call_id: string
  run_id: string
  agent: string
}

export async function makeTestProject(db: Database, maxPendingPerAgent = 0): Promise<TestProject> {
  const project = await createProject(db, { name: `Test ${randomBytes(4).toString('hex')}` }, operator)
  const base = { db, project, appUrl, limits: { maxPendingPerAgent } }
  const system: Context<SystemActor> = { ...base, actor: operator }
  const key = async (scopes: Scope[]) => {
    const made = await createKey(system, { name: `Key ${scopes.join()}`, scopes })
    const actor: KeyActor = { type: 'key', id: made.id, label: made.name, scopes, via: 'api' }
    return { ...base, actor, token: made.token }
  }
  const agent = await key(['run', 'deploy', 'read'])
  await deployAgent(agent, { name: 'tester', config: testPolicy })
  return {
    project,
    system,
    agent,
    key,
    member: async (role, email = `${role}.${randomBytes(4).toString('hex')}@example.com`) => {
      const { id } = await addMember(system, { email, role })
      const made = await createTokenFor(system, { name: 'Test', userId: id })
      const how = { via: 'api', keyId: made.id, sessionToken: null, sessionId: null } as const
      return {
        ...base,
        actor: { type: 'user', id, label: email, name: null, email, role, ...how },
        token: made.token,
      }
    },
    ask: async (input = {}) => {
      const params = input.params ?? { order_id: 'ORD-1', amount: 2400 }
      const where = input.run_id === undefined ? { agent: 'tester' } : {}
      const source = { params: writeJson(params) }
      const { answer } = await askApproval(agent, { tool: 'gated', ...where, ...input, params, source })
      if (!answer.required) throw new Error('the call was not held')
      return answer
    },
  }
}

/** The same member, signed in with a browser. */
export async function signedIn(member: Context<MemberActor>): Promise<Context<MemberActor>> {
  const sessionToken = randomBytes(16).toString('hex')
  const expires = new Date(Date.now() + 3_600_000)
  const [row] = await member.db
    .insert(sessions)
    .values({ sessionToken, userId: member.actor.id, expires })
    .returning()
  const how = { via: 'console', keyId: null, sessionToken, sessionId: row?.id ?? null } as const
  return { ...member, actor: { ...member.actor, ...how } }
}
