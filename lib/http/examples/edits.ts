import { digestOf } from '@/lib/json/digest'
import { exampleId, type Example } from './example'

const config = `name: payouts
approval:
  tools:
    - pay:
        edit: [amount]
        reviewers: { from: "role:reviewer", approvals: 2 }
    - wire:
        reviewers: "role:owner"
        escalate: [{ after: 600, to: "role:admin" }]
  timeout: 3600
`

/** Pending; others are asked too once ten minutes have passed. */
export const escalatedId = exampleId('apr', 5)
const id = exampleId('apr', 6)
const tool = 'pay'
const asked = { payee: 'ACME', amount: 2400 }
const edited = { ...asked, amount: 1200 }
const late = { payee: 'ACME', amount: 90000 }

/** An owner is needed, and nobody comes: whoever sends the examples sees to the time. */
export const escalationExamples: Example[] = [
  {
    call: 'PUT /agents/{name}',
    name: 'reviewers',
    summary:
      'Two people decide, who may change the amount; of a wire an owner, after ten minutes an admin too',
    by: 'owner',
    path: { name: 'payouts' },
    headers: { 'If-None-Match': '*' },
    body: config,
    status: 201,
  },
  {
    call: 'POST /approvals',
    name: 'heldForOwner',
    summary: 'Held for an owner',
    by: 'agent',
    body: { agent: 'payouts', tool_call_id: 'call_late', tool: 'wire', params: late },
    status: 201,
  },
]

/** A person corrects a call and approves it: the agent runs what they made of it, and nothing else. */
export const editExamples: Example[] = [
  {
    call: 'POST /approvals',
    name: 'heldToEdit',
    summary: 'With a schema of the params, for who may change them',
    by: 'agent',
    body: {
      agent: 'payouts',
      tool_call_id: 'call_edit',
      tool,
      params: asked,
      params_schema: {
        type: 'object',
        properties: { payee: { type: 'string' }, amount: { type: 'number', minimum: 1 } },
        required: ['payee', 'amount'],
        additionalProperties: false,
      },
    },
    status: 201,
  },
  {
    call: 'POST /approvals/{id}/decisions',
    name: 'edit_not_allowed',
    summary: 'edit_not_allowed',
    by: 'reviewer',
    path: { id },
    body: { decision: 'approve', params: { ...asked, payee: 'A-9' }, digest: digestOf(tool, asked) },
    status: 422,
  },
  {
    call: 'POST /approvals/{id}/decisions',
    name: 'edit',
    summary: 'A person changes the amount and approves, the first of two',
    by: 'reviewer',
    path: { id },
    body: {
      decision: 'approve',
      reason: 'Half of it was delivered.',
      params: edited,
      digest: digestOf(tool, asked),
    },
    status: 201,
  },
  {
    call: 'GET /approvals/{id}',
    name: 'edited',
    summary: 'What may run, what was asked for, and who is needed',
    by: 'agent',
    path: { id },
    status: 200,
  },
  {
    call: 'POST /approvals/{id}/decisions',
    name: 'second',
    summary: 'The second of two approves what the first made of it',
    by: 'owner',
    path: { id },
    body: { decision: 'approve', digest: digestOf(tool, edited) },
    status: 201,
  },
  {
    call: 'POST /approvals/{id}/claim',
    name: 'claimEdited',
    summary: 'With the params that were approved',
    by: 'agent',
    path: { id },
    body: { tool, params: edited, claim_id: 'claim-4e1a' },
    status: 200,
  },
]
