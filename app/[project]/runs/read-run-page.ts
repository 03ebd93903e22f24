import type { Metadata } from 'next'
import { cache } from 'react'
import type { HeadRun } from '@/components/runs/run-head'
import { opensAt, subjectOf, traceFields, traceOf, type Trace } from '@/components/runs/trace-row'
import { orNotFound, pageParams } from '@/lib/http/page-input'
import { readRun, readToolCall } from '@/lib/runs/read'
import { RunAddress, type ToolCall } from '@/lib/runs/schemas'
import { requireMember } from '@/lib/sign-in/session'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/pages/run'

/** What a run is about and who it is, for its page and its title. */
export const readHead = cache(async (project: string, id: string): Promise<HeadRun & { agent: string }> => {
  const ctx = await requireMember(project)
  const run = await orNotFound(readRun(ctx, id, {}, headFields))
  const { agent, external_id, policy_version, initiator, parent_run_id, started_at, input } = run
  const subject = subjectOf(input)
  return {
    id: run.id,
    agent,
    external_id,
    policy_version,
    initiator,
    parent_run_id,
    started_at,
    subject: subject && [...subject].slice(0, mostSubject).join(''),
  }
})

const mostSubject = 300
const headFields = new Set([
  'id',
  'agent',
  'external_id',
  'policy_version',
  'initiator',
  'parent_run_id',
  'started_at',
  'input',
] as const)

/** The title of a run's page and of its drawer, told from other runs in tabs and history by what it is about. */
export async function titleRun({ params }: { params: Promise<Record<string, string>> }): Promise<Metadata> {
  const { project, run } = await pageParams(RunAddress, params)
  const { agent, subject, external_id, id } = await readHead(project, run)
  const what = plainText(subject ?? external_id ?? id, { singleLine: true, maxCharacters: 60 })
  return { title: say.titleOf(what, agent) }
}

/** A run as its page and its drawer show it first: the trace without inputs and outputs, and whole the call it opens with. */
export async function readRunPage(
  project: string,
  id: string,
): Promise<{ head: HeadRun & { agent: string }; initial: Trace; first: ToolCall | null }> {
  const ctx = await requireMember(project)
  const [head, run] = await Promise.all([
    readHead(project, id),
    orNotFound(readRun(ctx, id, {}, new Set(traceFields))),
  ])
  const initial = traceOf(run)
  const row = opensAt(initial.rows)
  const first = row?.callId == null ? null : await readToolCall(ctx, run.id, row.callId).catch(() => null)
  return { head, initial, first }
}
