import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { and, eq, notInArray, sql, type AnyColumn } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { findProjectBy } from '@/db/queries/members'
import { approvals } from '@/db/schema/approvals'
import { keys, users } from '@/db/schema/identity'
import { groups } from '@/db/schema/people'
import { runs, steps, toolCalls } from '@/db/schema/runs'
import { deployAgent } from '@/lib/agents/deploy'
import { askApproval } from '@/lib/approvals/ask'
import { claimApproval } from '@/lib/approvals/claim'
import { decideApproval } from '@/lib/approvals/decide'
import { expireApprovals } from '@/lib/approvals/expire'
import type { Context, KeyActor, MemberActor, Project, Role, SystemActor } from '@/lib/context'
import { digestOf } from '@/lib/json/digest'
import { createKey } from '@/lib/keys/create-key'
import { createGroup } from '@/lib/groups/create'
import { addGroupMember } from '@/lib/groups/members'
import { addMember } from '@/lib/members/add'
import { createProject } from '@/lib/members/create-project'
import { sampleMaker } from '@/lib/members/first-steps'
import { endSession, startSession } from '@/lib/members/session'
import { setNoticePreferences } from '@/lib/notices/preferences'
import { takeSteps } from '@/lib/notices/take-steps'
import { finishRun } from '@/lib/runs/finish'
import { recordResult } from '@/lib/runs/record-result'
import { recordStep } from '@/lib/runs/record-step'
import { startRun } from '@/lib/runs/start'
import { hashToken } from '@/lib/tokens'

/** Who owns the sample project. */
export const sampleOwner = 'owner@example.com'

/** Everybody of the sample. */
const people = {
  owner: { email: sampleOwner, role: 'owner' },
  ann: { email: 'ann@example.com', name: 'Ann Lee', role: 'reviewer' },
  ben: { email: 'ben@example.com', name: 'Ben Ode', role: 'reviewer' },
} as const
type Name = keyof typeof people

const sampleName = 'Sample project'
const operator: SystemActor = { type: 'system', id: sampleMaker, label: 'Demo', via: 'cli' }

export type Sample = { project: Project; agentToken: string }

/** Whether a token still opens something in this database. */
export async function isLiveToken(db: Database, token: string): Promise<boolean> {
  const rows = await db
    .select({ revokedAt: keys.revokedAt })
    .from(keys)
    .where(eq(keys.tokenHash, hashToken(token)))
  return rows[0]?.revokedAt === null
}

/** Whether this database is new, or holds a sample that was never finished. */
export async function wantsSample(db: Database): Promise<boolean> {
  const [anybody] = await db
    .select({ email: users.email })
    .from(users)
    .where(
      notInArray(
        users.email,
        Object.values(people).map(({ email }) => email),
      ),
    )
    .limit(1)
  const [key] = await db.select({ id: keys.id }).from(keys).limit(1)
  return anybody === undefined && key === undefined
}

/** Everybody of the sample, signed in. */
type Everybody = Record<Name, { ctx: Context<MemberActor>; token: string }>

/**
 * Makes the sample project through the same verbs as everybody's: four pending calls, one of which waits for its
 * second vote, a few decided ones, and an agent key. May be called again where it was interrupted.
 * @param examples the folder with the sample policies
 */
export async function makeSample(db: Database, appUrl: string, examples: string): Promise<Sample> {
  const project =
    (await findProjectBy(db, 'name', sampleName)) ?? (await createProject(db, { name: sampleName }, operator))
  const base = { db, project, appUrl, limits: { maxPendingPerAgent: 1000 } }
  const system: Context = { ...base, actor: operator }
  const everybody = await signInEverybody(system)
  await makeFinance(everybody)
  const policy = (file: string) => readFile(path.join(examples, file), 'utf8')
  const key = await createKey(system, { name: 'Sample agents' })
  const agent: Context = { ...base, actor: keyActor(key) }
  await deployAgent(system, { name: 'support-triage', config: await policy('support-triage.yaml') })
  await deployAgent(system, { name: 'refund-desk', config: await policy('../refund-desk.yaml') })
  await deployAgent(system, { name: 'order-manager', config: await policy('policy-always.yaml') })
  await askPending(agent, pendingCalls.slice(0, 1))
  await deployAgent(system, { name: 'order-manager', config: await policy('policy-conditional.yaml') })
  await deployAgent(system, { name: 'supplier-payments', config: await policy('supplier-payments.yaml') })
  const asked = await askPending(agent, pendingCalls.slice(1))
  const id = asked.get('demo-payment') ?? ''
  await decideApproval(everybody.ann.ctx, { id, decision: 'approve', reason: 'As on the invoice.' })
  await makeHistory(agent, everybody)
  for (const { token } of Object.values(everybody)) await endSession(db, token)
  return { project, agentToken: key.token }
}

async function signInEverybody(system: Context): Promise<Everybody> {
  return {
    owner: await signIn(system, people.owner),
    ann: await signIn(system, people.ann),
    ben: await signIn(system, people.ben),
  }
}

async function signIn(
  system: Context,
  member: { email: string; role: Role; name?: string },
): Promise<Everybody[Name]> {
  const { email, role, name = null } = member
  const [found] = await system.db.select({ id: users.id }).from(users).where(eq(users.email, email))
  const id = found?.id ?? (await addMember(system, member)).id
  const { token, id: sessionId } = await startSession(system.db, id)
  const session = { via: 'console', keyId: null, sessionToken: hashToken(token), sessionId } as const
  const actor = { type: 'user', id, label: name ?? email, name, email, role, ...session } as const
  return { ctx: { ...system, actor }, token }
}

/** The group that the policy of the payments asks; nobody reads mail to its members. */
async function makeFinance({ owner: { ctx: owner }, ann, ben }: Everybody): Promise<void> {
  await createGroup(owner, { slug: 'finance', name: 'Finance' }).catch(ignore('conflict'))
  const [group] = await owner.db
    .select({ id: groups.id })
    .from(groups)
    .where(and(eq(groups.projectId, owner.project.id), eq(groups.slug, 'finance')))
  if (!group) throw new Error('The group of the sample was not made.')
  const inApp = { email: false, in_app: true, agents: [], tools: [], muted_until: null }
  for (const { ctx } of [ann, ben]) {
    await addGroupMember(owner, { id: group.id, user_id: ctx.actor.id })
    await setNoticePreferences(ctx, inApp)
  }
}

function keyActor(key: { id: string; name: string }): KeyActor {
  return { type: 'key', id: key.id, label: key.name, scopes: ['run'], via: 'api' }
}

type Call = {
  agent: string
  run: string
  tool: string
  params: Record<string, unknown>
  minutes: number
  input: string
  /** What the agent had looked up and thought before it asked. */
  before?: { tool: string; params: Record<string, unknown>; output: unknown; plan: string }
}

function foundOrder(id: string, amount: number, plan: string): Call['before'] {
  const output = { order_id: id, amount, currency: 'EUR', state: 'delivered' }
  return { tool: 'order_tools.find_order', params: { order_id: id }, output, plan }
}

const pendingCalls: Call[] = [
  {
    agent: 'order-manager',
    run: 'demo-refund-129',
    tool: 'order_tools.process_refund',
    params: { order_id: 'ORD-1234', amount: 129 },
    minutes: 2,
    input: 'Please refund order ORD-1234, the lamp arrived broken.',
    before: foundOrder('ORD-1234', 129, 'The photos show a broken lamp. Refund the price of the order.'),
  },
  {
    agent: 'order-manager',
    run: 'demo-refund-2400',
    tool: 'order_tools.process_refund',
    params: { order_id: 'ORD-1287', amount: 2400 },
    minutes: 5,
    input: 'The whole delivery ORD-1287 is missing. I want my money back.',
    before: foundOrder('ORD-1287', 2400, 'The carrier lost the parcel. Refund all of it.'),
  },
  {
    agent: 'supplier-payments',
    run: 'demo-payment',
    tool: 'bank.pay_invoice',
    params: { invoice: 'INV-3071', supplier: 'Paper Mill', amount: 4800, currency: 'EUR' },
    minutes: 11,
    input: 'Invoice INV-3071 of Paper Mill is due on Friday.',
    before: {
      tool: 'books.find_invoice',
      params: { invoice: 'INV-3071' },
      output: { invoice: 'INV-3071', supplier: 'Paper Mill', amount: 4800, currency: 'EUR', due: 'Friday' },
      plan: 'Goods and invoice match. Pay all of it.',
    },
  },
  {
    agent: 'support-triage',
    run: 'demo-delete',
    tool: 'db_delete',
    params: { table: 'conversations', id: 42819 },
    minutes: 23,
    input: 'Remove the conversation 42819, it holds a card number.',
  },
]

/** @returns the ids of the approvals by their runs */
async function askPending(ctx: Context, calls: Call[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const call of calls) {
    ids.set(call.run, await ask(ctx, call))
    await backdate(ctx, call.run, call.minutes)
  }
  return ids
}

async function ask(ctx: Context, call: Omit<Call, 'minutes'>): Promise<string> {
  const input = { message: call.input }
  await startRun(ctx, {
    agent: call.agent,
    external_id: call.run,
    input,
    source: { input: JSON.stringify(input) },
  })
  if (call.before) await lookUp(ctx, call.run, call.before)
  const { answer } = await askApproval(ctx, {
    run_id: call.run,
    tool: call.tool,
    params: call.params,
    tool_call_id: 'call_1',
    source: { params: JSON.stringify(call.params) },
  })
  return answer.required ? answer.id : ''
}

async function lookUp(
  ctx: Context,
  run: string,
  { tool, params, output, plan }: NonNullable<Call['before']>,
): Promise<void> {
  const toolCallId = 'call_0'
  const source = { params: JSON.stringify(params) }
  await askApproval(ctx, { run_id: run, tool, params, tool_call_id: toolCallId, source })
  const result = { status: 'succeeded', output, source: { output: JSON.stringify(output) } } as const
  await recordResult(ctx, { run, toolCallId, ...result })
  await recordStep(ctx, {
    run,
    step_id: 'plan',
    kind: 'model',
    name: 'Plan',
    output: plan,
    source: { output: JSON.stringify(plan) },
  })
}

/** The queue shows calls that have waited a while; their times are moved, their rules are not. */
async function backdate(ctx: Context, externalId: string, minutes: number): Promise<void> {
  const [run] = await ctx.db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.projectId, ctx.project.id), eq(runs.externalId, externalId)))
  if (!run) return
  const earlier = sql`- make_interval(mins => ${minutes}::int)`
  const isNew = (at: AnyColumn) => sql`${at} > clock_timestamp() - interval '1 minute'`
  await ctx.db
    .update(approvals)
    .set({
      requestedAt: sql`clock_timestamp() ${earlier}`,
      expiresAt: sql`${approvals.expiresAt} ${earlier}`,
      nextStepAt: sql`${approvals.nextStepAt} ${earlier}`,
    })
    .where(and(eq(approvals.runId, run.id), isNew(approvals.requestedAt)))
  // what came before it in the run stays before it
  const moved = (at: AnyColumn) => sql`${at} ${earlier}`
  await ctx.db
    .update(toolCalls)
    .set({ startedAt: moved(toolCalls.startedAt), endedAt: moved(toolCalls.endedAt) })
    .where(and(eq(toolCalls.runId, run.id), isNew(toolCalls.startedAt)))
  await ctx.db
    .update(steps)
    .set({ startedAt: moved(steps.startedAt), endedAt: moved(steps.endedAt) })
    .where(and(eq(steps.runId, run.id), isNew(steps.startedAt)))
  await ctx.db
    .update(runs)
    .set({ startedAt: sql`clock_timestamp() ${earlier} - interval '3 seconds'` })
    .where(eq(runs.id, run.id))
}

type Vote = { by: Name; decision: 'approve' | 'reject'; reason?: string; params?: Call['params'] }
/** A call that was decided by the last of its votes; without any it expired. */
type Past = Call & { votes: Vote[]; closing?: string }

const pastCalls: Past[] = [
  {
    agent: 'order-manager',
    run: 'sample-refund-1250',
    tool: 'order_tools.process_refund',
    params: { order_id: 'ORD-1101', amount: 1250 },
    minutes: 4,
    input: 'Refund ORD-1101, please.',
    votes: [{ by: 'owner', decision: 'approve' }],
    closing: 'Refunded 1250 for ORD-1101.',
  },
  {
    agent: 'order-manager',
    run: 'sample-cancel-1078',
    tool: 'order_tools.cancel_order',
    params: { order_id: 'ORD-1078', reason: 'changed_mind' },
    minutes: 9,
    input: 'I changed my mind about ORD-1078.',
    votes: [{ by: 'owner', decision: 'reject', reason: 'The parcel has already left the warehouse.' }],
    closing: 'Told the customer how to send ORD-1078 back.',
  },
  {
    agent: 'support-triage',
    run: 'sample-truncate',
    tool: 'db_truncate',
    params: { table: 'conversations' },
    minutes: 6,
    input: 'Clean up old conversations.',
    votes: [{ by: 'owner', decision: 'reject', reason: 'Never the whole table. Delete by id.' }],
  },
  {
    agent: 'support-triage',
    run: 'sample-expired',
    tool: 'db_delete',
    params: { table: 'tickets', id: 9917 },
    minutes: 30,
    input: 'Remove ticket 9917.',
    votes: [],
  },
]

/** By two people; by two, after one of them had edited it; and by an admin, whom it escalated to. */
const pastPayments: Past[] = [
  {
    agent: 'supplier-payments',
    run: 'sample-payment-3058',
    tool: 'bank.pay_invoice',
    params: { invoice: 'INV-3058', supplier: 'Paper Mill', amount: 3900, currency: 'EUR' },
    minutes: 25,
    input: 'Invoice INV-3058 of Paper Mill is due today.',
    votes: [
      { by: 'ann', decision: 'approve' },
      { by: 'owner', decision: 'approve' },
    ],
    closing: 'Paid INV-3058.',
  },
  {
    agent: 'supplier-payments',
    run: 'sample-payment-3064',
    tool: 'bank.pay_invoice',
    params: { invoice: 'INV-3064', supplier: 'Office Park', amount: 2400, currency: 'EUR' },
    minutes: 19,
    input: 'Invoice INV-3064 of Office Park is due today.',
    votes: [
      {
        by: 'owner',
        decision: 'approve',
        reason: 'They granted a discount of 10 %.',
        params: { invoice: 'INV-3064', supplier: 'Office Park', amount: 2160, currency: 'EUR' },
      },
      { by: 'ben', decision: 'approve' },
    ],
    closing: 'Paid 2160 EUR for INV-3064, as it was changed.',
  },
  {
    agent: 'supplier-payments',
    run: 'sample-account',
    tool: 'bank.change_account',
    params: { supplier: 'Paper Mill', iban: 'XX00 0000 0000 0000' },
    minutes: 41,
    input: 'Paper Mill writes that it has a new bank account.',
    votes: [{ by: 'owner', decision: 'reject', reason: 'They know nothing of it; I called.' }],
    closing: 'Kept the account of Paper Mill as it was.',
  },
]

/** Refunds of the last hour, with which what waits can be compared. */
const earlierRefunds: Past[] = [
  1040, 1075, 1120, 1150, 1180, 1215, 1290, 1330, 1380, 1425, 1490, 1560, 1640, 1720, 1850,
].map((amount, at) => {
  const order = `ORD-${1110 + 3 * at}`
  const isRefused = at % 6 === 4
  return {
    agent: 'order-manager',
    run: `sample-refund-${order}`,
    tool: 'order_tools.process_refund',
    params: { order_id: order, amount },
    minutes: 7 + 3 * at,
    input: `Refund ${order}, please.`,
    votes: isRefused
      ? [{ by: 'owner', decision: 'reject', reason: 'The return has not arrived yet.' }]
      : [{ by: 'owner', decision: 'approve' }],
    closing: isRefused ? `Asked the customer to send ${order} back.` : `Refunded ${amount} for ${order}.`,
  }
})

async function makeHistory(agent: Context, everybody: Everybody): Promise<void> {
  for (const past of [...earlierRefunds, ...pastPayments, ...pastCalls]) {
    const { votes } = past
    const id = await ask(agent, past)
    await backdate(agent, past.run, past.minutes)
    if (past.agent === 'supplier-payments') await takeSteps(agent.db)
    if (votes.length === 0) await letExpire(agent, id)
    for (const { by, params, ...vote } of votes) {
      const edit = params && {
        params,
        digest: digestOf(past.tool, past.params),
        source: { params: JSON.stringify(params) },
      }
      await decideApproval(everybody[by].ctx, { id, ...vote, ...edit }).catch(ignore('already_decided'))
    }
    if (votes.at(-1)?.decision === 'approve') await useGrant(agent, past, id)
    if (past.closing) await close(agent, past.run, past.closing)
  }
}

/** For what an earlier, interrupted making has done. */
function ignore(...codes: string[]): (error: { code?: string }) => void {
  return (error) => {
    if (!codes.includes(error.code ?? '')) throw error
  }
}

async function letExpire(ctx: Context, id: string): Promise<void> {
  await ctx.db
    .update(approvals)
    .set({ expiresAt: sql`clock_timestamp() - interval '1 second'` })
    .where(and(eq(approvals.id, id), eq(approvals.status, 'pending')))
  await expireApprovals(ctx.db, ctx.project.id)
}

async function useGrant(ctx: Context, { tool, run, votes, params }: Past, id: string): Promise<void> {
  const inForce = votes.findLast((vote) => vote.params)?.params ?? params
  await claimApproval(ctx, { id, tool, params: inForce }).catch(ignore('already_claimed', 'run_finished'))
  const output = { status: 'done' }
  const source = { output: JSON.stringify(output) }
  await recordResult(ctx, { run, toolCallId: 'call_1', status: 'succeeded', output, source })
}

async function close(ctx: Context, run: string, text: string): Promise<void> {
  const source = { output: JSON.stringify(text) }
  await recordStep(ctx, { run, step_id: 'answer', kind: 'message', name: 'Answer', output: text, source })
  await finishRun(ctx, { run, status: 'completed', output: text, source }).catch(ignore('run_finished'))
}
