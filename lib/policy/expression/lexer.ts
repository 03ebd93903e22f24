import { integerOf } from '@/lib/json/exact-number'
import { mistakeAt, numberTailMistake, stringPrefixes } from './mistakes'
import { losesDigits } from './number'
import { ConditionError } from './problem'
import { readString } from './strings'

export type Token = { start: number; end: number } & (
  | { kind: 'name'; text: string }
  | { kind: 'number'; text: string; value: number | bigint; isFloat: boolean }
  | { kind: 'string'; text: string }
  | { kind: 'sign'; text: string }
  | { kind: 'end'; text: '' }
  /** What no condition may hold; thrown by the parser once it gets there, so the first fault is told. */
  | { kind: 'bad'; text: ''; problem: ConditionError }
)

const numberPattern = /(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y
const wordPattern = /[A-Za-z0-9_]+/y
const signPattern = /[=!<>]=|[()[\]{},:.<>-]/y

const isDigit = (code: number) => code >= 48 && code <= 57
const isLetter = (code: number) => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95
const isBlank = (code: number) => code === 32 || code === 9 || code === 10 || code === 13 || code === 12

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

function readNumber(text: string, start: number): Token {
  const number = match(numberPattern, text, start) ?? ''
  const end = start + number.length
  const tail = match(wordPattern, text, end)
  if (tail !== undefined) throw new ConditionError(numberTailMistake(number, tail), start)
  const isFloat = /[.eE]/.test(number)
  if (!isFloat && /^0+[1-9]/.test(number)) {
    const plain = number.replace(/^0+/, '')
    throw new ConditionError(`a number has no leading zero: write \`${plain}\``, start)
  }
  if (isFloat && losesDigits(number)) {
    throw new ConditionError(
      'this decimal has more digits than a double keeps, which is 17 at most: write fewer',
      start,
    )
  }
  return {
    kind: 'number',
    text: number,
    value: isFloat ? Number(number) : integerOf(number),
    isFloat,
    start,
    end,
  }
}

function readWord(text: string, start: number): Token {
  const word = match(wordPattern, text, start) ?? ''
  const end = start + word.length
  const next = text[end]
  if ((next === '"' || next === "'") && stringPrefixes.has(word.toLowerCase())) {
    const what = /f/i.test(word) ? 'f-strings are not in the language' : 'a string has no prefix'
    throw new ConditionError(`${what}: write a plain string without \`${word}\``, start)
  }
  return { kind: 'name', text: word, start, end }
}

function readToken(text: string, start: number): Token {
  const code = text.charCodeAt(start)
  if (isLetter(code)) return readWord(text, start)
  if (isDigit(code) || (code === 46 && isDigit(text.charCodeAt(start + 1)))) return readNumber(text, start)
  if (code === 34 || code === 39) return { kind: 'string', ...readString(text, start), start }
  const mistake = mistakeAt(text, start)
  if (mistake !== undefined) throw new ConditionError(mistake, start)
  const sign = match(signPattern, text, start) ?? ''
  return { kind: 'sign', text: sign, start, end: start + sign.length }
}

/**
 * The tokens of a condition, always closed by an `end` or, at the first character that cannot be read,
 * a `bad` token. Blanks, tabs and line ends separate tokens. Follows Python's lexical rules, without its
 * comments, continuation lines, string prefixes, triple quotes and spellings of numbers but decimal.
 */
export function readTokens(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    while (at < text.length && isBlank(text.charCodeAt(at))) at++
    if (at >= text.length) break
    try {
      const token = readToken(text, at)
      tokens.push(token)
      at = token.end
    } catch (problem) {
      if (!(problem instanceof ConditionError)) throw problem
      tokens.push({ kind: 'bad', text: '', problem, start: at, end: at })
      return tokens
    }
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length })
  return tokens
}
