import { Cursor } from './cursor'
import { nameMistake, pythonKeywords, wordAfterValueMistake } from './mistakes'
import type { Comparison, ComparisonOperator, Literal, Node, ObjectLiteral } from './tree'

const constants = new Map<string, null | boolean>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
])
const signOperators = new Set(['==', '!=', '<', '<=', '>', '>='])

const isSingleton = (node: Node) =>
  node.kind === 'literal' && (node.value === null || typeof node.value === 'boolean')
const isHidden = (node: Node) =>
  node.kind === 'literal' && typeof node.value === 'string' && node.value.startsWith('__')
const hiddenMessage = 'keys that start with `__` cannot be read'

class Parser extends Cursor {
  whole(): Node {
    if (this.isEnd()) this.failHere('the condition is empty')
    const node = this.expression()
    if (!this.isEnd()) this.failAfterValue()
    return node
  }

  private expression(): Node {
    return this.junction('or')
  }

  private junction(kind: 'and' | 'or'): Node {
    const operand = () => (kind === 'or' ? this.junction('and') : this.negation())
    const first = operand()
    if (!this.isWord(kind)) return first
    const operands = [first]
    let { end } = first
    while (this.isWord(kind)) {
      this.take()
      const another = operand()
      operands.push(another)
      end = another.end
    }
    return { kind, operands, start: first.start, end }
  }

  private negation(): Node {
    if (!this.isWord('not')) return this.comparison()
    const { start } = this.enter()
    const operand = this.negation()
    this.leave()
    return { kind: 'not', operand, start, end: operand.end }
  }

  private comparison(): Node {
    const first = this.primary()
    const links: Comparison['links'] = []
    let left = first
    for (let operator = this.operator(); operator; operator = this.operator()) {
      if (this.isWord('not')) this.failHere(`put what \`not\` covers in parentheses: \`${operator} (not …)\``)
      const right = this.primary()
      if ((operator === 'is' || operator === 'is not') && !isSingleton(left) && !isSingleton(right)) {
        const plain = operator === 'is' ? '==' : '!='
        this.failAt(left.start, `\`${operator}\` is only for null, true and false: write \`${plain}\``)
      }
      links.push({ operator, right })
      left = right
    }
    if (links.length === 0) return first
    return { kind: 'comparison', first, links, start: first.start, end: left.end }
  }

  private operator(): ComparisonOperator | undefined {
    const { kind, text } = this.token
    if (kind === 'sign' && signOperators.has(text)) return this.take().text as ComparisonOperator
    if (kind !== 'name') return undefined
    if (text === 'in') return this.take().text as 'in'
    if (text === 'is') {
      this.take()
      if (!this.isWord('not')) return 'is'
      this.take()
      return 'is not'
    }
    if (text !== 'not' || this.next.kind !== 'name' || this.next.text !== 'in') return undefined
    this.take()
    this.take()
    return 'not in'
  }

  private primary(): Node {
    const isNegative = this.isSign('-')
    let node = this.atom()
    while (this.token.kind === 'sign') {
      const { text } = this.token
      if (text === '(') this.failHere('calls and methods are not in the language')
      if (text !== '.' && text !== '[') break
      // To Python the minus sign would come last: -1[0] is -(1[0]).
      if (isNegative) this.failHere('a number has no members')
      node = text === '.' ? this.member(node) : this.subscript(node)
    }
    return node
  }

  private member(object: Node): Node {
    this.take()
    const { kind, text } = this.token
    if (kind !== 'name') this.failHere('after `.` comes a name; any other key is written param["…"]')
    if (pythonKeywords.has(text)) this.failHere(`\`${text}\` is a keyword of Python: write ["${text}"]`)
    if (text.startsWith('__')) this.failHere('names that start with `_` cannot be read')
    if (text.startsWith('_'))
      this.failHere(`names that start with \`_\` cannot be read by dot: write ["${text}"]`)
    return { kind: 'member', object, key: text, start: object.start, end: this.take().end }
  }

  private subscript(object: Node): Node {
    const opened = this.enter().start
    if (this.isSign(':')) this.failHere('slices are not in the language')
    if (this.isSign(']')) this.failHere('a subscript is missing between `[` and `]`')
    const index = this.expression()
    if (isHidden(index)) this.failAt(index.start, hiddenMessage)
    if (this.isSign(':')) this.failHere('slices are not in the language')
    if (this.isSign(',')) this.failHere('a subscript is one value: write [a][b]')
    return { kind: 'subscript', object, index, start: object.start, end: this.close(']', opened) }
  }

  private atom(): Node {
    const { start, end, kind, text } = this.token
    if (kind === 'string') return this.string()
    if (kind === 'name') return this.name()
    if (kind === 'number') {
      const { value, isFloat } = this.token
      this.take()
      return { kind: 'literal', value, isFloat, start, end }
    }
    if (text === '-') return this.negative()
    if (text === '(' || text === '[') return this.sequence(text)
    if (text === '{') return this.braces()
    if (kind === 'end') this.failHere('the condition ends where a value is missing')
    return this.failHere(`a value is missing before \`${text}\``)
  }

  private string(): Literal {
    const { text: value, start, end } = this.take()
    if (this.token.kind === 'string') this.failHere('two strings side by side: write them as one')
    return { kind: 'literal', value, isFloat: false, start, end }
  }

  private name(): Node {
    const { text, start, end } = this.take()
    if (text === 'param' || text === 'context') return { kind: 'root', name: text, start, end }
    const value = constants.get(text)
    if (value === undefined) this.failAt(start, nameMistake(text, this.token.text))
    return { kind: 'literal', value, isFloat: false, start, end }
  }

  private negative(): Literal {
    const { start } = this.take()
    const { token } = this
    if (token.kind !== 'number') {
      this.failHere('`-` stands only before a number: arithmetic is not in the language')
    }
    this.take()
    return { kind: 'literal', value: -token.value, isFloat: token.isFloat, start, end: token.end }
  }

  /** `(a)`, a tuple or a list. */
  private sequence(open: '(' | '['): Node {
    const { start } = this.enter()
    const sign = open === '(' ? ')' : ']'
    const items: Node[] = []
    let isTuple = true
    while (isTuple && !this.isSign(sign)) {
      if (!this.isEnd()) items.push(this.expression())
      if (this.isSign(',')) this.take()
      else isTuple = false
    }
    const end = this.close(sign, start)
    if (open === '[') return { kind: 'list', items, start, end }
    const only = items[0]
    if (only !== undefined && items.length === 1 && !isTuple) return only
    return { kind: 'tuple', items, start, end }
  }

  /** An object or a set; `{}` is the empty object. */
  private braces(): Node {
    const { start } = this.enter()
    const items: Node[] = []
    const entries: ObjectLiteral['entries'] = []
    let isGoingOn = true
    while (isGoingOn && !this.isSign('}') && !this.isEnd()) {
      const item = this.expression()
      if (!this.isSign(':') && entries.length === 0) items.push(item)
      else entries.push({ key: this.key(item, items.length > 0), value: this.expression() })
      isGoingOn = this.isSign(',')
      if (isGoingOn) this.take()
    }
    const end = this.close('}', start)
    return items.length > 0 ? { kind: 'set', items, start, end } : { kind: 'object', entries, start, end }
  }

  private key(node: Node, isSet: boolean): string {
    if (!this.isSign(':')) this.failHere('an object has a value for each key: `:` is missing')
    if (isSet) this.failHere('a set has no keys: leave `:` away')
    if (node.kind !== 'literal' || typeof node.value !== 'string') {
      this.failAt(node.start, 'keys of an object are strings: put it in quotes')
    }
    this.take()
    return node.value
  }

  /** Takes the closing bracket and says where it ends. */
  private close(sign: string, opened: number): number {
    if (this.isEnd()) this.failAt(opened, `this bracket is never closed: \`${sign}\` is missing`)
    if (!this.isSign(sign)) this.failAfterValue(sign)
    this.leave()
    return this.take().end
  }

  /** `param.order-id` is a subtraction to Python; who writes it means a key. */
  private minusMistake(): string {
    const arithmetic = 'arithmetic is not in the language: compare plain values'
    const { token, last, text } = this
    if (last?.kind !== 'name' || last.end !== token.start || text[last.start - 1] !== '.') return arithmetic
    const key = /^\w+(?:-\w+)+/.exec(text.slice(last.start))?.[0]
    if (key === undefined) return arithmetic
    const object = /[\w.[\]"']*$/.exec(text.slice(0, last.start - 1))?.[0] ?? ''
    return `${arithmetic}; a key with \`-\` in it is written ${object}["${key}"]`
  }

  private failAfterValue(expected?: string): never {
    const { kind, text } = this.token
    if (kind === 'name') this.failHere(wordAfterValueMistake(text))
    if (kind === 'number' && text.startsWith('.')) this.failHere('write [0] for the first item of a list')
    if (kind === 'string' || kind === 'number') this.failHere('an operator is missing before this value')
    if (text === '-') this.failHere(this.minusMistake())
    if (expected !== undefined) this.failHere(`\`${expected}\` is missing before \`${text}\``)
    if (text === ',') this.failHere('a condition is one expression: put a tuple in parentheses')
    if (text === ':') this.failHere('`:` stands only between key and value of an object')
    return this.failHere(`\`${text}\` cannot stand here`)
  }
}

/**
 * The tree of a condition of at most 64 levels of nesting; precedence and grouping are CPython's.
 * @throws ConditionError that says what is wrong, where, and how to mend it.
 */
export function parseTree(text: string): Node {
  return new Parser(text).whole()
}
