/** Where a node stands in the text of its condition, as UTF-16 indices: `text.slice(start, end)`. */
type Span = { start: number; end: number }

export type OrderOperator = '<' | '<=' | '>' | '>='
export type ComparisonOperator = OrderOperator | '==' | '!=' | 'in' | 'not in' | 'is' | 'is not'

export type Literal = Span & {
  kind: 'literal'
  /** A whole number beyond 2^53 - 1 is a bigint. */
  value: null | boolean | number | bigint | string
  /** A number spelled with a point or an exponent: a float to Python, never an index. */
  isFloat: boolean
}
export type Root = Span & { kind: 'root'; name: 'param' | 'context' }
export type Member = Span & { kind: 'member'; object: Node; key: string }
export type Subscript = Span & { kind: 'subscript'; object: Node; index: Node }
export type Sequence = Span & { kind: 'list' | 'tuple' | 'set'; items: Node[] }
export type ObjectLiteral = Span & { kind: 'object'; entries: { key: string; value: Node }[] }
export type Not = Span & { kind: 'not'; operand: Node }
export type Junction = Span & { kind: 'and' | 'or'; operands: Node[] }
export type Comparison = Span & {
  kind: 'comparison'
  first: Node
  /** `a < b <= c` is a first operand and two links. */
  links: { operator: ComparisonOperator; right: Node }[]
}

/** The tree of a condition; spans of nodes in parentheses do not include these. */
export type Node =
  Literal | Root | Member | Subscript | Sequence | ObjectLiteral | Not | Junction | Comparison
