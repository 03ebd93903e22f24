/** Letters that Python (3.14 included) reads as the prefix of a string literal. */
export const stringPrefixes = new Set(['b', 'br', 'f', 'fr', 'r', 'rb', 'rf', 'rt', 't', 'tr', 'u'])

/** Python's keywords, none of which can be a name after a dot. */
export const pythonKeywords = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for ' +
    'from global if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
)

const arithmetic = 'arithmetic is not in the language: compare plain values'
const bits = 'bit operators are not in the language'

/** What other languages write, and what to write here; `''`: ours. Longer signs before their beginnings. */
const signMistakes: [string, string][] = [
  ['!==', '`!==` is not in the language: write `!=`'],
  ['===', '`===` is not in the language: write `==`'],
  ['...', '`...` is not in the language'],
  ['**', arithmetic],
  ['//', arithmetic],
  ['&&', '`&&` is not in the language: write `and`'],
  ['||', '`||` is not in the language: write `or`'],
  ['??', '`??` is not in the language: test with `is null`'],
  ['?.', '`?.` is not in the language: write `.`; a missing value asks a reviewer'],
  ['<>', '`<>` is not in the language: write `!=`'],
  ['=>', '`=>` is not in the language: write `>=`, or leave the function away'],
  ['=<', '`=<` is not in the language: write `<=`'],
  ['->', '`->` is not in the language'],
  [':=', 'assignment is not in the language'],
  ['<<', bits],
  ['>>', bits],
  ['==', ''],
  ['!=', ''],
  ['=', 'assignment is not in the language: write `==` to compare'],
  ['!', '`!` is not in the language: write `not`'],
  ['&', `${bits}: write \`and\``],
  ['|', `${bits}: write \`or\``],
  ['^', bits],
  ['~', `${bits}: write \`not\``],
  ['+', arithmetic],
  ['*', arithmetic],
  ['/', arithmetic],
  ['%', arithmetic],
  ['@', arithmetic],
  ['#', '`#` begins a comment in Python: a condition holds none, write it in the YAML'],
  [';', 'a condition is one expression: leave `;` away'],
  ['?', '`a ? b : c` is not in the language: write it with `and` and `or`'],
  ['$', '`$` is not in the language: write `param.name`'],
  ['`', 'strings stand in single or double quotes, not in back-ticks'],
  ['\\', 'a condition goes on over a line end by itself: leave `\\` away'],
]

const mistakesByFirst = new Map<string, [string, string][]>()
for (const mistake of signMistakes) {
  const first = mistake[0].charAt(0)
  mistakesByFirst.set(first, [...(mistakesByFirst.get(first) ?? []), mistake])
}

const quotes = new Set('“”„‟«»‘’‚‛`´')

/** Why the character at an index begins nothing in the language, or undefined where it does begin a sign. */
export function mistakeAt(text: string, at: number): string | undefined {
  const code = text.codePointAt(at) ?? 0
  if (code >= 128) {
    const character = String.fromCodePoint(code)
    const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    if (quotes.has(character)) return `strings stand in plain quotes: write " instead of ${character}`
    if (/\p{L}|\p{N}|\p{M}/u.test(character)) {
      return `names are ASCII: write param["${character}…"] for such a key`
    }
    if (/\p{Z}|\p{C}/u.test(character)) return `the invisible character ${name} stands here: write a blank`
    return `the character ${name} is not in the language`
  }
  for (const [sign, message] of mistakesByFirst.get(text[at] ?? '') ?? []) {
    if (text.startsWith(sign, at)) return message || undefined
  }
  if ('()[]{},:.<>-'.includes(text[at] ?? '')) return undefined
  return `the character U+${code.toString(16).toUpperCase().padStart(4, '0')} is not in the language`
}

/** What letters right behind a number mean, and what to write instead. */
export function numberTailMistake(number: string, tail: string): string {
  if (number === '0' && /^[xob]/i.test(tail)) return 'numbers are decimal: write this one without its prefix'
  if (tail.startsWith('_')) return 'a number holds no underscores: write its digits alone'
  if (/^j$/i.test(tail)) return 'imaginary numbers are not in the language'
  return `put a blank between \`${number}\` and \`${tail}\``
}

const rootsMeant: Record<string, string> = {
  params: 'param',
  parameters: 'param',
  parameter: 'param',
  parm: 'param',
  args: 'param',
  arg: 'param',
  arguments: 'param',
  kwargs: 'param',
  input: 'param',
  inputs: 'param',
  ctx: 'context',
  contexts: 'context',
  contex: 'context',
  conext: 'context',
  run: 'context',
}

const wordsMeant: Record<string, string> = {
  undefined: 'null',
  nil: 'null',
  none: 'null',
  null: 'null',
  true: 'true',
  false: 'false',
  param: 'param',
  context: 'context',
  not: 'not',
}

/** Why a name cannot begin a value, where `next` is the token text behind it. */
export function nameMistake(name: string, next: string): string {
  if (name === 'lambda') return 'lambda is not in the language'
  if (name === 'await' || name === 'yield') return `\`${name}\` is not in the language`
  if (pythonKeywords.has(name)) return `a value is missing before \`${name}\``
  if (next === '(') return `calls and methods are not in the language: \`${name}(…)\` cannot be written`
  if (next === 'for' || next === 'async') return 'comprehensions are not in the language'
  if (next === ':=') return 'assignment is not in the language'
  const word = Object.hasOwn(wordsMeant, name.toLowerCase()) ? wordsMeant[name.toLowerCase()] : undefined
  if (word !== undefined) return `unknown name \`${name}\`: did you mean \`${word}\`?`
  const root = Object.hasOwn(rootsMeant, name.toLowerCase()) ? rootsMeant[name.toLowerCase()] : undefined
  const meant = root === undefined ? `put text in quotes: "${name}"` : `did you mean \`${root}\`?`
  return `unknown name \`${name}\`: only \`param\` and \`context\` can be read; ${meant}`
}

const operatorsMeant: Record<string, string> = { AND: 'and', OR: 'or', NOT: 'not', IN: 'in', IS: 'is' }

/** Why a word cannot follow a complete value. */
export function wordAfterValueMistake(word: string): string {
  if (word === 'if') return '`a if b else c` is not in the language: write it with `and` and `or`'
  if (word === 'for' || word === 'async') return 'comprehensions are not in the language'
  if (word === 'not') return '`not` cannot stand here: write `not in`, `is not` or `and not`'
  const meant = operatorsMeant[word.toUpperCase()]
  if (meant !== undefined && meant !== word) return `unknown word \`${word}\`: write \`${meant}\``
  return `\`${word}\` cannot stand here: join two conditions with \`and\` or \`or\``
}
