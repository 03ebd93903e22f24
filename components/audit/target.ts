import type { AuditEntry } from '@/lib/audit/schemas'
import { agentNamePattern, callerIdPattern, isId } from '@/lib/ids'
import { pages } from '@/lib/paths'

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Page of the run that an entry tells of, or null. */
export function runLink(project: string, { detail }: AuditEntry): string | null {
  const run = detail?.run_id
  return typeof run === 'string' && callerIdPattern.test(run) ? pages.run(project, run) : null
}

/** Page of the approval that an entry is about, or null. */
export function approvalLink(project: string, { target }: AuditEntry): string | null {
  return target.type === 'approval' && isId('approval', target.id)
    ? pages.approvals(project, { approval: target.id })
    : null
}

/** Page of the agent that an entry is about, at the version that it deployed, or null. */
export function agentLink(project: string, { target, detail }: AuditEntry): string | null {
  if (target.type !== 'agent' || target.label === null || !agentNamePattern.test(target.label)) return null
  const version = Number.isInteger(detail?.version) ? Number(detail?.version) : undefined
  return pages.agent(project, target.label, version)
}

/** Where a press on an entry's target leads: the run of an approval, an agent's page; null for the others. */
export function linkOf(project: string, entry: AuditEntry): string | null {
  return runLink(project, entry) ?? approvalLink(project, entry) ?? agentLink(project, entry)
}
