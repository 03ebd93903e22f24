import { randomInt } from 'node:crypto'

/** No vowels, so that no words come of them, and nothing that looks like something else (RFC 8628, section 6.1). */
const letters = 'BCDFGHJKLMNPQRSTVWXZ'
const length = 8

/** A new code that a person compares and may type, such as `WDJB-MJHT`: 34 random bits, which last for minutes. */
export function makeUserCode(): string {
  const code = Array.from({ length }, () => letters[randomInt(letters.length)]).join('')
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/** A code as a person typed it, in its one spelling; undefined for what is none. */
export function readUserCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[^A-Z]/g, '')
  const isCode = code.length === length && [...code].every((letter) => letters.includes(letter))
  return isCode ? `${code.slice(0, 4)}-${code.slice(4)}` : undefined
}
