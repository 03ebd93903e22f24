import { integerOf, isKeptByDouble } from './exact-number'

/** Where a number may stand that a double does not keep. */
const longNumber = /(?:^|[\s,:[])-?\d[\d.eE+-]{15}/
/** Texts, keys among them, and long numbers. */
const tokens = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|-?\d[\d.eE+-]{15,}/g

/**
 * Reads JSON of our own, from the database or the API, with whole numbers exact where `JSON.parse` would round them,
 * and as the text of its literal a long decimal that no double keeps.
 * @throws SyntaxError where the text is no JSON
 */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  if (!longNumber.test(text)) return value
  // As texts behind a NUL, which one more tells from texts that begin with it.
  const marked = text.replace(tokens, (token, word?: string, colon?: string) => {
    if (word === undefined) return `"\\u0000${token}"`
    return colon === undefined && word.startsWith('"\\u0000') ? `"\\u0000${word.slice(1)}` : token
  })
  return JSON.parse(marked, (_, one: unknown) =>
    typeof one === 'string' && one.startsWith('\0') ? unmarked(one.slice(1)) : one,
  )
}

function unmarked(text: string): unknown {
  if (text.startsWith('\0')) return text
  if (/^-?\d+$/.test(text)) return integerOf(text)
  const value = Number(text)
  return isKeptByDouble(text, value) ? value : text
}
