import { sql, type SQL } from 'drizzle-orm'

/** As much of an approval's text as search looks at, in characters. */
const mostCharacters = 65_536

/**
 * What an approval is searched by: tool, agent, message, description, the run's external id and the params as
 * they came, and as a reviewer changed them, in lower case; of more than 65,536 characters the first. Stands over `approvals a`,
 * `tool_calls c` and `runs r`.
 */
export const searchText: SQL = sql`left(lower(concat_ws(chr(31), a.tool, a.agent_name, a.message,
  c.description, r.external_id, a.edited_params, c.params)), ${sql.raw(String(mostCharacters))})`

/** Whether a text in lower case contains what is looked for, any part of it. */
export function contains(text: SQL, q: string): SQL {
  return sql`${text} like lower(${`%${q.replace(/[\\%_]/g, '\\$&')}%`})`
}

/**
 * Whether the trigram index narrows the search down: three letters or digits in a row do. Others than ASCII's
 * count only under some locales of the database, so they do not count here.
 */
export function hasTrigram(q: string): boolean {
  return /[A-Za-z0-9]{3}/.test(q)
}

/**
 * What of a search to ask the trigram index for first: the longest word with a digit in it, of five characters or
 * more, as numbers and ids have it. The rest is often in every text (`ORD-`, `cus_`), and costs the index most.
 * @returns undefined where there is no such word, or nothing else
 */
export function sharpestWord(q: string): string | undefined {
  const words = q.match(/[A-Za-z0-9]{5,}/g) ?? []
  const sharpest = words.filter((word) => /\d/.test(word)).sort((a, b) => b.length - a.length)[0]
  return sharpest === q ? undefined : sharpest
}
