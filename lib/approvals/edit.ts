import { and, eq, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import type { Looked } from '@/db/queries/look'
import { approvalEvents, approvals } from '@/db/schema/approvals'
import { compiledPolicy } from '@/lib/agents/policy'
import { recordAudit } from '@/lib/audit/record'
import type { Context, MemberActor } from '@/lib/context'
import { AppError, type InputIssue } from '@/lib/errors'
import { digestOf } from '@/lib/json/digest'
import { readJson } from '@/lib/json/read'
import { changesBetween, type Change } from '@/lib/policy/edits/changes'
import { judgeEdit, type EditRefusal } from '@/lib/policy/edits/judge'
import { mergeContext } from '@/lib/policy/gate'
import { pointerTo } from '@/lib/policy/report'
import { readTerms } from '@/lib/policy/terms-text'

/** What a reviewer puts in place of the params that were requested. */
export type Edit = {
  /** The exact text of the params. */
  text: string
  digest: string
  requested: { params: string; digest: string }
  /** Of the params that were in force before. */
  changes: Change[]
}

type Call = {
  params: string
  digest: string
  context: string | null
  schema: string | null
  startedAt: string
  runId: string
  runContext: string | null
  versionId: string
}

const object = (text: string | null) => (text === null ? {} : (readJson(text) as Record<string, unknown>))

/**
 * Judges an edit of a pending call by the policy that held it, as it saw the call then.
 * @param params as they were read; `text` is how they were spelled
 */
export async function editOf(
  tx: Transaction,
  seen: Looked,
  params: Record<string, unknown>,
  text: string,
): Promise<Edit | AppError> {
  const [call] = await tx.execute<Call>(sql`
    select c.params, c.digest, c.context, c.params_schema as schema, c.started_at as "startedAt", c.run_id as "runId",
      r.context as "runContext", v.id as "versionId"
    from tool_calls c join runs r on r.id = c.run_id
      join agent_versions v on v.agent_id = c.agent_id and v.version = ${seen.policyVersion}
    where c.id = ${seen.callId}`)
  if (!call) throw new Error('the call of an approval is gone')
  const context = mergeContext(object(call.runContext), object(call.context), {
    run_id: call.runId,
    agent_name: seen.agentName,
    timestamp: new Date(call.startedAt).toISOString(),
  })
  const verdict = judgeEdit(
    readTerms(seen.terms),
    await compiledPolicy(tx, call.versionId),
    { tool: seen.tool, params: object(call.params), context },
    params,
    call.schema === null ? null : object(call.schema),
  )
  if (!verdict.ok) return refusalOf(seen, verdict)
  const digest = digestOf(seen.tool, params)
  if (digest === seen.digest) return unchanged()
  const changes = changesBetween(object(seen.params), params).map(({ path: _path, ...change }) => change)
  return { text, digest, requested: { params: call.params, digest: call.digest }, changes }
}

const inParams = (issues: InputIssue[]): InputIssue[] =>
  issues.map((issue) => ({ ...issue, pointer: `${pointerTo('params')}${issue.pointer}` }))

function unchanged(): AppError {
  const detail =
    'These are the params that the agent asked for, or that are in force; approve without `params`.'
  return new AppError('edit_unchanged', detail, { errors: [{ pointer: '/params', detail }] })
}

/** The refusal of an edit where nothing may be edited. */
export function notEditable({ tool }: Pick<Looked, 'tool'>): AppError {
  const detail = `The policy lets nobody edit what ${tool} is called with.`
  return new AppError('edit_not_allowed', detail, {
    errors: [{ pointer: '/params', detail }],
    members: { allowed: [] },
  })
}

function refusalOf(seen: Looked, refusal: EditRefusal): AppError {
  switch (refusal.code) {
    case 'edit_not_allowed': {
      const { allowed } = refusal
      if (allowed.length === 0) return notEditable(seen)
      const detail = `The policy lets reviewers edit only ${allowed.join(', ')} of ${seen.tool}.`
      return new AppError('edit_not_allowed', detail, {
        errors: inParams(refusal.issues),
        members: { allowed },
      })
    }
    case 'edit_unchanged':
      return unchanged()
    case 'invalid_input': {
      const errors = inParams(refusal.issues)
      return new AppError('invalid_input', `${errors[0]?.pointer}: ${errors[0]?.detail}`, { errors })
    }
    case 'edit_needs_other_rule': {
      const { rule } = refusal
      const when = rule.condition === null ? '' : ` (${rule.condition})`
      const detail = `With these params the rule ${rule.tool}${when} fires too, which did not when the agent asked. Reject it, or ask for changes: the agent has to ask anew.`
      return new AppError('edit_needs_other_rule', detail, { members: { rule } })
    }
  }
}

/** Puts an edit in force, with its record. The caller holds the run, and has found the approval pending and in time. */
export async function putInForce(
  tx: Transaction,
  ctx: Context<MemberActor>,
  seen: Looked,
  edit: Edit,
  reason: string | null,
): Promise<void> {
  await tx
    .update(approvals)
    .set({ editedParams: edit.text, editedDigest: edit.digest })
    .where(and(eq(approvals.id, seen.id), eq(approvals.status, 'pending')))
  await recordAudit(tx, ctx, {
    action: 'approval.edited',
    target: { type: 'approval', id: seen.id, label: seen.tool },
    detail: {
      agent: seen.agentName,
      run_id: seen.runId,
      tool_call_id: seen.toolCallId,
      tool: seen.tool,
      requested_digest: edit.requested.digest,
      replaced_digest: seen.digest,
      digest: edit.digest,
      changes: edit.changes,
      reason,
    },
  })
  await tx.insert(approvalEvents).values({ projectId: ctx.project.id, approvalId: seen.id, type: 'edited' })
}
