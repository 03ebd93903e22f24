import { describe, expect, it } from 'vitest'
import { parsePolicy, policyToWire } from './parse'

/** A file whose block, or whose only entry, has these lines; what is read stands on line 3 or 4. */
const block = (lines: string) => `approval:\n  tools: [a.b]\n  ${lines.replaceAll('\n', '\n  ')}\n`
const entry = (lines: string) =>
  `approval:\n  tools:\n    - a.b:\n        ${lines.replaceAll('\n', '\n        ')}\n`

function errors(source: string): string[] {
  const parsed = parsePolicy(source)
  return parsed.ok ? ['accepted'] : parsed.errors.map((e) => `${e.line}:${e.column} ${e.pointer} ${e.detail}`)
}

function accepted(source: string) {
  const parsed = parsePolicy(source)
  if (!parsed.ok) throw new Error(parsed.errors.map((each) => each.detail).join('\n'))
  return parsed
}

describe('refused, in the block and in an entry', () => {
  it.each([
    ['reviewers:', 'not null'],
    ['reviewers: 5', 'not the number 5'],
    ['reviewers: []', 'is empty'],
    ['reviewers: ""', 'a name is a group'],
    ['reviewers: Finance', 'not `Finance`'],
    ['reviewers: "role:boss"', 'roles are `role:reviewer`'],
    ['reviewers: "role:viewer"', 'roles are'],
    ['reviewers: "@acme.eu"', 'a name is a group'],
    ['reviewers: "a b@acme.eu"', 'a name is a group'],
    ['reviewers: [finance, [legal]]', 'not a list'],
    ['reviewers: {}', 'a clause says `from`'],
    ['reviewers: {approvals: 2}', 'a clause says `from`'],
    ['reviewers: {from: []}', 'is empty'],
    ['reviewers: {form: [finance]}', 'did you mean `from`?'],
    ['reviewers: {from: finance, aprovals: 2}', 'did you mean `approvals`?'],
    ['reviewers: {from: finance, approvals: 0}', 'from 1 to 10, not the number 0'],
    ['reviewers: {from: finance, approvals: 11}', 'from 1 to 10'],
    ['reviewers: {from: finance, rejections: 0}', 'from 1 to 10'],
    ['reviewers: {from: finance, approvals: true}', 'not true'],
    ['reviewers: {from: boss@acme.eu, approvals: 2}', 'each person once'],
    ['reviewers: {from: [boss@acme.eu, BOSS@acme.eu], approvals: 2}', 'each person once'],
    ['reviewers: {any_of: []}', '1 to 5 clauses'],
    ['reviewers: {any_of: finance}', '1 to 5 clauses, not text'],
    ['reviewers: {any_of: [a, b, c, d, e, f]}', '1 to 5 clauses, not 6'],
    ['reviewers: {any_of: [a], all_of: [b]}', 'nothing else'],
    ['reviewers: {any_of: [a], approvals: 2}', 'nothing else'],
    ['reviewers: {anyof: [a]}', 'did you mean `any_of`?'],
    ['reviewers: {any_of: [{all_of: [a]}]}', '`all_of` is not a key'],
    ['reviewers: {all_of: [a@b.eu, a@b.eu]}', 'each person once'],
    ['reviewers: {all_of: [[a@b.eu, c@b.eu], {from: [a@b.eu, c@b.eu], approvals: 2}]}', 'each person once'],
    ['reviewers: {all_of: [{from: a, approvals: 10}, {from: b, approvals: 10}, c]}', 'at most 20'],
    [`reviewers: [${Array.from({ length: 21 }, (_, i) => `g${i}`).join(', ')}]`, 'at most 20'],
    ['self_approval: always', '`project` or `never`, not `always`'],
    ['self_approval: true', 'not true'],
    ['exclude: []', 'is empty'],
    ['exclude: [owner]', '`deployer`, `editor` or `key_creator`, not `owner`'],
    ['exclude: {deployer: true}', 'not a mapping'],
    ['reason: Required', 'not `Required`'],
    ['reason: true', 'not true'],
    ['escalate: []', '1 to 5 steps'],
    ['escalate: {after: 50%, to: a}', 'not a mapping'],
    ['escalate: [{after: 50%}]', '`after` and `to`'],
    ['escalate: [{after: 50%, to: a, at: 5}]', '`after` and `to`'],
    ['escalate: [{after: 0, to: a}]', 'from 1 to 604800'],
    ['escalate: [{after: 100%, to: a}]', '`1%` to `99%`'],
    ['escalate: [{after: 0%, to: a}]', '`1%` to `99%`'],
    ['escalate: [{after: 1.5%, to: a}]', '`1%` to `99%`'],
    ['escalate: [{after: soon, to: a}]', 'not text'],
    ['escalate: [{after: 50%, to: []}]', 'is empty'],
    ['escalate: [{after: 60%, to: a}, {after: 50%, to: b}]', 'later than the one before'],
    ['escalate: [{after: 50%, to: a}, {after: 1800, to: b}]', 'later than the one before'],
    [
      'escalate: [{after: 1, to: a}, {after: 2, to: a}, {after: 3, to: a}, {after: 4, to: a}, {after: 5, to: a}, {after: 6, to: a}]',
      'not 6',
    ],
    ['max_extension: -1', 'from 0 to 604800'],
    ['max_extension: 604801', 'from 0 to 604800'],
    ['max_extension: 1h', 'not text'],
    ['edit: []', 'is empty'],
    ['edit: [5]', 'a place is'],
    ['edit: ""', 'a place is'],
    ['edit: [/]', 'a place is'],
    ['edit: ["/a~2"]', 'a place is'],
    ['edit: ["/*/a"]', 'name a param'],
    ['edit: {amount: true}', 'a place is'],
    ['justification: "yes"', '`optional` or `required`'],
    ['repeat: never', '`ask` or `refuse`'],
  ])('%s', (lines, words) => {
    const key = lines.split(':')[0]
    const [inBlock = '', ...others] = errors(block(lines))
    expect(inBlock).toMatch(new RegExp(`^3:\\d+ /approval/${key}`))
    expect(inBlock).toContain(words)
    expect(others).toEqual([])
    const [inEntry = '', ...more] = errors(entry(lines))
    expect(inEntry).toMatch(new RegExp(`^4:\\d+ /approval/tools/0/a.b/${key}`))
    expect(inEntry).toContain(words)
    expect(more).toEqual([])
  })

  it('points at what is wrong', () => {
    const lines = 'reviewers:\n  any_of:\n    - finance\n    - from: [legal, 5]\n      approvals: 0'
    expect(errors(block(lines)).map((error) => error.split(' ').slice(0, 2))).toEqual([
      ['6:23', '/approval/reviewers/any_of/1/from/1'],
      ['7:20', '/approval/reviewers/any_of/1/approvals'],
    ])
  })

  it('takes owners in the block alone, and no owners of owners', () => {
    expect(errors(block('owners: "agent:owners"'))[0]).toContain('cannot name them')
    expect(errors(block('owners: []'))[0]).toContain('is empty')
    expect(accepted(entry('owners: [team]')).warnings).toEqual([
      {
        code: 'unknown_key',
        message: '`owners` is not a key here and protects nothing: write it in `approval` itself',
        line: 4,
        column: 9,
      },
    ])
  })
})

describe('understood', () => {
  it.each([
    ['reviewers: finance', { any_of: [{ from: ['finance'], approvals: 1, rejections: 1 }] }],
    [
      'reviewers: [finance, Boss@ACME.eu, finance]',
      { any_of: [{ from: ['finance', 'boss@acme.eu'], approvals: 1, rejections: 1 }] },
    ],
    [
      'reviewers: {from: ["role:admin"], approvals: "2", rejections: 3}',
      { any_of: [{ from: ['role:admin'], approvals: 2, rejections: 3 }] },
    ],
    [
      'reviewers:\n  any_of:\n    - {from: [finance], approvals: 2}\n    - {from: [cfo@acme.eu]}',
      {
        any_of: [
          { from: ['finance'], approvals: 2, rejections: 1 },
          { from: ['cfo@acme.eu'], approvals: 1, rejections: 1 },
        ],
      },
    ],
    [
      'reviewers: {all_of: [finance, [legal, "agent:owners"]]}',
      {
        all_of: [
          { from: ['finance'], approvals: 1, rejections: 1 },
          { from: ['legal', 'agent:owners'], approvals: 1, rejections: 1 },
        ],
      },
    ],
    ['exclude: [editor, deployer]', ['editor', 'deployer']],
    ['exclude: initiator', ['initiator']],
    [
      'escalate:\n  - {after: 50%, to: [leads]}\n  - {after: 2700, to: role:admin}',
      [
        { after: '50%', to: ['leads'] },
        { after: 2700, to: ['role:admin'] },
      ],
    ],
    ['max_extension: 0', 0],
    ['edit: true', true],
    ['edit: false', false],
    ['edit: amount', ['amount']],
    ['edit: [amount, /items/*/qty, a/b]', ['amount', '/items/*/qty', 'a/b']],
    ['reason: on_reject', 'on_reject'],
    ['self_approval: never', 'never'],
    ['justification: required', 'required'],
  ])('%s', (lines, value) => {
    const key = lines.split(':')[0] ?? ''
    const inBlock = accepted(block(lines))
    expect(inBlock.warnings).toEqual([])
    const wire = policyToWire(inBlock.policy)
    expect(wire).toHaveProperty([key], value)
    expect(wire.tools[0]).toHaveProperty([key], value)
    const inEntry = policyToWire(accepted(entry(lines)).policy)
    expect(inEntry).not.toHaveProperty([key])
    expect(inEntry.tools[0]).toHaveProperty([key], value)
    expect(inEntry.tools[0]).toMatchObject({ tool: 'a.b', when: null, timeout: 3600 })
  })

  it('warns of no repeat that is refused', () => {
    for (const lines of [block('repeat: refuse'), entry('repeat: refuse')])
      expect(accepted(lines).warnings).toEqual([])
  })

  it('shows an entry with what it says itself, and owners in the block alone', () => {
    const source =
      'approval:\n  owners: team\n  reason: required\n  tools:\n    - a: {reason: optional}\n    - b\n'
    expect(policyToWire(accepted(source).policy)).toEqual({
      tools: [
        { tool: 'a', when: null, timeout: 3600, message: null, on_rejection: 'fail', reason: 'optional' },
        { tool: 'b', when: null, timeout: 3600, message: null, on_rejection: 'fail', reason: 'required' },
      ],
      timeout: 3600,
      message: null,
      on_rejection: 'fail',
      owners: ['team'],
      reason: 'required',
    })
  })

  it('takes settings in braces, and conditions in braces still for conditions', () => {
    expect(accepted('approval:\n  tools:\n    - a.b: {reviewers: finance}\n').policy.tools[0]).toMatchObject({
      when: null,
    })
    expect(errors('approval:\n  tools:\n    - a.b: {param.x}\n')[0]).toContain('put the condition in quotes')
  })
})

describe('warned of', () => {
  const codes = (source: string) =>
    accepted(source).warnings.map(({ code, line, column }) => `${line}:${column} ${code}`)

  it('says first what was meant to protect and does not', () => {
    const source = block('tiemout: 60\nmassage: x\nreviwers: finance\nedits: true')
    expect(accepted(source).warnings.map(({ message }) => message)).toEqual([
      '`reviwers` is not a key here and protects nothing: did you mean `reviewers`?',
      '`tiemout` is not a key here and does nothing: did you mean `timeout`?',
      '`massage` is not a key here and does nothing: did you mean `message`?',
      '`edits` is not a key here and does nothing: did you mean `edit`?',
    ])
  })

  it.each([['selfApproval: never'], ['exlude: [editor]'], ['justifcation: required'], ['max-extension: 5']])(
    '%s protects nothing',
    (line) => {
      expect(accepted(block(line)).warnings[0]?.message).toContain('protects nothing: did you mean')
    },
  )

  it.each([
    'remember: {for: 60}',
    'action: deny',
    'sample: 5',
    'unlisted: ask',
    'tests: []',
    'limits: []',
    'risk: irreversible',
    'show: [a]',
    'mask: [a]',
    'confirm: passkey',
    'decide_in: [page]',
    'audience: x',
    'hours: business',
  ])('%s is not in use', (line) => {
    expect(codes(block(line))).toEqual(['3:3 unknown_key'])
  })

  it('says when an escalation comes too late', () => {
    expect(codes(block('escalate: [{after: 3600, to: a}]'))).toEqual(['3:13 escalation_too_late'])
    expect(codes(block('timeout: 3601\nescalate: [{after: 3600, to: a}]'))).toEqual([])
    expect(codes(entry('timeout: 60\nescalate: [{after: 50%, to: b}, {after: 60, to: a}]'))).toEqual([
      '5:19 escalation_too_late',
    ])
    const late = 'approval:\n  escalate: [{after: 600, to: a}]\n  tools:\n    - a: {timeout: 60}\n    - b\n'
    expect(codes(late)).toEqual(['4:20 escalation_too_late'])
    const early = 'approval:\n  tools: [{a: {escalate: [{after: 50, to: a}]}}]\n  timeout: 30\n'
    expect(codes(early)).toHaveLength(1)
  })
})
