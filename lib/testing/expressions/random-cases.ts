import { sampleKeys, sampleTexts, ValueMaker } from './random-values'

/** One condition with the values to evaluate it over. */
export type RandomCase = { text: string; param: object; context: object }

const numbers = '0 1 2 3 5 00 1.0 2.5 .5 1e1 0.0 100 1. 9007199254740992'.split(' ')
/** Whole numbers about the places where doubles lose them, and the doubles there. */
const largeNumbers = (
  '9007199254740991 9007199254740992 9007199254740993 9007199254740992.0 9007199254740993e0 9.007199254740994e15 ' +
  '10000000000000000 10000000000000001 1e16 100000000000000000000 100000000000000000001 1e20 ' +
  '99999999999999991611392 100000000000000000000000 1e23 1e300 18446744073709551616 1.8446744073709552e19 ' +
  `1${'0'.repeat(300)} ${'9'.repeat(400)}`
).split(' ')
const orders = ['<', '<=', '>', '>=']
const oddStrings = [
  String.raw`"_x"`,
  `"__x"`,
  `"_"`,
  `'__class__'`,
  `"a"`,
  String.raw`"\q"`,
  String.raw`'\01'`,
  String.raw`"\08"`,
]
/** Tokens that can mostly stand where one of their own class stands. */
const likeTokens = [
  [...orders, '==', '!=', 'in', 'not in', 'is', 'is not'],
  ['and', 'or', 'and not', 'or not'],
  [...numbers, '- 1', '01', '1e-400', '1_0', '0x1', '1and 2', '1.or 2', '0or 1', '-1 [ 0 ]', '- ( 1 )'],
  ['true', 'false', 'null', 'True', 'False', 'None', 'TRUE', 'undefined', '()', '[]', '{}'],
  ['param', 'context', 'params', 'null'],
  [...sampleKeys, 'class', '_x', 'in', 'é'],
]
/** Sets that overlap, and things of which Python can hash some. */
const smallSets = [
  '{1}',
  '{1, 2}',
  '{2, 1.0}',
  '{true, 2}',
  '{3}',
  '{9007199254740992, 9007199254740993}',
  '{1e20, 9007199254740993}',
  '{100000000000000000000, 9007199254740993}',
  '{(1, 2)}',
  '{"a"}',
  '{(), 1}',
  '{((1,), "a"), 1}',
]
const smallObjects = ['{}', '{"a": 1}', '{"a": 1, "b": 2}', '{"a": 2, "a": 1.0}', '{"b": 2, "a": true}']
const hashables = [
  '1',
  '9007199254740993',
  '1e20',
  '100000000000000000000',
  '()',
  '(1, 2)',
  '(1, [2])',
  '({1},)',
  '((1,), "a")',
  '[]',
  '{}',
  '{1}',
  '("a", {"a": 1})',
]
/** Tokens that mostly do not belong where they come to stand, many of them nowhere. */
const otherTokens = (
  '+ * / % ** // @ && || ! === !== <> = := & | ^ ~ << >> -> ... ; ? $ ` # \\ lambda if else for async await ' +
  'yield class import print _x __class__ x True None TRUE é 01 007 0x1f 0b1 1_0 1j 1e400 9007199254740993 ' +
  '100000000000000000000000 0.1000000000000000055 1e-400 b"a" f"a" r"a" u"a" """a""" "\\q" "\\x4" "\\01" ' +
  '"\\ud800" "\\U00110000" "open : , . - ( ) [ ] { } not in is == < and or "\\0" "\\u00e4" 1.5e+3 00.5'
).split(' ')

/** Makes cases: most by the types of the values, some against them, so that all results come up. */
export class CaseMaker extends ValueMaker {
  private string(value = this.pick(sampleTexts)): string {
    const quote = this.pick(['"', "'"])
    const body = [...value].map((character) => {
      const code = character.codePointAt(0) ?? 0
      if (character === quote || character === '\\') return `\\${character}`
      if (character === '\n') return '\\n'
      if (this.chance(0.9)) return character
      return code > 0xffff
        ? `\\U${code.toString(16).padStart(8, '0')}`
        : `\\u${code.toString(16).padStart(4, '0')}`
    })
    return quote + body.join('') + quote
  }

  private root(): string[] {
    return [this.chance(0.8) ? 'param' : 'context']
  }

  private member(key: string): string[] {
    if (this.chance(0.75)) return [...this.root(), '.', key]
    return [...this.root(), '[', this.string(key), ']']
  }

  private index(): string[] {
    const roll = this.roll()
    if (roll < 0.75) return [this.pick(['0', '0', '0', '1', '2'])]
    if (roll < 0.93) return ['-', this.pick(['1', '1', '2', '3'])]
    return this.pick([
      ['true'],
      ['false'],
      ['1.0'],
      ['null'],
      ['[', '0', ']'],
      ['[', '1.0', ']', '[', '0', ']'],
    ])
  }

  private number(depth: number): string[] {
    const roll = this.roll()
    if (roll < 0.34) {
      const number = this.pick(this.chance(0.8) ? numbers : largeNumbers)
      return this.chance(0.2) ? ['-', number] : [number]
    }
    if (roll < 0.74) return this.member(this.pick(['a', 'b', 'a', 'b', 'f']))
    if (roll < 0.8) return [...this.member('meta'), '.', 'a']
    if (roll < 0.87) return [...this.member('items'), '[', ...this.index(), ']']
    if (roll < 0.92) return [...this.member('rows'), '[', ...this.index(), ']', '.', 'a']
    if (depth > 0)
      return ['(', ...this.number(depth - 1), this.pick(['or', 'and']), ...this.number(depth - 1), ')']
    return [this.pick(['true', 'false'])]
  }

  private text(): string[] {
    const roll = this.roll()
    if (roll < 0.45) return [this.string()]
    if (roll < 0.8) return this.member(this.pick(['s', 't']))
    if (roll < 0.86) return [...this.member('s'), '[', ...this.index(), ']']
    if (roll < 0.93) return [...this.member('names'), '[', ...this.index(), ']']
    return [...this.member('rows'), '[', ...this.index(), ']', '.', 's']
  }

  private display(open: string, items: string[][]): string[] {
    const close = { '[': ']', '(': ')', '{': '}' }[open] ?? ''
    const needsComma = open === '(' && items.length === 1
    const inside = items.flatMap((item, i) => (i === 0 ? item : [',', ...item]))
    const comma = needsComma || (items.length > 0 && this.chance(0.1)) ? [','] : []
    return [open, ...inside, ...comma, close]
  }

  private container(depth: number): string[] {
    const roll = this.roll()
    if (roll < 0.2) return this.member(this.pick(['items', 'names', 'rows']))
    const make = this.pick([() => this.number(0), () => this.text(), () => this.any(depth - 1)])
    if (roll < 0.4) return this.display('[', this.several(3, make))
    if (roll < 0.6) return this.display('(', this.several(3, make))
    if (roll < 0.8) return this.display('{', [make(), ...this.several(3, make)])
    if (roll < 0.88) return this.member('meta')
    const pairs = this.several(3, () => [this.string(this.pick(sampleKeys)), ':', ...this.any(depth - 1)])
    return this.display('{', pairs)
  }

  private any(depth: number): string[] {
    const roll = this.roll()
    if (roll < 0.3) return this.number(depth)
    if (roll < 0.5) return this.text()
    if (roll < 0.6) return [this.pick(['true', 'false', 'null', 'True', 'False', 'None'])]
    if (roll < 0.72 || depth <= 0) return this.member(this.pick(sampleKeys))
    if (roll < 0.88) return this.container(depth)
    return ['(', ...this.truth(depth - 1), ')']
  }

  private membership(depth: number): string[] {
    const operator = this.chance(0.7) ? ['in'] : ['not', 'in']
    const roll = this.roll()
    if (roll < 0.25) return [...this.text(), ...operator, ...this.text()]
    if (roll < 0.35) return [...this.text(), ...operator, ...this.member('meta')]
    if (roll < 0.4) return [this.string(this.pick(sampleKeys)), ...operator, ...this.root()]
    if (roll < 0.45) return [this.pick(hashables), ...operator, this.pick([...smallSets, '{"a": 1}'])]
    if (roll < 0.7) return [...this.number(depth), ...operator, ...this.member('items')]
    return [...this.any(depth), ...operator, ...this.container(depth)]
  }

  private comparison(depth: number): string[] {
    const roll = this.roll()
    if (roll < 0.3) return [...this.number(depth), this.pick(orders), ...this.number(depth)]
    if (roll < 0.4) return [...this.text(), this.pick(orders), ...this.text()]
    if (roll < 0.55) return this.membership(depth)
    if (roll < 0.7) return [...this.any(depth), this.pick(['==', '!=']), ...this.any(depth)]
    if (roll < 0.78) {
      const singleton = [this.pick(['null', 'true', 'false', 'None'])]
      const sides = this.chance(0.7) ? [this.any(depth), singleton] : [singleton, this.any(depth)]
      return [...(sides[0] ?? []), ...this.pick([['is'], ['is', 'not']]), ...(sides[1] ?? [])]
    }
    if (roll < 0.82) {
      const alike = this.pick([smallSets, smallSets, smallObjects])
      return [this.pick(alike), this.pick([...orders, '==', '!=', '==', '!=']), this.pick(alike)]
    }
    if (roll < 0.88) {
      const operators = () => this.pick([...orders, '==', '!='])
      return [...this.number(0), operators(), ...this.number(0), operators(), ...this.number(0)]
    }
    return [...this.container(depth), this.pick([...orders, '==', '!=', 'in']), ...this.container(depth)]
  }

  private truth(depth: number): string[] {
    const roll = this.roll()
    if (depth <= 0 || roll < 0.42) return this.comparison(Math.max(depth, 0))
    if (roll < 0.62) return [...this.truth(depth - 1), this.pick(['and', 'or']), ...this.truth(depth - 1)]
    if (roll < 0.78) return ['not', ...this.truth(depth - 1)]
    if (roll < 0.88) return ['(', ...this.truth(depth - 1), ')']
    return this.any(depth)
  }

  /** Tokens side by side, with a blank where they would run together and sometimes elsewhere. */
  private join(tokens: string[]): string {
    let text = ''
    let last = ''
    for (const token of tokens) {
      const isWord = /\w$/.test(last) && /^\w/.test(token)
      const isNumber = /^\.?\d/.test(last) ? /^[.\w]/.test(token) : last === '.' && /^[.\d]/.test(token)
      const blank = this.chance(0.02) ? this.pick(['  ', '\t', '\n']) : ' '
      text += text !== '' && (isWord || isNumber || this.chance(0.5)) ? blank + token : token
      last = token
    }
    return text
  }

  /** A condition of the language with values to evaluate it over. */
  evaluable(): RandomCase {
    return { text: this.join(this.truth(3)), param: this.values(), context: this.values() }
  }

  /** Another token of the same class, so that the text mostly stays in the language. */
  private alike(token: string): string {
    if (/^["']/.test(token)) return this.pick(oddStrings)
    const kind = likeTokens.find((each) => each.includes(token))
    return kind ? this.pick(kind) : this.pick(['true', 'null', '0', '"a"', 'param', '( )', 'not'])
  }

  private change(tokens: string[]): void {
    const at = Math.floor(this.roll() * tokens.length)
    const token = tokens[at] ?? 'param'
    const roll = this.roll()
    if (roll < 0.4) tokens.splice(at, 1, this.alike(token))
    else if (roll < 0.5) tokens.splice(at, 0, 'not')
    else if (roll < 0.6) tokens.splice(at, 1)
    else if (roll < 0.7) tokens.splice(at, 0, this.pick(tokens))
    else if (roll < 0.85) tokens.splice(at, 0, this.pick(otherTokens))
    else tokens.splice(at, 1, this.pick(otherTokens))
  }

  /** A text that may or may not be of the language: a condition with a few tokens changed, or token salad. */
  spelled(): RandomCase {
    const tokens = this.chance(0.9) ? this.truth(2) : this.several(8, () => this.pick(otherTokens))
    const changes = this.chance(0.7) ? 1 : 1 + Math.floor(this.roll() * 3)
    for (let i = 0; i < changes; i++) this.change(tokens)
    return { text: this.join(tokens), param: this.values(), context: this.values() }
  }
}
