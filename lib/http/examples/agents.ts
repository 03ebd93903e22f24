import { exampleId, type Example } from './example'

export const config = `name: order-manager
approval:
  tools:
    - process_refund: param.amount > 1000
    - delete_account
  timeout: 3600
  on_rejection: continue
  message: Refunds above 1000 need a person.
`

export const refund = { order_id: 'ORD-2001', amount: 2400 }
const small = { order_id: 'ORD-2002', amount: 40 }
export const approvedId = exampleId('apr', 1)
export const rejectedId = exampleId('apr', 2)
export const withdrawnId = exampleId('apr', 3)
/** Pending until its deadline. */
export const leftId = exampleId('apr', 4)
/** The run that the story is about. */
export const agentRun = 'order-2001'

const name = 'order-manager'

/** An agent is deployed, asks, is held, waits, claims, runs its tool and says what came of it. */
export const agentExamples: Example[] = [
  {
    call: 'PUT /agents/{name}',
    name: 'first',
    summary: 'A file of an agent that has none yet',
    by: 'owner',
    path: { name },
    headers: { 'If-None-Match': '*' },
    body: config,
    status: 201,
  },
  {
    call: 'PUT /agents/{name}',
    name: 'again',
    summary: 'The same content is the same version',
    by: 'owner',
    path: { name },
    headers: { 'If-Match': '"1"' },
    body: config,
    status: 200,
  },
  { call: 'GET /agents', name: 'all', summary: 'All agents', by: 'agent', status: 200 },
  {
    call: 'GET /agents/{name}',
    name: 'inForce',
    summary: 'The file in force',
    by: 'agent',
    path: { name },
    status: 200,
  },
  {
    call: 'POST /agents/{name}/check',
    name: 'held',
    summary: 'Would this call be held?',
    by: 'agent',
    path: { name },
    body: { tool: 'process_refund', params: refund },
    status: 200,
  },
  {
    call: 'POST /agents/{name}/check',
    name: 'ofAnotherFile',
    summary: 'And by a file that is not deployed?',
    by: 'agent',
    path: { name },
    body: { tool: 'process_refund', params: small, config: 'approval: {tools: [process_refund]}' },
    status: 200,
  },
  {
    call: 'POST /runs',
    name: 'named',
    summary: 'A run under a name of your own',
    by: 'agent',
    body: {
      agent: name,
      external_id: agentRun,
      input: { order_id: 'ORD-2001' },
      context: { environment: 'production' },
      initiator: 'customer@example.com',
    },
    status: 201,
  },
  {
    call: 'POST /runs',
    name: 'sameName',
    summary: 'The same name finds the same run',
    by: 'agent',
    body: { agent: name, external_id: agentRun },
    status: 200,
  },
  {
    call: 'GET /runs/{id}/checkpoint',
    name: 'no_checkpoint',
    summary: 'Nothing is saved yet',
    by: 'agent',
    path: { id: agentRun },
    status: 404,
  },
  {
    call: 'PUT /runs/{id}/checkpoint',
    name: 'first',
    summary: 'Bytes of your own, which are given back as they came',
    by: 'agent',
    path: { id: agentRun },
    headers: { 'Content-Type': 'application/octet-stream', 'If-None-Match': '*' },
    body: '{"at":"refund"}',
    status: 204,
  },
  {
    call: 'GET /runs/{id}/checkpoint',
    name: 'saved',
    summary: 'What was saved',
    by: 'agent',
    path: { id: agentRun },
    status: 200,
  },
  {
    call: 'POST /runs/{id}/steps',
    name: 'model',
    summary: 'A step that is no tool call',
    by: 'agent',
    path: { id: agentRun },
    body: { kind: 'model', step_id: 'turn-1', name: 'plan', input: { turn: 1 }, output: 'Refund the order.' },
    status: 201,
  },
  {
    call: 'POST /runs/{id}/steps',
    name: 'again',
    summary: 'Told again, it is not recorded twice',
    by: 'agent',
    path: { id: agentRun },
    body: { kind: 'model', step_id: 'turn-1', name: 'plan', input: { turn: 1 }, output: 'Refund the order.' },
    status: 200,
  },
  {
    call: 'GET /runs/{id}/steps/{step}',
    name: 'model',
    summary: 'A recorded step',
    by: 'agent',
    path: { id: agentRun, step: exampleId('stp', 1) },
    status: 200,
  },
  {
    call: 'POST /approvals',
    name: 'notRequired',
    summary: 'No rule fires: run the tool',
    by: 'agent',
    body: {
      run_id: agentRun,
      tool_call_id: 'call_1',
      tool: 'process_refund',
      params: small,
      start_id: 'start-5d1c',
    },
    status: 200,
  },
  {
    call: 'POST /approvals',
    name: 'held',
    summary: 'A rule fires: a person has to decide',
    by: 'agent',
    body: {
      run_id: agentRun,
      tool_call_id: 'call_2',
      tool: 'process_refund',
      params: refund,
      description: 'The parcel arrived broken.',
      context: { channel: 'mail' },
      metadata: { framework: 'langchain', thread: 'thread-7' },
    },
    status: 201,
  },
  {
    call: 'POST /approvals',
    name: 'heldAgain',
    summary: 'Asked again, the same approval',
    by: 'agent',
    body: { run_id: agentRun, tool_call_id: 'call_2', tool: 'process_refund', params: refund },
    status: 200,
  },
  {
    call: 'GET /approvals/{id}',
    name: 'pending',
    summary: 'Nobody decided yet',
    by: 'agent',
    path: { id: approvedId },
    status: 200,
  },
  {
    call: 'GET /approvals/{id}/context',
    name: 'around',
    summary: 'What led to it, and what became of similar ones',
    by: 'agent',
    path: { id: approvedId },
    status: 200,
  },
  {
    call: 'GET /runs/{id}/tool-calls/{call}',
    name: 'held',
    summary: 'A call that is held',
    by: 'agent',
    path: { id: agentRun, call: 'call_2' },
    status: 200,
  },
  {
    call: 'POST /approvals/{id}/decisions',
    name: 'approve',
    summary: 'A person approves',
    by: 'reviewer',
    path: { id: approvedId },
    body: { decision: 'approve', reason: 'The photo shows it.' },
    status: 201,
  },
  {
    call: 'POST /approvals/{id}/decisions',
    name: 'again',
    summary: 'The same member decides the same again within a minute',
    by: 'reviewer',
    path: { id: approvedId },
    body: { decision: 'approve', reason: 'The photo shows it.' },
    status: 200,
  },
  {
    call: 'POST /approvals/{id}/claim',
    name: 'claim',
    summary: 'The one use of the approval',
    by: 'agent',
    path: { id: approvedId },
    body: { tool: 'process_refund', params: refund, claim_id: 'claim-9f3b' },
    status: 200,
  },
  {
    call: 'POST /runs/{id}/tool-calls/{call}/result',
    name: 'succeeded',
    summary: 'What the tool gave back',
    by: 'agent',
    path: { id: agentRun, call: 'call_1' },
    body: { status: 'succeeded', output: { refund_id: 're_1' } },
    status: 200,
  },
  {
    call: 'POST /approvals/{id}/result',
    name: 'succeeded',
    summary: 'The same by the approval',
    by: 'agent',
    path: { id: approvedId },
    body: { status: 'succeeded', output: { refund_id: 're_2' } },
    status: 200,
  },
  {
    call: 'POST /approvals/batch',
    name: 'turn',
    summary: "A turn's calls at once, each judged by itself",
    by: 'agent',
    body: {
      run_id: agentRun,
      turn_id: 'turn-2',
      calls: [
        { tool_call_id: 'call_3', tool: 'process_refund', params: { order_id: 'ORD-2003', amount: 1800 } },
        { tool_call_id: 'call_4', tool: 'delete_account', params: { account: 'A-17' } },
        { tool_call_id: 'call_5', tool: 'delete_account', params: { account: 'A-18' } },
        { tool_call_id: 'call_2', tool: 'process_refund', params: small },
      ],
    },
    status: 200,
  },
  {
    call: 'POST /approvals/decisions',
    name: 'two',
    summary: 'Several decisions, each by itself',
    by: 'reviewer',
    body: {
      items: [
        { id: rejectedId, decision: 'reject', reason: 'The customer has been refunded before.' },
        { id: approvedId, decision: 'reject' },
      ],
    },
    status: 200,
  },
  {
    call: 'POST /approvals/{id}/cancel',
    name: 'withdrawn',
    summary: 'The agent withdraws what it asked for',
    by: 'agent',
    path: { id: withdrawnId },
    status: 200,
  },
  {
    call: 'GET /approvals',
    name: 'some',
    summary: 'Those of a run by their status, newest first',
    by: 'reviewer',
    query: { run_id: agentRun, status: 'pending,rejected', limit: '2' },
    status: 200,
  },
  {
    call: 'GET /approvals/count',
    name: 'ofAgent',
    summary: 'How many wait, of all and of one agent',
    by: 'reviewer',
    query: { agent: 'order-manager' },
    status: 200,
  },
  {
    call: 'GET /approvals/stream',
    name: 'events',
    summary: 'Events as they happen; Last-Event-ID goes on after one',
    by: 'reviewer',
    headers: { 'Last-Event-ID': '0' },
    status: 200,
  },
  { call: 'GET /runs', name: 'all', summary: 'All runs', by: 'reviewer', status: 200 },
  {
    call: 'GET /runs/{id}',
    name: 'waiting',
    summary: 'A run with its steps',
    by: 'agent',
    path: { id: agentRun },
    status: 200,
  },
]
