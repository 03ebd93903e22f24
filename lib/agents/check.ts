import { findAgent } from '@/db/queries/agents'
import { requireToolName } from '@/lib/approvals/ask-input'
import type { Context } from '@/lib/context'
import { notFound } from '@/lib/errors'
import { compilePolicy, gate, mergeContext } from '@/lib/policy/gate'
import { urgentFirst } from '@/lib/policy/report'
import { requireAgentName } from './deploy'
import { warningsOfPeople } from './people-warnings'
import { requireNoWarnings, requirePolicy } from './read-file'
import { AgentByName, CheckInput, CheckResult, policyReader, Strictness } from './schemas'
import { verb } from '@/lib/verb'
import { requireNeed } from '@/lib/need'

/**
 * What the gate would say of a call, with the warnings of the file if there are any; stores nothing.
 * @param input `config` judges by that file instead of the deployed one, also for a name never deployed; `strict`
 * refuses a file for its warnings
 * @throws AppError `not_found` without file and config, `invalid_tool_name`, `invalid_policy`
 */
async function checkCall(
  ctx: Context,
  input: CheckInput & { name: string; strict?: boolean | undefined; now: Date },
): Promise<CheckResult> {
  requireNeed(ctx, policyReader)
  requireAgentName(input.name)
  requireToolName(input.tool)
  const config = input.config ?? (await findAgent(ctx.db, ctx.project.id, input.name))?.config
  if (config === undefined) throw notFound()
  const parsed = requirePolicy(config)
  const told = urgentFirst([...parsed.warnings, ...(await warningsOfPeople(ctx.db, ctx, parsed))])
  if (input.strict) requireNoWarnings(told)
  const context = mergeContext({}, input.context ?? {}, {
    run_id: 'run_of_a_check',
    agent_name: input.name,
    timestamp: input.now.toISOString(),
  })
  const judged = gate(compilePolicy(parsed.policy), { tool: input.tool, params: input.params, context })
  const warnings = told.length > 0 ? { warnings: told } : {}
  const isHeld = judged.action === 'ask'
  return { required: isHeld, rule: isHeld ? judged.rule : null, ...warnings }
}

export const checkCallVerb = verb(
  {
    summary: 'Try a call; stores nothing',
    need: policyReader,
    path: AgentByName,
    query: Strictness,
    input: CheckInput,
    output: CheckResult,
    refuses: ['not_found', 'invalid_tool_name', 'invalid_policy'],
  },
  (ctx, input, { now }: { now: Date }) => checkCall(ctx, { ...input, now }),
)
