/**
 * Everything that the log records, in the order in which the console offers it: `entity.participle`. The list
 * is closed: `recordAudit` takes nothing else, and the console's filter, the API's and its description come
 * from here. Names are never taken away, since entries that carry them are kept.
 */
export const auditActions = [
  'approval.approved',
  'approval.rejected',
  'approval.expired',
  'approval.cancelled',
  'approval.claimed',
  'approval.decision_refused',
  'approval.claim_refused',
  'approval.bypass_suspected',
  'run.started',
  'run.finished',
  'agent.deployed',
  'agent.deploy_refused',
  'member.invited',
  'member.joined',
  'member.role_changed',
  'member.removed',
  'session.created',
  'link.created',
  'key.created',
  'key.revoked',
  'key.refused',
  'webhook.created',
  'webhook.updated',
  'webhook.rotated',
  'webhook.disabled',
  'webhook.deleted',
  'webhook.tested',
  'webhook.redelivered',
  'project.created',
  'project.updated',
  'audit.exported',
  'audit.pruned',
  'audit.erased',
] as const

export type AuditAction = (typeof auditActions)[number]
