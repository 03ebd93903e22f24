import { describe, expect, test } from 'vitest'
import { withoutParams, type DialectName, type JsonObject, type Verdict } from './dialect'
import { dialects } from './all'

// What is told and what is taken for an answer, as the documents named beside each dialect have it.

const session = '7ed2ffae-6e0c-4e9c-9d1e-0f2a1c7d4a11'
const claude = { session_id: session, tool_use_id: 'toolu_01', tool_name: 'Bash', cwd: '/home/ada/shop' }
const cursor = {
  conversation_id: session,
  tool_use_id: 'd024a132',
  tool_name: 'Shell',
  workspace_roots: ['/home/ada/shop'],
}
const copilot = {
  session_id: session,
  timestamp: '2026-06-26T18:00:44.330Z',
  tool_name: 'Bash',
  cwd: '/home/ada/shop',
}
const params = { command: 'rm -rf build' }

const before: Record<DialectName, JsonObject> = {
  'claude-code': { ...claude, hook_event_name: 'PreToolUse', permission_mode: 'default', tool_input: params },
  codex: { ...claude, hook_event_name: 'PreToolUse', turn_id: 't', model: 'm', tool_input: params },
  cursor: { ...cursor, hook_event_name: 'preToolUse', cwd: '', tool_input: params },
  copilot: { ...copilot, hook_event_name: 'PreToolUse', tool_input: params },
}

test.each(Object.entries(before))('%s tells of a call that is about to be made', (name, input) => {
  const heard = dialects[name as DialectName].hear(input)
  const callId = (input.tool_use_id as string | undefined) ?? undefined
  expect(heard).toMatchObject({
    event: 'before',
    session,
    callId,
    tool: input.tool_name,
    params,
    cwd: '/home/ada/shop',
  })
})

const after: [DialectName, JsonObject, JsonObject][] = [
  [
    'claude-code',
    { hook_event_name: 'PostToolUse', tool_response: { stdout: 'done' } },
    { status: 'succeeded', output: { stdout: 'done' } },
  ],
  [
    'claude-code',
    { hook_event_name: 'PostToolUseFailure', error: 'exit 1' },
    { status: 'failed', error: { message: 'exit 1' } },
  ],
  [
    'codex',
    { hook_event_name: 'PostToolUse', tool_response: 'done\n' },
    { status: 'succeeded', output: 'done\n' },
  ],
  [
    'cursor',
    { hook_event_name: 'postToolUse', tool_output: '{"output":"done","exitCode":0}' },
    { status: 'succeeded', output: { output: 'done', exitCode: 0 } },
  ],
  [
    'cursor',
    { hook_event_name: 'postToolUse', tool_output: 'done {' },
    { status: 'succeeded', output: 'done {' },
  ],
  [
    'cursor',
    { hook_event_name: 'postToolUseFailure', error_message: 'exit 1' },
    { status: 'failed', error: { message: 'exit 1' } },
  ],
  [
    'copilot',
    { hook_event_name: 'PostToolUse', tool_result: { result_type: 'success', text_result_for_llm: 'done' } },
    { status: 'succeeded', output: 'done' },
  ],
  [
    'copilot',
    { hook_event_name: 'PostToolUse', tool_response: 'done' },
    { status: 'succeeded', output: 'done' },
  ],
  [
    'copilot',
    { hook_event_name: 'PostToolUseFailure', error: 'exit 1' },
    { status: 'failed', error: { message: 'exit 1' } },
  ],
]

test.each(after)('%s tells what came of a call: %j', (name, told, result) => {
  expect(dialects[name].hear({ ...before[name], ...told })).toMatchObject({ event: 'after', session, result })
})

describe('what is no call is an error that names what is wrong', () => {
  const wrong: [string, (input: JsonObject) => JsonObject, RegExp][] = [
    [
      'another event',
      (input) => ({ ...input, hook_event_name: 'Stop' }),
      /called for Stop, which it is not for/,
    ],
    ['no event', (input) => ({ ...input, hook_event_name: undefined }), /not told hook_event_name/],
    [
      'no session',
      (input) => ({ ...input, session_id: undefined, conversation_id: undefined }),
      /not told (session|conversation)_id/,
    ],
    ['no tool', (input) => ({ ...input, tool_name: '' }), /not told tool_name/],
    ['params that are a list', (input) => ({ ...input, tool_input: [1] }), /tool_input that is no object/],
  ]
  for (const [name, dialect] of Object.entries(dialects)) {
    test.each(wrong)(`${name}: %s`, (_, change, words) => {
      expect(() => dialect.hear(change(before[name as DialectName]))).toThrow(words)
    })
  }
  test('an id of the call is missed by those who tell one', () => {
    for (const name of ['claude-code', 'codex', 'cursor'] as const) {
      expect(() => dialects[name].hear({ ...before[name], tool_use_id: undefined })).toThrow(
        'not told tool_use_id',
      )
    }
  })
})

const verdicts: Record<string, Verdict> = {
  free: { kind: 'free' },
  approved: { kind: 'approved', message: 'Approved by Ada.', params: undefined },
  edited: { kind: 'approved', message: 'Approved by Ada.', params: { command: 'rm -rf build/tmp' } },
  parked: { kind: 'parked', message: 'Wait for a person.' },
  refused: { kind: 'refused', message: 'Rejected by Ada.', isOver: false },
  over: { kind: 'refused', message: 'Rejected by Ada.', isOver: true },
}
const pre = (more: JsonObject) => ({ hookSpecificOutput: { hookEventName: 'PreToolUse', ...more } })
const deny = (reason: string) => ({ permissionDecision: 'deny', permissionDecisionReason: reason })
const allow = { permissionDecision: 'allow', permissionDecisionReason: 'Approved by Ada.' }
const updatedInput = { command: 'rm -rf build/tmp' }
const copilotSays = (said: JsonObject, more: JsonObject = {}) => ({ ...said, ...pre({ ...said, ...more }) })
const cursorDeny = (words: string) => ({ permission: 'deny', user_message: words, agent_message: words })

const said: [DialectName, string, JsonObject][] = [
  ['claude-code', 'free', {}],
  ['claude-code', 'approved', pre(allow)],
  ['claude-code', 'edited', pre({ ...allow, updatedInput })],
  [
    'claude-code',
    'parked',
    pre({ permissionDecision: 'defer', permissionDecisionReason: 'Wait for a person.' }),
  ],
  ['claude-code', 'refused', pre(deny('Rejected by Ada.'))],
  [
    'claude-code',
    'over',
    { ...pre(deny('Rejected by Ada.')), continue: false, stopReason: 'Rejected by Ada.' },
  ],
  // a bare allow counts as a failure, and what failed lets the tool run
  ['codex', 'free', {}],
  ['codex', 'approved', {}],
  ['codex', 'edited', pre({ permissionDecision: 'allow', updatedInput })],
  ['codex', 'parked', pre(deny('Wait for a person.'))],
  ['codex', 'refused', pre(deny('Rejected by Ada.'))],
  ['codex', 'over', pre(deny('Rejected by Ada.'))],
  ['cursor', 'free', { permission: 'allow' }],
  ['cursor', 'approved', { permission: 'allow' }],
  ['cursor', 'edited', { permission: 'allow', updated_input: updatedInput }],
  ['cursor', 'parked', cursorDeny('Wait for a person.')],
  ['cursor', 'refused', cursorDeny('Rejected by Ada.')],
  ['cursor', 'over', cursorDeny('Rejected by Ada.')],
  ['copilot', 'free', {}],
  ['copilot', 'approved', copilotSays(allow)],
  ['copilot', 'edited', { ...copilotSays(allow, { updatedInput }), modifiedArgs: updatedInput }],
  ['copilot', 'parked', copilotSays(deny('Wait for a person.'))],
  ['copilot', 'refused', copilotSays(deny('Rejected by Ada.'))],
  ['copilot', 'over', copilotSays(deny('Rejected by Ada.'))],
]

test.each(said)('%s is told %s', (name, verdict, answer) => {
  expect(dialects[name].say(verdicts[verdict] as Verdict)).toEqual(answer)
})

test('a result does not repeat what the params hold', () => {
  const content = 'x'.repeat(500)
  const told = { type: 'create', content, 'a/b': content, filePath: '/f', structuredPatch: [] }
  expect(withoutParams(told, { file_path: '/f', 'the~file/content': content })).toEqual({
    type: 'create',
    content: { same_as_param: '/the~0file~1content' },
    'a/b': { same_as_param: '/the~0file~1content' },
    filePath: '/f',
    structuredPatch: [],
  })
  for (const output of ['text', null, undefined, [content], 7])
    expect(withoutParams(output, { content })).toBe(output)
})
