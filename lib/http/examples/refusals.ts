import { agentRun, approvedId, config, leftId, refund, rejectedId, withdrawnId } from './agents'
import { exampleId, type Example } from './example'

const ask = { run_id: agentRun, tool_call_id: 'call_6', tool: 'process_refund', params: refund }
const name = 'order-manager'

/** While the run goes on: what each of these was refused for is the example of its code. */
export const refusalExamples: Example[] = [
  refused('POST /approvals', 'invalid_tool_name', 400, { body: { ...ask, tool: 'process refund' } }),
  refused('POST /approvals', 'malformed_body', 400, { body: '{"run_id": "order-2001",' }),
  refused('POST /approvals', 'unknown_field', 422, { body: { ...ask, approved: true } }),
  refused('POST /approvals', 'invalid_input', 422, { body: { ...ask, params: [] } }),
  refused('POST /approvals', 'agent_not_deployed', 422, {
    body: { agent: 'nobody', tool: 'process_refund', params: refund },
  }),
  refused('POST /approvals', 'idempotency_mismatch', 409, {
    body: { ...ask, tool_call_id: 'call_2', params: {} },
  }),
  refused('POST /approvals', 'unsupported_media_type', 415, {
    body: 'tool: process_refund',
    headers: { 'Content-Type': 'application/yaml' },
  }),
  refused('POST /approvals', 'unauthenticated', 401, { by: 'nobody', body: ask }),
  refused('POST /approvals', 'agent_key_required', 403, { by: 'reviewer', body: ask }),
  refused('GET /approvals', 'invalid_query', 400, { query: { limit: '1000' } }),
  refused('GET /approvals', 'invalid_cursor', 400, { query: { cursor: 'none-of-ours' } }),
  refused('GET /approvals/{id}', 'invalid_id', 400, { path: { id: '42' } }),
  refused('GET /approvals/{id}', 'not_found', 404, { path: { id: exampleId('apr', 99) } }),
  refused('POST /approvals/{id}/decisions', 'agent_key_cannot_decide', 403, {
    path: { id: leftId },
    body: { decision: 'approve' },
  }),
  refused('POST /approvals/{id}/decisions', 'already_decided', 409, {
    by: 'reviewer',
    path: { id: rejectedId },
    body: { decision: 'approve' },
  }),
  refused('POST /approvals/{id}/decisions', 'cancelled', 409, {
    by: 'reviewer',
    path: { id: withdrawnId },
    body: { decision: 'approve' },
  }),
  refused('POST /approvals/{id}/decisions', 'digest_mismatch', 409, {
    by: 'reviewer',
    path: { id: leftId },
    body: { decision: 'approve', digest: `sha256:${'0'.repeat(64)}` },
  }),
  refused('POST /approvals/{id}/claim', 'not_approved', 409, {
    path: { id: leftId },
    body: { tool: 'delete_account', params: { account: 'A-18' } },
  }),
  refused('POST /approvals/{id}/claim', 'params_mismatch', 409, {
    path: { id: approvedId },
    body: { tool: 'process_refund', params: { ...refund, amount: 9900 } },
  }),
  refused('POST /approvals/{id}/claim', 'already_claimed', 409, {
    path: { id: approvedId },
    body: { tool: 'process_refund', params: refund, claim_id: 'claim-of-another' },
  }),
  refused('POST /runs/{id}/tool-calls/{call}/result', 'result_recorded', 409, {
    path: { id: agentRun, call: 'call_1' },
    body: { status: 'failed', error: 'No such order.' },
  }),
  refused('POST /runs/{id}/tool-calls/{call}/result', 'not_claimed', 409, {
    path: { id: agentRun, call: 'call_5' },
    body: { status: 'succeeded' },
  }),
  refused('PUT /runs/{id}/checkpoint', 'precondition_failed', 412, {
    path: { id: agentRun },
    headers: { 'Content-Type': 'application/octet-stream', 'If-Match': '"7"' },
    body: '{}',
  }),
  refused('PUT /agents/{name}', 'invalid_policy', 422, {
    by: 'owner',
    path: { name },
    body: 'approval:\n  tools:\n    - process_refund: param.amount >\n',
  }),
  refused('POST /webhooks', 'forbidden', 403, {
    by: 'reviewer',
    body: { format: 'standard', url: 'https://hooks.example.com/hook' },
  }),
  refused('POST /members', 'conflict', 409, {
    by: 'owner',
    body: { email: 'reviewer@example.com', role: 'admin' },
  }),
]

/** After the deadline of what was left pending. */
export const expiredExample = refused('POST /approvals/{id}/decisions', 'expired', 409, {
  by: 'reviewer',
  path: { id: leftId },
  body: { decision: 'approve' },
})

/** After the run has ended, and agent keys may not deploy any more. */
export const lateRefusalExamples: Example[] = [
  refused('POST /approvals', 'run_finished', 409, { body: ask }),
  refused('PUT /agents/{name}', 'deploys_by_people', 403, { path: { name }, body: config }),
]

function refused(call: string, code: string, status: number, how: Partial<Example>): Example {
  return { call, name: code, summary: code, by: 'agent', ...how, status }
}
