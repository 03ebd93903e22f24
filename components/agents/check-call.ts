import type { CheckResult } from '@/lib/agents/schemas'
import { AppError } from '@/lib/errors'
import { toProblem } from '@/lib/http/problem'
import { agentNamePattern } from '@/lib/ids'
import { api } from '@/lib/paths'
import type { ActionResult } from '@/lib/sign-in/action'
import * as say from '@/words/agents/check-call'
import { postJson } from '../frame/post-json'
import { entriesNaming, type PolicyEntry } from './entries-naming'
import { readJsonField } from './read-json-field'

/** A call to try, with params and context as they were typed. */
export type Question = { name: string; tool: string; params: string; context: string; config: string }

/** What the gate says of a tried call, every entry that names its tool, and who owns the agent. */
export type Checked = CheckResult & { tool: string; entries: PolicyEntry[]; owners: string[] }

/**
 * Has the gate of the server judge a call; nothing is stored. It is a read, so it goes by the API: a server action
 * would have a decision wait behind it.
 */
export async function checkCall(project: string, question: Question): Promise<ActionResult<Checked>> {
  const { name, tool, config } = question
  let fields
  try {
    requireName(name)
    fields = {
      params: readJsonField('params', question.params),
      context: readJsonField('context', question.context),
    }
  } catch (error) {
    if (error instanceof AppError) return { ok: false, problem: toProblem(error) }
    throw error
  }
  const answer = await postJson<CheckResult>(api.check(project, name), { tool, ...fields, config })
  if (!answer.ok) return answer
  return { ok: true, value: { ...answer.value, tool, ...(await entriesIn(config, tool)) } }
}

/** What has no name has no address either. */
function requireName(name: string): void {
  if (agentNamePattern.test(name)) return
  const detail = say.whatANameIs
  throw new AppError('invalid_input', detail, { errors: [{ pointer: '/name', detail }] })
}

/** The server has read this very file without a mistake; what reads files comes with the first call that is tried. */
async function entriesIn(config: string, tool: string): Promise<Pick<Checked, 'entries' | 'owners'>> {
  const { parsePolicy, policyToWire } = await import('@/lib/policy/parse')
  const parsed = parsePolicy(config)
  if (!parsed.ok) return { entries: [], owners: [] }
  const policy = policyToWire(parsed.policy)
  return { entries: entriesNaming(policy.tools, tool), owners: policy.owners ?? [] }
}
