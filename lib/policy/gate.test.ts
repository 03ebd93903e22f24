import { describe, expect, it } from 'vitest'
import { compilePolicy, gate, mergeContext, type CompiledPolicy } from './gate'
import { parsePolicy } from './parse'
import type { Policy } from './policy'

function compile(entries: string, settings = ''): CompiledPolicy {
  const parsed = parsePolicy(`approval:\n  tools:\n${entries.replace(/^/gm, '    ')}\n${settings}`)
  if (!parsed.ok) throw new Error(parsed.errors[0]?.detail)
  return compilePolicy(parsed.policy)
}

const ask = (policy: CompiledPolicy, tool: string, params: Record<string, unknown> = {}, context = {}) =>
  gate(policy, { tool, params, context })

/** Which entry fired and how, or false. */
function fired(policy: CompiledPolicy, tool: string, params: Record<string, unknown> = {}): string | false {
  const result = ask(policy, tool, params)
  return (
    result.action === 'ask' && `${result.rule.tool} ${result.rule.condition ?? '-'} ${result.rule.outcome}`
  )
}

describe('when in doubt, ask', () => {
  it('gates what cannot be evaluated, and says why', () => {
    const policy = compile('- pay: param.amount > 1000')
    expect(ask(policy, 'pay')).toEqual({
      action: 'ask',
      rule: {
        tool: 'pay',
        condition: 'param.amount > 1000',
        outcome: 'unevaluable',
        detail: 'param.amount is missing',
      },
      timeoutSeconds: 3600,
      message: null,
      onRejection: 'fail',
      terms: null,
    })
  })

  it('gates by a stored condition that cannot be read any more', () => {
    const tools = [{ tool: 'pay', when: 'param.amount +', timeout: null, onRejection: null }]
    const policy: Policy = { tools, timeout: 60, message: null, onRejection: 'fail' }
    expect(ask(compilePolicy(policy), 'pay')).toMatchObject({
      action: 'ask',
      rule: { outcome: 'unevaluable', detail: expect.stringContaining('cannot be read') as string },
    })
  })

  it('gates where something throws inside', () => {
    const policy = compile('- pay: param.amount > 1000')
    const broken = { ...policy, wildcards: null } as unknown as CompiledPolicy
    expect(ask(broken, 'pay', { amount: 1 })).toMatchObject({
      action: 'ask',
      rule: { tool: 'pay', condition: null, outcome: 'unevaluable' },
      timeoutSeconds: 3600,
    })
    const params = Object.defineProperty({}, 'amount', {
      get: () => {
        throw new Error('trap')
      },
    })
    expect(ask(policy, 'pay', params)).toMatchObject({ action: 'ask', rule: { outcome: 'unevaluable' } })
    expect(ask(undefined as unknown as CompiledPolicy, 'pay')).toMatchObject({ action: 'ask' })
  })
})

describe('which calls are gated', () => {
  const policy = compile('- a.b\n- c.d: param.x > 1\n- "db_*": context.ok is false\n- "[!x]y?"')

  it.each([
    ['a tool alone', 'a.b', {}, 'a.b - always'],
    ['a condition that holds', 'c.d', { x: 2 }, 'c.d param.x > 1 true'],
    ['a condition that does not', 'c.d', { x: 1 }, false],
    ['a condition that cannot be told', 'c.d', { x: '2' }, 'c.d param.x > 1 unevaluable'],
    ['a wildcard', 'db_drop', {}, 'db_* context.ok is false unevaluable'],
    ['a class', 'ayz', {}, '[!x]y? - always'],
    ['a tool that is not listed', 'e.f', {}, false],
    ['another case', 'A.b', {}, false],
    ['a longer name', 'a.bc', {}, false],
    ['a name of Object', 'constructor', {}, false],
  ])('%s', (_name, tool, params, expected) => {
    expect(fired(policy, tool, params)).toBe(expected)
  })

  it('gates nothing without tools', () => {
    const parsed = parsePolicy('name: x')
    expect(parsed.ok && ask(compilePolicy(parsed.policy), 'anything')).toEqual({ action: 'allow' })
  })
})

describe('a tool listed more than once', () => {
  it('is gated by any entry, and the first that fires supplies the settings', () => {
    const policy = compile(
      [
        '- pay: {when: param.x > 3, timeout: 60, message: one}',
        '- "p*": {when: param.x > 2, timeout: 70, on_rejection: continue}',
        '- pay: {when: param.x > 1, message: null}',
        '- "*y": param.x > 0',
      ].join('\n'),
      '  timeout: 100\n  message: all\n',
    )
    const settings = (x: unknown) => {
      const result = ask(policy, 'pay', { x })
      return (
        result.action === 'ask' && [
          result.rule.condition,
          result.timeoutSeconds,
          result.message,
          result.onRejection,
        ]
      )
    }
    expect(settings(4)).toEqual(['param.x > 3', 60, 'one', 'fail'])
    expect(settings(3)).toEqual(['param.x > 2', 70, 'all', 'continue'])
    expect(settings(2)).toEqual(['param.x > 1', 100, null, 'fail'])
    expect(settings(1)).toEqual(['param.x > 0', 100, 'all', 'fail'])
    expect(settings(0)).toBe(false)
    expect(settings('x')).toEqual(['param.x > 3', 60, 'one', 'fail'])
  })

  it('keeps the order of the file between names and wildcards', () => {
    for (const order of [
      ['pay', '"*"', '"p*"'],
      ['"*"', 'pay', '"p*"'],
      ['"p*"', '"*"', 'pay'],
    ]) {
      const policy = compile(order.map((tool) => `- ${tool}`).join('\n'))
      expect(fired(policy, 'pay')).toBe(`${order[0]?.replaceAll('"', '')} - always`)
    }
  })

  it('agrees with asking each entry in turn, over 1,000 entries', () => {
    const names = ['a', 'ab', 'abc', 'a*', '*b', '?', 'a[bc]', '*']
    const tools = Array.from({ length: 1000 }, (_, i) => ({
      tool: names[(i * 7) % 8] ?? '',
      when: `param.x == ${(i * 31) % 997}`,
      timeout: i + 30,
      onRejection: null,
    }))
    const policy: Policy = { tools, timeout: 60, message: null, onRejection: 'fail' }
    const compiled = compilePolicy(policy)
    const single = tools.map((entry) => compilePolicy({ ...policy, tools: [entry] }))
    for (let x = 0; x < 1000; x += 13) {
      for (const tool of ['a', 'ab', 'abc', 'b', 'zz']) {
        const expected = single.map((each) => ask(each, tool, { x })).find((each) => each.action === 'ask')
        expect(ask(compiled, tool, { x })).toEqual(expected ?? { action: 'allow' })
      }
    }
  })
})

describe('the context that conditions see', () => {
  const server = { run_id: 'run_1', agent_name: 'shop', timestamp: '2026-01-01T00:00:00Z' }

  it('lays the call over the run by top-level key, and the server over both', () => {
    const run = { role: 'user', user: { a: 1, b: 2 }, run_id: 'forged' }
    const call = { user: { a: 3 }, agent_name: 'forged', timestamp: null }
    expect(mergeContext(run, call, server)).toEqual({ role: 'user', user: { a: 3 }, ...server })
  })

  it('takes no more from the server than the three, and changes nothing', () => {
    const run = Object.freeze({ a: 1 })
    expect(mergeContext(run, Object.freeze({ a: 2 }), { ...server, secret: 1 } as typeof server)).toEqual({
      a: 2,
      ...server,
    })
  })

  it('never turns a key into a prototype', () => {
    const merged = mergeContext(
      JSON.parse('{"__proto__": {"is_admin": true}}') as Record<string, unknown>,
      {},
      server,
    )
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    const policy = compile('- pay: not context.is_admin')
    expect(ask(policy, 'pay', {}, merged)).toMatchObject({ rule: { outcome: 'unevaluable' } })
  })
})

describe('what protects adds up', () => {
  const terms = (policy: CompiledPolicy, params: Record<string, unknown> = {}, tool = 'pay') => {
    const result = ask(policy, tool, params)
    return result.action === 'ask' ? result.terms : 'allowed'
  }
  const finance = { any_of: [{ from: ['finance'], approvals: 1, rejections: 1 }] }
  const dbas = { any_of: [{ from: ['dba'], approvals: 2, rejections: 1 }] }

  it('is nothing where nothing is said, and where what is said is the default', () => {
    const plain = ['reason: optional', 'edit: false', 'repeat: ask', 'self_approval: project']
    const usual = [...plain, 'justification: optional', 'max_extension: 86400', 'owners: [team]']
    expect(terms(compile('- pay'))).toBeNull()
    expect(terms(compile('- pay', usual.map((line) => `  ${line}\n`).join('')))).toBeNull()
  })

  it('has every entry that fires, whatever their order, and what the block says for those that say nothing', () => {
    const rules = [
      { tool: 'p*', condition: null, ...finance },
      { tool: 'pay', condition: 'param.x > 1', ...dbas },
    ]
    const entries = ['- "p*"', '- pay: {when: param.x > 1, reviewers: {from: dba, approvals: 2}}']
    const block = '  reviewers: finance\n'
    expect(terms(compile(entries.join('\n'), block), { x: 2 })).toEqual({ rules })
    expect(terms(compile(entries.toReversed().join('\n'), block), { x: 2 })).toEqual({
      rules: rules.toReversed(),
    })
    expect(terms(compile(entries.join('\n'), block), { x: 1 })).toEqual({ rules: rules.slice(0, 1) })
    expect(terms(compile(entries.join('\n'), block), {})).toEqual({ rules })
  })

  it('takes rule, time, message and rejection of the first that fires', () => {
    const policy = compile(
      '- pay: {timeout: 60, message: one, reason: required}\n- "*": {timeout: 90, message: two, on_rejection: continue}',
    )
    expect(ask(policy, 'pay')).toMatchObject({
      rule: { tool: 'pay', outcome: 'always' },
      timeoutSeconds: 60,
      message: 'one',
      onRejection: 'fail',
      terms: { reason: 'required' },
    })
  })

  it.each<[name: string, entries: string[], expected: object]>([
    [
      'exclusions of all',
      ['exclude: [editor]', 'exclude: [deployer, initiator]'],
      { exclude: ['initiator', 'deployer', 'editor'] },
    ],
    ['the strictest reason', ['reason: on_reject', 'reason: required'], { reason: 'required' }],
    ['self-approval never', ['self_approval: project', 'self_approval: never'], { self_approval: 'never' }],
    ['the shortest extension', ['max_extension: 600', 'message: x'], { max_extension: 600 }],
    ['the default extension is shorter than a longer one', ['max_extension: 90000', 'message: x'], {}],
    ['a justification', ['justification: required', 'message: x'], { justification: 'required' }],
    ['refused repeats', ['message: x', 'repeat: refuse'], { repeat: 'refuse' }],
    ['edits only where all allow them', ['edit: true', 'message: x'], {}],
    [
      'edits that both allow',
      ['edit: true', 'edit: [amount, /items/*/qty]'],
      { edit: ['/amount', '/items/*/qty'] },
    ],
    ['edits within each other', ['edit: [items, note]', 'edit: [/items/*/qty]'], { edit: ['/items/*/qty'] }],
    ['edits that share nothing', ['edit: [amount]', 'edit: [amounts]'], {}],
    ['all edits', ['edit: true', 'edit: true'], { edit: true }],
  ])('takes %s', (_name, lines, expected) => {
    const entry = (line = '', tool = 'pay') => `- ${tool}:\n    ${line}`
    const found = [
      terms(compile([entry(lines[0]), entry(lines[1], '"*"')].join('\n'))),
      terms(compile([entry(lines[1]), entry(lines[0], '"*"')].join('\n'))),
    ]
    for (const one of found) {
      const { rules: _rules, ...rest } = (one ?? { rules: [] }) as { rules: unknown[] }
      expect(rest).toEqual(expected)
    }
  })

  it('lets an entry replace what the block says', () => {
    const policy = compile(
      '- pay: {edit: false, exclude: [editor]}\n- get',
      '  edit: true\n  exclude: deployer\n',
    )
    expect(terms(policy)).toEqual({ rules: [{ tool: 'pay', condition: null }], exclude: ['editor'] })
    expect(terms(policy, {}, 'get')).toEqual({
      rules: [{ tool: 'get', condition: null }],
      exclude: ['deployer'],
      edit: true,
    })
  })

  it('counts percentages from the time that the first entry allows, and says who the owners are', () => {
    const policy = compile(
      '- pay: {timeout: 100}\n- "*": {reviewers: agent:owners}',
      '  owners: [team, boss@acme.eu]\n  escalate:\n    - {after: 50%, to: leads}\n    - {after: 2000, to: ["role:admin"]}\n',
    )
    const escalate = [
      { after: 50, to: ['leads'] },
      { after: 2000, to: ['role:admin'] },
    ]
    expect(terms(policy)).toEqual({
      rules: [
        { tool: 'pay', condition: null, escalate },
        {
          tool: '*',
          condition: null,
          any_of: [{ from: ['agent:owners'], approvals: 1, rejections: 1 }],
          escalate,
        },
      ],
      owners: ['team', 'boss@acme.eu'],
    })
  })

  it('judges on after the first that fires only where something is to be added up', () => {
    expect(compile('- pay\n- "*"').needs).toEqual({ allRules: false, history: false })
    expect(compile('- pay\n- "*": {reason: required}').needs).toEqual({ allRules: true, history: false })
    expect(compile('- pay', '  repeat: refuse\n').needs).toEqual({ allRules: true, history: true })
  })

  it('demands what any entry for the tool may where judging fails', () => {
    const policy = compile(
      '- pay: {when: param.amount > 1, reviewers: {from: dba, approvals: 2}}\n- "*": {when: param.amount > 5, reviewers: finance}\n- get: {exclude: editor}',
    )
    const params = Object.defineProperty({}, 'amount', {
      get: () => {
        throw new Error('trap')
      },
    })
    expect(terms(policy, params)).toEqual({
      rules: [
        { tool: 'pay', condition: 'param.amount > 1', ...dbas },
        { tool: '*', condition: 'param.amount > 5', ...finance },
      ],
    })
  })
})
