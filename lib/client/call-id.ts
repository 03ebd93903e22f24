import { sha256 } from './json.ts'

/** Room for what the client appends to an id (`.2`); Holdpoint takes 1,024. */
const plain = /^(?!\.{1,2}$)[!-~]{1,1000}$/

/**
 * An id as Holdpoint takes it, always the same for the same text: as it is where it has 1 to 1,000 printable ASCII
 * characters without blanks, else with `_` for each other character, then `.` and 10 hex of the SHA-256 of the text.
 * @throws TypeError where there is none
 */
export async function toCallId(id: string): Promise<string> {
  if (typeof id !== 'string' || !id) throw new TypeError('An id is needed: a retry is known by it.')
  if (plain.test(id)) return id
  return `${id.replace(/[^!-~]/gu, '_').slice(0, 900)}.${(await sha256(id)).slice(0, 10)}`
}
