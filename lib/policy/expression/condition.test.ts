import { describe, expect, it } from 'vitest'
import { compileCondition, maxConditionCharacters, parseCondition } from './condition'

/** The message of a refused condition behind its place. */
function refusal(text: string): string {
  const parsed = parseCondition(text)
  return parsed.ok ? 'accepted' : `${parsed.problem.line}:${parsed.problem.column} ${parsed.problem.message}`
}

describe('what is refused, where, and how to mend it', () => {
  it.each([
    ['a call', 'len(param.items) > 3', '1:1', 'calls'],
    ['a method', 'param.name.upper()', '1:17', 'calls and methods'],
    ['a call of a value', '(param.a)(1)', '1:10', 'calls'],
    ['arithmetic', 'param.a + 1 > 2', '1:9', 'arithmetic'],
    ['a difference', 'param.a -1 > 2', '1:9', 'arithmetic'],
    ['a power', '2 ** 3', '1:3', 'arithmetic'],
    ['a remainder', 'param.a % 2 == 0', '1:9', 'arithmetic'],
    ['a plus sign', '+1', '1:1', 'arithmetic'],
    ['minus before a name', '-param.a', '1:2', 'only before a number'],
    ['two minus signs', '--1', '1:2', 'only before a number'],
    ['minus in front of a parenthesis', '-(1)', '1:2', 'only before a number'],
    ['minus and a subscript', '-1[0]', '1:3', 'no members'],
    ['lambda', 'lambda: 1', '1:1', 'lambda'],
    ['a comprehension', '[x for x in param.items]', '1:2', 'comprehensions'],
    ['a comprehension over param', '[param for x in param.items]', '1:8', 'comprehensions'],
    ['a generator', 'any(x for x in param.items)', '1:1', 'calls'],
    ['a slice', 'param.items[1:2]', '1:14', 'slices'],
    ['an open slice', 'param.items[:]', '1:13', 'slices'],
    ['two subscripts', 'param.items[1, 2]', '1:14', '[a][b]'],
    ['no subscript', 'param.items[]', '1:13', 'missing'],
    ['a ternary of Python', 'param.a if param.b else 1', '1:9', '`and` and `or`'],
    ['a ternary of C', 'param.a ? 1 : 2', '1:9', '`and` and `or`'],
    ['an f-string', 'f"{param.a}"', '1:1', 'f-strings'],
    ['bytes', 'b"a" == param.a', '1:1', 'no prefix'],
    ['a raw string', "rb'a' == param.a", '1:1', 'no prefix'],
    ['triple quotes', '"""a"""', '1:1', 'triple quotes'],
    ['adjacent strings', 'param.a == "a" "b"', '1:16', 'as one'],
    ['bit and', 'param.a & 1', '1:9', 'write `and`'],
    ['bit or', 'param.a | 1', '1:9', 'write `or`'],
    ['bit xor', 'param.a ^ 1', '1:9', 'bit operators'],
    ['bit not', '~param.a', '1:1', 'write `not`'],
    ['a shift', 'param.a << 1', '1:9', 'bit operators'],
    ['assignment', 'param.a = 1', '1:9', 'write `==`'],
    ['a walrus', '(param.a := 1)', '1:10', 'assignment'],
    ['&&', 'param.a && param.b', '1:9', 'write `and`'],
    ['||', 'param.a || param.b', '1:9', 'write `or`'],
    ['!', '!param.a', '1:1', 'write `not`'],
    ['===', 'param.a === 1', '1:9', 'write `==`'],
    ['!==', 'param.a !== 1', '1:9', 'write `!=`'],
    ['<>', 'param.a <> 1', '1:9', 'write `!=`'],
    ['=>', 'param.a => 1', '1:9', 'write `>=`'],
    ['a dot after a question mark', 'param?.a', '1:6', 'write `.`'],
    ['capital AND', 'param.a AND param.b', '1:9', 'write `and`'],
    ['an unknown operator', 'param.a contains 1', '1:9', '`and` or `or`'],
    ['a comment', 'param.a # or param.b', '1:9', 'comment'],
    ['a semicolon', 'param.a; param.b', '1:8', 'one expression'],
    ['a bare tuple', 'param.a, 1', '1:8', 'in parentheses'],
    [
      'the root input',
      'input.x == 1',
      '1:1',
      'only `param` and `context` can be read; did you mean `param`?',
    ],
    ['the root params', 'params.x > 5', '1:1', 'did you mean `param`?'],
    ['the root ctx', 'ctx.x > 5', '1:1', 'did you mean `context`?'],
    ['a bare word', 'param.tier == pro', '1:15', 'put text in quotes: "pro"'],
    ['a prototype name as root', 'constructor', '1:1', 'only `param` and `context`'],
    ['undefined', 'param.a == undefined', '1:12', 'did you mean `null`?'],
    ['NULL', 'param.a == NULL', '1:12', 'did you mean `null`?'],
    ['a hidden member', 'param.__class__', '1:7', 'start with `_`'],
    ['a member with one underscore', 'param._id', '1:7', 'write ["_id"]'],
    ['a hidden subscript', 'param["__a"]', '1:7', 'start with `__`'],
    ['a hidden subscript, spelled otherwise', 'param["\\x5f_a"]', '1:7', 'start with `__`'],
    ['a hidden subscript in parentheses', 'param[("__a")]', '1:8', 'start with `__`'],
    ['a keyword as a member', 'param.class', '1:7', 'write ["class"]'],
    ['None as a member', 'param.None', '1:7', 'write ["None"]'],
    ['a number as a member', 'param.items.0', '1:12', 'write [0]'],
    ['two dots', 'param..a', '1:7', 'after `.` comes a name'],
    ['a name that is not ASCII', 'param.é', '1:7', 'names are ASCII'],
    ['a root that is not ASCII', '𝐩aram', '1:1', 'names are ASCII'],
    ['typographic quotes', 'param.a == “x”', '1:12', 'write " instead'],
    ['a no-break space', 'param.a\u00a0> 1', '1:8', 'U+00A0'],
    ['a zero-width space', 'param.a \u200b> 1', '1:9', 'U+200B'],
    ['is between values', 'param.a is param.b', '1:1', 'write `==`'],
    ['is not between values', 'param.a is not 1', '1:1', 'write `!=`'],
    ['is in a chain', 'param.a is null == param.b is param.c', '1:20', 'write `==`'],
    ['not as an operand', 'param.a == not param.b', '1:12', 'parentheses'],
    ['not as an operand of in', 'param.a in not param.b', '1:12', 'parentheses'],
    ['not without in', 'param.a not param.b', '1:9', '`not in`'],
    ['a hexadecimal', '0x10', '1:1', 'decimal'],
    ['an octal', '0o7', '1:1', 'decimal'],
    ['underscores', '1_000', '1:1', 'underscores'],
    ['an imaginary', '1j', '1:1', 'imaginary'],
    ['a leading zero', '007', '1:1', 'write `7`'],
    ['a word right behind a number', '1and 2', '1:1', 'blank'],
    ['an infinite number', '1e400', '1:1', 'more digits'],
    ['a number too small', '1e-400', '1:1', 'more digits'],
    ['more digits than a double has', '1000.0000000000000001', '1:1', 'more digits'],
    ['18 digits', '333333333.333333291', '1:1', 'more digits'],
    ['an unknown escape', '"\\q"', '1:2', 'unknown escape `\\q`'],
    ['an octal escape', '"\\012"', '1:2', 'octal'],
    ['a named escape', '"\\N{DOT}"', '1:2', 'unknown escape'],
    ['a short \\x', '"\\x4"', '1:2', 'exactly 2'],
    ['a short \\u', '"\\u00e"', '1:2', 'exactly 4'],
    ['a character too high', '"\\U00110000"', '1:2', '0010ffff'],
    ['half a character', '"\\ud83d"', '1:2', 'surrogate'],
    ['half a character as it is', '"\ud83d"', '1:2', 'half a character'],
    ['U+0000', '"\0"', '1:2', 'U+0000'],
    ['a string without end', 'param.a == "x', '1:12', 'never ends'],
    ['a string over a line end', '"a\nb"', '1:1', 'never ends'],
    ['a bracket without end', 'param.a in [1, 2', '1:12', 'never closed'],
    ['a parenthesis without end', '(param.a', '1:1', 'never closed'],
    ['the wrong bracket', '(param.a]', '1:9', '`)` is missing'],
    ['a bracket too many', 'param.a)', '1:8', 'cannot stand here'],
    ['a lone comma', '[,]', '1:2', 'missing before `,`'],
    ['a key that is no string', '{1: 2}', '1:2', 'keys of an object are strings'],
    ['a key without value', '{"a": 1, "b"}', '1:13', '`:` is missing'],
    ['a set with keys', '{1, "a": 2}', '1:8', 'a set has no keys'],
    ['unpacking', '[*param.a]', '1:2', 'arithmetic'],
    ['an ellipsis', '...', '1:1', 'not in the language'],
    ['nothing', '', '1:1', 'empty'],
    ['blanks', '  ', '1:3', 'empty'],
    ['an operator alone', 'and', '1:1', 'missing before `and`'],
    ['a missing operand', 'param.a and', '1:12', 'missing'],
    ['a fault on the second line', 'param.a > 1\nand param.é', '2:11', 'names are ASCII'],
    ['a fault behind a character of two units', '"😀" + 1', '1:5', 'arithmetic'],
  ])('%s', (_name, text, place, words) => {
    const told = refusal(text)
    expect(told.slice(0, place.length + 1)).toBe(`${place} `)
    expect(told).toContain(words)
  })

  it('tells the first fault, also where a later character cannot be read', () => {
    expect(refusal('params.a + é')).toContain('1:1 unknown name')
    expect(refusal('len(1) $')).toContain('1:1 calls')
  })

  it('gives the UTF-16 offset beside line and column', () => {
    const parsed = parseCondition('"😀"\n+ 1')
    expect(parsed).toMatchObject({ ok: false, problem: { offset: 5, line: 2, column: 1 } })
  })
})

describe('what is accepted', () => {
  it.each([
    ['leading point', '.5 < 1'],
    ['trailing point', '1. == 1'],
    ['zeros alone', '00 == 0'],
    ['a float that begins with zero', '01.5 > 1'],
    ['an exponent', '1e3 == 1E+3'],
    ['2 ** 53', 'param.a == 9007199254740992'],
    ['2 ** 53 + 1', 'param.a == 9007199254740993'],
    ['a whole number of 400 digits', `param.a < ${'9'.repeat(400)}`],
    ['a decimal of 17 digits', 'param.a > 333333333.33333329'],
    ['a key that starts with one underscore', 'param["_id"] == 1'],
    ['a negative number', 'param.a > -1.5'],
    ['minus and a blank', 'param.a > - 1'],
    ['the empty tuple', 'param.a == ()'],
    ['a tuple of one', 'param.a in (1,)'],
    ['trailing commas', 'param.a in [1, 2,] or param.a in {1,} or param.a == {"a": 1,}'],
    ['the names of Python', 'True and not False or None'],
    ['true as a member', 'param.true == true'],
    ['a root as a member', 'param.param == param.context'],
    ['a member of a literal', '{"a": 1}.a == 1'],
    ['lines', 'param.a > 1\n  and\tparam.b'],
    ['CRLF', 'param.a\r\n> 1'],
    ['a keyword as a subscript', 'param["class"]'],
    ['is with the literal first', 'null is param.a'],
    ['is not with a literal in parentheses', 'param.a is not (None)'],
    ['not not', 'not not param.a'],
    ['operators without blanks', 'param.a<-1'],
    ['a string right behind a word', '"a"in"abc"and not"b"in"c"'],
    ['all escapes', String.raw`"\\\'\"\n\r\t\b\f\0\x41é\U0001f600\08"`],
  ])('%s', (_name, text) => {
    expect(refusal(text)).toBe('accepted')
  })
})

describe('limits', () => {
  const nested = (open: string, inside: string, close: string, levels: number) =>
    open.repeat(levels) + inside + close.repeat(levels)

  it('takes 2,000 characters, counted as characters, and not one more', () => {
    const text = `"${'😀'.repeat(maxConditionCharacters - 2)}"`
    expect(refusal(text)).toBe('accepted')
    expect(refusal(`${text} `)).toBe('1:1 a condition has at most 2000 characters')
  })

  it.each([
    ['parentheses', '(', '1', ')'],
    ['lists', '[', '1', ']'],
    ['sets', '{', '1', '}'],
    ['objects', '{"a":', '1', '}'],
    ['subscripts', 'param[', '1', ']'],
    ['not', 'not ', '1', ''],
  ])('takes 64 levels of %s and not one more', (_name, open, inside, close) => {
    expect(refusal(nested(open, inside, close, 64))).toBe('accepted')
    expect(refusal(nested(open, inside, close, 65))).toContain('at most 64 levels')
  })

  it('counts what stands open, not what has been closed', () => {
    expect(refusal(Array.from({ length: 200 }, () => '[1][0]').join(' or '))).toBe('accepted')
    expect(refusal(`param${'[0]'.repeat(300)}`)).toBe('accepted')
  })

  it('survives whatever is nested within 2,000 characters', () => {
    for (const open of ['(', '[', '{', 'not ', '-', 'param[', '{"a":', '"', "'''", '(((((1,']) {
      expect(refusal(open.repeat(2000).slice(0, 2000))).not.toBe('accepted')
    }
  })
})

it('makes a text that cannot be read a condition that can never be told', () => {
  expect(compileCondition('param.a +')({ a: 1 }, {})).toEqual({
    outcome: 'unevaluable',
    detail:
      'the condition cannot be read: arithmetic is not in the language: compare plain values (line 1, column 9)',
  })
})
