import { clearAbsence, setAbsence } from '@/lib/absences/set'
import { checkCallVerb } from '@/lib/agents/check'
import { readAgentsVerb, readAgentVerb } from '@/lib/agents/read'
import { assignVerb } from '@/lib/approvals/assign'
import { cancelVerb } from '@/lib/approvals/cancel'
import { commentVerb, readCommentsVerb } from '@/lib/approvals/comment'
import { countApprovalsVerb } from '@/lib/approvals/count'
import { lookForCues } from '@/lib/approvals/context/look-for-cues'
import { readContextVerb } from '@/lib/approvals/context/read'
import { readDigestsVerb } from '@/lib/approvals/digests'
import { extendVerb } from '@/lib/approvals/extend'
import { readApprovalsVerb } from '@/lib/approvals/read'
import { readSnoozes, snoozeVerb, unsnoozeVerb } from '@/lib/approvals/snooze'
import { readTimelineVerb } from '@/lib/approvals/timeline'
import { archiveProject, unarchiveProject } from '@/lib/archive/archive'
import { readAuditVerb } from '@/lib/audit/read'
import { verifyAuditVerb } from '@/lib/audit/verify'
import { settings } from '@/lib/env'
import { createGroup } from '@/lib/groups/create'
import { deleteGroup } from '@/lib/groups/delete'
import { addGroupMember, removeGroupMember } from '@/lib/groups/members'
import { readGroup, readGroups } from '@/lib/groups/read'
import { updateGroup } from '@/lib/groups/update'
import { createKeyOrToken } from '@/lib/keys/create'
import { readKey, readKeys } from '@/lib/keys/read'
import { revokeKey } from '@/lib/keys/revoke-key'
import { createOwnProject } from '@/lib/members/create-own-project'
import { changeRole } from '@/lib/members/change-role'
import { inviteMember } from '@/lib/members/invite'
import { readMember, readMembers, readProject } from '@/lib/members/read'
import { removeMember } from '@/lib/members/remove'
import { updateProject } from '@/lib/members/update-project'
import { markNoticesRead, readNotices } from '@/lib/notices/in-app'
import { pauseAgent, pauseProject, resumeAgent, resumeProject } from '@/lib/pause/pause'
import { saveCheckpointVerb } from '@/lib/runs/checkpoint'
import { finishRunVerb } from '@/lib/runs/finish'
import { readRunsVerb, readStepVerb, readToolCallVerb } from '@/lib/runs/read'
import { recordResultOfApprovalVerb, recordResultVerb } from '@/lib/runs/record-result'
import { createView, deleteView, updateView } from '@/lib/views/change'
import { readViews } from '@/lib/views/read'
import { createWebhook } from '@/lib/webhooks/create'
import { deleteWebhook } from '@/lib/webhooks/delete'
import { readDeliveriesVerb, readWebhooks, readWebhookVerb } from '@/lib/webhooks/read'
import { redeliver } from '@/lib/webhooks/redeliver'
import { rotateWebhook } from '@/lib/webhooks/rotate'
import { testWebhook } from '@/lib/webhooks/send-test'
import { updateWebhook } from '@/lib/webhooks/update'
import { serveMcp } from './mcp'
import { openApiDocument } from './openapi'
import { deliverByCron, expireByCron, live, metrics, ready } from './operation'
import * as http from './over-http'
import { redeemDeviceOverHttp, startDeviceOverHttp } from './device'
import { open, type Endpoint, type PlainVerb } from './route'

const description = open(
  { summary: 'This document', need: 'everybody', output: { media: 'application/json' }, refuses: [] },
  async () => openApiDocument(api, settings().appUrl),
)

/** Every call of the API, in the order of the published contract: the router and the OpenAPI document read it here. */
export const api: Record<string, PlainVerb | Endpoint> = {
  'GET /me': http.readMeOverHttp,
  'PUT /agents/{name}': http.deployAgentOverHttp,
  'GET /agents': readAgentsVerb,
  'GET /agents/{name}': readAgentVerb,
  'POST /agents/{name}/check': checkCallVerb,
  'POST /agents/{name}/pause': pauseAgent,
  'POST /agents/{name}/resume': resumeAgent,
  'POST /runs': http.startRunOverHttp,
  'GET /runs': readRunsVerb,
  'GET /runs/{id}': http.readRunOverHttp,
  'PATCH /runs/{id}': finishRunVerb,
  'POST /runs/{id}/steps': http.recordStepOverHttp,
  'GET /runs/{id}/steps/{step}': readStepVerb,
  'GET /runs/{id}/tool-calls/{call}': readToolCallVerb,
  'POST /runs/{id}/tool-calls/{call}/result': recordResultVerb,
  'PUT /runs/{id}/checkpoint': saveCheckpointVerb,
  'GET /runs/{id}/checkpoint': http.readCheckpointOverHttp,
  'POST /approvals': http.askOverHttp,
  'POST /approvals/batch': http.askManyOverHttp,
  'GET /approvals': readApprovalsVerb,
  'GET /approvals/count': countApprovalsVerb,
  'GET /approvals/digests': readDigestsVerb,
  'POST /approvals/cues': lookForCues,
  'GET /approvals/{id}': http.readApprovalOverHttp,
  'GET /approvals/{id}/context': readContextVerb,
  'POST /approvals/{id}/decisions': http.decideOverHttp,
  'POST /approvals/decisions': http.decideManyOverHttp,
  'POST /approvals/{id}/extend': extendVerb,
  'POST /approvals/{id}/assign': assignVerb,
  'PUT /approvals/{id}/snooze': snoozeVerb,
  'DELETE /approvals/{id}/snooze': unsnoozeVerb,
  'GET /approvals/{id}/comments': readCommentsVerb,
  'POST /approvals/{id}/comments': commentVerb,
  'GET /approvals/{id}/timeline': readTimelineVerb,
  'POST /approvals/{id}/cancel': cancelVerb,
  'POST /approvals/{id}/claim': http.claimOverHttp,
  'POST /approvals/{id}/result': recordResultOfApprovalVerb,
  'GET /approvals/stream': http.streamApprovalsOverHttp,
  'POST /hooks/{dialect}': http.answerHookOverHttp,
  'POST /mcp': serveMcp,
  'GET /audit': readAuditVerb,
  'GET /audit/export': http.readWholeAuditOverHttp,
  'POST /audit/export': http.exportAuditOverHttp,
  'GET /audit/verify': verifyAuditVerb,
  'POST /projects': createOwnProject,
  'GET /project': readProject,
  'PATCH /project': updateProject,
  'POST /project/pause': pauseProject,
  'POST /project/resume': resumeProject,
  'POST /project/archive': archiveProject,
  'POST /project/unarchive': unarchiveProject,
  'GET /members': readMembers,
  'POST /members': inviteMember,
  'GET /members/{id}': readMember,
  'PATCH /members/{id}': changeRole,
  'DELETE /members/{id}': removeMember,
  'PUT /members/{id}/absence': setAbsence,
  'DELETE /members/{id}/absence': clearAbsence,
  'GET /groups': readGroups,
  'POST /groups': createGroup,
  'GET /groups/{id}': readGroup,
  'PATCH /groups/{id}': updateGroup,
  'DELETE /groups/{id}': deleteGroup,
  'PUT /groups/{id}/members/{user_id}': addGroupMember,
  'DELETE /groups/{id}/members/{user_id}': removeGroupMember,
  'GET /snoozes': readSnoozes,
  'GET /views': readViews,
  'POST /views': createView,
  'PATCH /views/{id}': updateView,
  'DELETE /views/{id}': deleteView,
  'GET /keys': readKeys,
  'POST /keys': createKeyOrToken,
  'GET /keys/{id}': readKey,
  'DELETE /keys/{id}': revokeKey,
  'POST /device': startDeviceOverHttp,
  'POST /device/token': redeemDeviceOverHttp,
  'GET /notices': readNotices,
  'POST /notices/read': markNoticesRead,
  'GET /webhooks': readWebhooks,
  'POST /webhooks': createWebhook,
  'GET /webhooks/{id}': readWebhookVerb,
  'PATCH /webhooks/{id}': updateWebhook,
  'DELETE /webhooks/{id}': deleteWebhook,
  'POST /webhooks/{id}/test': testWebhook,
  'POST /webhooks/{id}/rotate': rotateWebhook,
  'GET /webhooks/{id}/deliveries': readDeliveriesVerb,
  'POST /webhooks/{id}/deliveries/{delivery}/redeliver': redeliver,
  'GET /cron/expire': expireByCron,
  'POST /cron/expire': expireByCron,
  'GET /cron/deliver': deliverByCron,
  'POST /cron/deliver': deliverByCron,
  'GET /health/live': live,
  'GET /health/ready': ready,
  'GET /metrics': metrics,
  'GET /openapi.json': description,
}
