import { describe, expect, it } from 'vitest'
import { maxPolicyBytes, parsePolicy, policyToWire } from './parse'

/** A file whose only entry is the given text, behind `    - ` on line 3. */
const file = (entry: string) => `approval:\n  tools:\n    - ${entry}\n`
const block = (lines: string) => `approval:\n  tools: [a.b]\n  ${lines}\n`

function errors(source: string): string[] {
  const parsed = parsePolicy(source)
  return parsed.ok ? ['accepted'] : parsed.errors.map((e) => `${e.line}:${e.column} ${e.pointer} ${e.detail}`)
}

function accepted(source: string) {
  const parsed = parsePolicy(source)
  if (!parsed.ok) throw new Error(parsed.errors.map((each) => each.detail).join('\n'))
  return parsed
}

const warnings = (source: string) =>
  accepted(source).warnings.map((each) => `${each.line}:${each.column} ${each.code} ${each.message}`)

const example = `version: "1.0"
name: order-manager
approval:
  tools:
    - order_tools.cancel_order                          # always gated
    - order_tools.process_refund: param.amount > 1000   # gated when the condition holds
    - db_*                                              # ours: a wildcard (fnmatch: * ? [abc])
    - billing.charge:                                   # ours: settings for one tool
        when: param.currency != "EUR"
        timeout: 600
        message: "Finance looks at foreign charges."
        on_rejection: continue
  timeout: 3600
  message: "This action requires manager approval."
  on_rejection: continue
`

describe('refused conditions', () => {
  const cases: [name: string, condition: string, column: number, words: string][] = [
    ['true', 'true', 12, 'write the tool alone'],
    ['false', 'False', 12, 'leave the entry away'],
    ['a number', '1000', 12, 'not the number 1000'],
    ['not a number', '.nan', 12, 'not the number NaN'],
    ['empty', '""', 12, 'empty'],
    ['blank', '"  "', 12, 'empty'],
    ['an empty block', '|', 12, 'empty'],
    ['a list', '[param.x]', 12, 'put the condition in quotes'],
    ['missing', '', 12, 'missing'],
    ['null', 'null', 12, 'missing'],
    ['commented away', '# param.x', 12, 'put the condition in quotes'],
    ['a leading !', '!param.x', 12, 'put the condition in quotes'],
    ['a leading ! and more', '!param.x == 1', 12, 'put the condition in quotes'],
    ['a leading &', '&a param.x', 12, 'put the condition in quotes'],
    ['a leading *', '*param.x', 12, 'put the condition in quotes'],
    ['a leading [', '[1, 2] == param.x', 12, 'put the condition in quotes'],
    ['a [ never closed', '[1, param.x', 12, 'put the condition in quotes'],
    ['a leading {', '{"k": 1} == param.x', 12, 'put the condition in quotes'],
    ['braces around all', '{param.x}', 12, 'put the condition in quotes'],
    ['an object', '{"k": 1}', 12, 'put the condition in quotes'],
    ['a { never closed', '{param.x', 12, 'put the condition in quotes'],
    ['a leading |', '| param.x', 12, 'put the condition in quotes'],
    ['a leading >', '> 5', 12, 'put the condition in quotes'],
    ['a leading %', '%param.x', 12, 'put the condition in quotes'],
    ['a leading @', '@param.x', 12, 'put the condition in quotes'],
    ['a leading back-tick', '`param.x`', 12, 'put the condition in quotes'],
    ['a leading quote', '"drop" in param.sql', 12, 'put the condition in quotes'],
    ['a colon within', 'param.meta == {"k": 1}', 12, 'put the condition in quotes'],
    ['cut by a comment sign', 'param.x == " #1"', 23, 'put the condition in quotes'],
    ['half an expression', 'param.x >', 21, 'missing'],
    ['over 2,000 characters', `param.${'x'.repeat(2000)}`, 12, 'at most 2000 characters'],
  ]
  it.each(cases)('%s', (_name, condition, column, words) => {
    const [first = '', ...others] = errors(file(`a.b: ${condition}`))
    expect(first.slice(0, first.indexOf(' '))).toBe(`3:${column}`)
    expect(first).toContain(words)
    expect(others).toEqual([])
  })

  it.each(['!x', '&x y', '*x', '[x', '{x}', '| x', '> 5', '%x', '@x', '`x`'])(
    'says so of `when: %s` too',
    (condition) => {
      expect(errors(file(`a.b:\n        when: ${condition}`))[0]).toMatch(
        /^4:15 .*put the condition in quotes/,
      )
    },
  )

  it('points into the file, also through quotes, escapes, blocks and folded lines', () => {
    const place = (condition: string) => errors(file(`a.b: ${condition}`))[0]?.split(' ')[0]
    expect(place('param.x == "😀" + 1')).toBe('3:27')
    expect(place(`'param.x == ''a'' + 1'`)).toBe('3:30')
    expect(place('"param.x == \\"a\\" + 1"')).toBe('3:30')
    expect(place('"param.x == \'\\U0001f600\' + 1"')).toBe('3:37')
    expect(place('"  param.x\\t+ 1"')).toBe('3:24')
    expect(place('param.x\n        + 1')).toBe('4:9')
    expect(place('|\n        param.x\n          + 1')).toBe('5:11')
    expect(place('>-\n        param.x\n\n        + 1')).toBe('6:9')
    expect(place('"param.x\n        and \\\n        param.y + 1"')).toBe('5:17')
    expect(place('param.x and')).toBe('3:23')
  })

  it('points with a JSON pointer', () => {
    const parsed = parsePolicy('approval: {tools: [x, {"a/b~c": "1 +"}, {d: {when: "2 +"}}]}')
    expect(parsed).toMatchObject({
      ok: false,
      errors: [{ pointer: '/approval/tools/1/a~1b~0c' }, { pointer: '/approval/tools/2/d/when' }],
    })
  })
})

describe('refused entries', () => {
  it.each([
    ['a number', '5', 'not the number 5'],
    ['true', 'true', 'not true'],
    ['nothing', '', 'not null'],
    ['empty text', '""', 'not empty text'],
    ['a list', '[a]', 'not a list'],
    ['an empty mapping', '{}', 'exactly one key'],
    ['two keys', '{a: param.x, b: param.y}', 'exactly one key, the tool; this one has `a`, `b`'],
    ['settings not indented', 'a.b:\n      when: param.x', 'indent the settings'],
    ['a number as a key', '5: param.x', 'not the number 5'],
    ['U+0000', '"a\\0b"', 'unreadable text'],
    ['half a character', '"a\\ud800"', 'unreadable text'],
    ['a star without quotes', '*', "put the tool's name in quotes"],
    ['a leading star without quotes', '*_delete: param.x', "put the tool's name in quotes"],
    ['a leading class without quotes', '[ab]_delete', "put the tool's name in quotes"],
  ])('%s', (_name, entry, words) => {
    const [first = '', ...others] = errors(file(entry))
    expect(first).toMatch(/^3:[67] /)
    expect(first).toContain(words)
    expect(others).toEqual([])
  })

  it('tells all of them at once, in order', () => {
    const told = errors(
      'approval:\n  tools:\n    - 5\n    - a: true\n    - b: 1 +\n  timeout: 1\n  message: 5\n',
    )
    expect(told.map((each) => each.split(' ')[0])).toEqual(['3:7', '4:10', '5:12', '6:12', '7:12'])
  })
})

describe('refused settings', () => {
  it.each([
    ['timeout: 29'],
    ['timeout: 604801'],
    ['timeout: 60.5'],
    ['timeout: "60.5"'],
    ['timeout: true'],
    ['timeout: .inf'],
    ['timeout: .nan'],
    ['timeout: null'],
    ['timeout:'],
    ['timeout: -60'],
    ['timeout: 1_000'],
    ['timeout: "1e3"'],
    ['timeout: [60]'],
    ['timeout: 60.00000000000000000001'],
    ['on_rejection: Fail'],
    ['on_rejection: CONTINUE'],
    ['on_rejection: true'],
    ['on_rejection: null'],
    ['on_rejection: ""'],
    ['message: 5'],
    ['message: true'],
    ['message: [a]'],
    ['message: {a: b}'],
    ['message: "a\\0"'],
    [`message: ${'x'.repeat(4097)}`],
  ])('%s, of the block and of a tool', (line) => {
    const key = line.split(':')[0]
    expect(errors(block(line))).toEqual([expect.stringMatching(`^3:\\d+ /approval/${key} `)])
    expect(errors(file(`a.b:\n        ${line}`))).toEqual([
      expect.stringMatching(`^4:\\d+ /approval/tools/0/a.b/${key} `),
    ])
  })
})

describe('refused files', () => {
  it.each([
    ['nothing at all', '', '1:1', 'empty'],
    ['comments alone', '# hello\n', '1:1', 'empty'],
    ['a list', '- a', '1:1', 'a list'],
    ['text', 'hello', '1:1', 'text'],
    ['approval without value', 'approval:', '1:10', 'not null'],
    ['approval as text', 'approval: x', '1:11', 'not text'],
    ['a block without tools', 'approval:\n  timeout: 60', '1:1', 'no `tools`'],
    ['tools without value', 'approval:\n  tools:', '2:9', 'not null'],
    ['tools as text', 'approval:\n  tools: a.b', '2:10', 'not text'],
    ['tools as a mapping', 'approval:\n  tools:\n    a.b: param.x', '3:5', 'not a mapping'],
    ['a key twice', 'a: 1\nb: 2\na: 3', '3:1', 'twice'],
    ['a key twice deep down', 'x:\n  - {a: 1, a: 2}', '2:12', 'twice'],
    ['two blocks', 'approval: {tools: []}\napproval: {tools: []}', '2:1', 'twice'],
    ['a second document', 'approval: {tools: []}\n---\na: 1', '2:1', 'second document'],
    ['an empty second document', 'approval: {tools: []}\n---\n', '2:1', 'second document'],
    ['a tag', 'a: !!str 1', '1:4', 'tags'],
    ['a tag of its own', 'a: !x {b: 1}', '1:4', 'tags'],
    ['an anchor', 'a: &x 1', '1:4', 'anchors'],
    ['an alias', 'a: 1\nb: *a', '2:4', 'aliases'],
    ['an anchor on a key', '&x a: 1', '1:1', 'anchors'],
    ['an unknown directive', '%FOO\n---\na: 1', '1:1', 'directive'],
    ['broken YAML', 'a: "x', '1:6', 'no YAML'],
    ['a tab as indentation', 'approval:\n\ttools: []', '2:1', 'no YAML'],
    ['33 containers', `a: ${'['.repeat(32)}${']'.repeat(32)}`, '1:35', 'more than 32'],
    [
      '33 containers in lines',
      Array.from({ length: 33 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      '33:33',
      '32',
    ],
    ['U+0000', 'a: \0', '1:4', 'U+0000'],
    ['half a character', 'a: \ud800', '1:4', 'half a character'],
    ['too many bytes', `a: ${'é'.repeat(maxPolicyBytes / 2)}`, '1:1', 'at most 65536 bytes'],
    ['a name that is no text', 'name: [a]\napproval: {tools: []}', '1:7', 'name is text'],
  ])('%s', (_name, source, place, words) => {
    const [first = ''] = errors(source)
    expect(first.split(' ')[0]).toBe(place)
    expect(first).toContain(words)
  })

  it('tells every tag, anchor and alias, and no more than 100', () => {
    expect(errors('a: &x 1\nb: *x\nc: !y 2')).toHaveLength(3)
    expect(errors('- &a\n'.repeat(5000))).toHaveLength(100)
  })

  it.each([
    '[',
    '{',
    '- ',
    '? ',
    'a: [',
    '[a: ',
    ': ',
    '- - [',
    '{a: ',
    '[? ',
    ']',
    '"',
    '&a ',
    '!a ',
    '%a\n',
    '@',
  ])('survives 64 kB of %j', (piece) => {
    expect(errors(piece.repeat(maxPolicyBytes / piece.length))[0]).toMatch(/^\d+:\d+ /)
  })
})

describe('warnings', () => {
  it.each([
    ['no block', 'name: x\n', '1:1 no_approval_block', 'gates nothing'],
    [
      'a misspelled block',
      'name: x\naproval: {tools: []}',
      '2:1 no_approval_block',
      'did you mean `approval`',
    ],
    ['no tools', 'approval:\n  tools: []', '2:3 no_tools', 'gates nothing'],
    [
      'an unknown key',
      block('timout: 60'),
      '3:3 unknown_key',
      '`timout` is not a key here and does nothing: did you mean `timeout`?',
    ],
    ['a key in camel case', block('onRejection: fail'), '3:3 unknown_key', 'did you mean `on_rejection`?'],
    ['a key with a hyphen', block('on-rejection: fail'), '3:3 unknown_key', 'did you mean `on_rejection`?'],
    ['a key in capitals', block('Message: x'), '3:3 unknown_key', 'did you mean `message`?'],
    [
      'a key like none',
      block('colour: red'),
      '3:3 unknown_key',
      'known are tools, timeout, message, on_rejection',
    ],
    ['a number as a key', block('5: red'), '3:3 unknown_key', '`5`'],
    ['inputs', block('inputs: [x]'), '3:3 inputs_not_used', '`inputs`'],
    ['an unknown setting of a tool', file('a.b:\n        condition: param.x'), '4:9 unknown_key', '`when`'],
    [
      'a condition glued to the tool',
      file('a.b:param.x'),
      '3:7 condition_in_tool_name',
      'blank after the colon',
    ],
    ['a longer one', file('a.b:param.x > 1'), '3:7 condition_in_tool_name', 'blank after the colon'],
    ['one on context', file('a.b:not context["x"]'), '3:7 condition_in_tool_name', 'blank after the colon'],
    ['a tool that cannot be', file('cancel order'), '3:7 tool_never_matches', 'gates nothing'],
    ['a wildcard that cannot be', file('"é*"'), '3:7 tool_never_matches', 'gates nothing'],
    ['a comment that goes on', file('a.b: param.x > 1 # and param.y'), '3:24 condition_in_comment', 'quotes'],
    ['a comment that begins with or', file('a.b: param.x #or so'), '3:20 condition_in_comment', 'quotes'],
    [
      'a comment with a parameter',
      file('a.b: param.x # like param.y'),
      '3:20 condition_in_comment',
      'quotes',
    ],
    [
      'a comment with context',
      file('a.b:\n        when: param.x  # context.y'),
      '4:24 condition_in_comment',
      'quotes',
    ],
    ['such a comment behind quotes', file('a.b: "param.x" # or 1'), '3:22 condition_in_comment', 'quotes'],
    [
      'such a comment before a block',
      file('a.b: | # or 1\n        param.x'),
      '3:14 condition_in_comment',
      'quotes',
    ],
  ])('%s', (_name, source, start, words) => {
    const [first = '', ...others] = warnings(source)
    expect(first.slice(0, start.length + 1)).toBe(`${start} `)
    expect(first).toContain(words)
    expect(others).toEqual([])
  })

  it.each([
    ['the example', example],
    ['a plain comment', file('a.b: param.x > 1 # android orders, see context')],
    ['a comment behind a tool alone', file('a.b # unlike param.x')],
    ['a sign within a word', file('a.b: param.x == "a#and"')],
    ['a tool with colons', file('mcp:server/tool.x-y')],
    ['a tool called param', file('db:param')],
    ['other keys of the file', 'model: {timout: 5}\ntools: 5\napproval: {tools: [a]}'],
  ])('none for %s', (_name, source) => {
    expect(warnings(source)).toEqual([])
  })

  it('tells no more than 100', () => {
    const keys = Array.from({ length: 300 }, (_, i) => `key_${i}: 1`)
    expect(warnings(block(keys.join('\n  ')))).toHaveLength(100)
  })
})

describe('what is understood', () => {
  it('echoes the example with the settings that hold for each tool', () => {
    const { policy, name, nameAt } = accepted(example)
    const message = 'This action requires manager approval.'
    const usual = { timeout: 3600, message, on_rejection: 'continue' }
    expect({ name, nameAt }).toEqual({ name: 'order-manager', nameAt: { line: 2, column: 7 } })
    expect(policyToWire(policy)).toEqual({
      tools: [
        { tool: 'order_tools.cancel_order', when: null, ...usual },
        { tool: 'order_tools.process_refund', when: 'param.amount > 1000', ...usual },
        { tool: 'db_*', when: null, ...usual },
        {
          tool: 'billing.charge',
          when: 'param.currency != "EUR"',
          timeout: 600,
          message: 'Finance looks at foreign charges.',
          on_rejection: 'continue',
        },
      ],
      ...usual,
    })
  })

  it('takes a file of nothing but the block, and one of JSON', () => {
    const json = accepted('{"approval": {"tools": ["a", {"b": "param.x > 1"}], "timeout": 60}}')
    expect(json.policy).toMatchObject({
      tools: [{ tool: 'a' }, { tool: 'b', when: 'param.x > 1' }],
      timeout: 60,
    })
    expect(accepted(file('a.b'))).toMatchObject({ name: null, nameAt: null, warnings: [] })
  })

  it('has defaults', () => {
    const expected = { tools: [], timeout: 3600, message: null, onRejection: 'fail' }
    expect(accepted('approval: {tools: []}').policy).toEqual(expected)
    expect(accepted('name: x').policy).toEqual(expected)
  })

  it('lets a tool take back the message, and inherit the rest', () => {
    const source =
      'approval:\n  tools:\n    - a: {message: null}\n    - b: {}\n  message: hi\n  on_rejection: continue\n'
    const { tools } = policyToWire(accepted(source).policy)
    expect(tools.map(({ message, on_rejection }) => [message, on_rejection])).toEqual([
      [null, 'continue'],
      ['hi', 'continue'],
    ])
  })

  it.each([
    ['"600"', 600],
    ['600', 600],
    ['60.0', 60],
    ['"60.0"', 60],
    ['6e2', 600],
    ['30', 30],
    ['604800', 604_800],
  ])('timeout: %s', (text, seconds) => {
    expect(accepted(block(`timeout: ${text}`)).policy.timeout).toBe(seconds)
    expect(accepted(file(`a.b: {timeout: ${text}}`)).policy.tools[0]?.timeout).toBe(seconds)
  })

  it.each([
    ['null', null],
    ['', null],
    ['"5"', '5'],
    ['""', ''],
    ['x'.repeat(4096), 'x'.repeat(4096)],
    ['|\n    two\n    lines', 'two\nlines\n'],
  ])('message: %s', (text, message) => {
    expect(accepted(block(`message: ${text}`)).policy.message).toBe(message)
  })

  it('counts a message in characters', () => {
    expect(accepted(block(`message: ${'😀'.repeat(4096)}`)).policy.message).toHaveLength(8192)
    expect(errors(block(`message: ${'😀'.repeat(4097)}`))[0]).toContain('at most 4096 characters')
  })

  it.each([
    ['a literal block', '|\n        param.x > 1\n        and param.y', 'param.x > 1\nand param.y'],
    ['a folded block', '>\n        param.x > 1\n        and param.y', 'param.x > 1 and param.y'],
    ['lines without quotes', 'param.x > 1\n        and param.y', 'param.x > 1 and param.y'],
    ['quotes', '"!param.x"', null],
    ['quoted braces', `'{"k": 1} == param.x'`, '{"k": 1} == param.x'],
    ['blanks', '"  param.x\\t"', 'param.x'],
    ['a quoted true', '"true"', 'true'],
  ])('a condition in %s', (_name, condition, when) => {
    const parsed = parsePolicy(file(`a.b: ${condition}`))
    expect(parsed.ok ? parsed.policy.tools[0]?.when : null).toBe(when)
  })

  it('takes a byte order mark, CRLF, a document sign and a closing one', () => {
    const crlf = `\ufeff${example.replaceAll('\n', '\r\n')}`
    expect(accepted(crlf)).toEqual(accepted(example))
    expect(errors('\ufeffapproval:\r\n  tools:\r\n    - a: 1 +\r\n')[0]).toMatch(/^3:12 /)
    expect(accepted(`---\n${example}...\n`).policy).toEqual(accepted(example).policy)
  })

  it('takes a name that YAML reads as a number as it is written', () => {
    expect(accepted('name: 007\napproval: {tools: []}').name).toBe('007')
    expect(accepted('name:\napproval: {tools: []}').name).toBeNull()
  })

  it('is plain JSON', () => {
    const { policy } = accepted(example)
    expect(policyToWire(JSON.parse(JSON.stringify(policy)) as typeof policy)).toEqual(policyToWire(policy))
  })

  it('takes 32 containers within each other', () => {
    expect(accepted(`a: ${'['.repeat(31)}${']'.repeat(31)}\napproval: {tools: [a]}`).warnings).toEqual([])
  })

  it('keeps keys like __proto__ apart', () => {
    expect(
      accepted('__proto__: {approval: 1}\nconstructor: 1\napproval: {tools: [a]}').policy.tools,
    ).toHaveLength(1)
    expect(accepted('approval: {tools: [a], __proto__: {timeout: 60}}').policy.timeout).toBe(3600)
  })
})

describe('conditions that nothing in a call can change', () => {
  const warningsOf = (text: string) => {
    const parsed = parsePolicy(text)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
    return parsed.warnings.map(({ code, line, column }) => `${code} ${line}:${column}`)
  }

  it('are warned of with their place, one that is always false first', () => {
    const text = [
      'approval:',
      '  timout: 60',
      '  tools:',
      '    - a: "true or param.x"',
      '    - b: param.items.length > 3',
      '    - c: >',
      '        param.x',
      '        and false',
      '    - d:',
      '        when: "1 > 2"',
      '    - e: \'"{{ param.x }}" == param.y\'',
      '    - f: "False"',
    ].join('\n')
    expect(warningsOf(text)).toEqual([
      'condition_always_false 10:16',
      'condition_always_false 12:11',
      'unknown_key 2:3',
      'condition_always_true 4:11',
      'condition_length 5:10',
      'condition_never_true 7:9',
      'condition_template 11:12',
    ])
  })

  it('are found behind a hundred other warnings', () => {
    const tools = Array.from({ length: 150 }, (_, i) => `    - t${i}: "true"`).join('\n')
    const found = warningsOf(`approval:\n  tools:\n${tools}\n    - last: "false"\n`)
    expect(found).toHaveLength(100)
    expect(found[0]).toBe('condition_always_false 153:14')
  })

  it('a template that cannot be read is refused with the mend', () => {
    const parsed = parsePolicy('approval:\n  tools:\n    - a: "{{ amount }} > 100"\n')
    expect(parsed).toMatchObject({
      ok: false,
      errors: [{ detail: expect.stringContaining('not filled in here') }],
    })
  })
})
