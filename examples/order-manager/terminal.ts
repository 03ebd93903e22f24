export type Json = Record<string, unknown>

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The agent stops here; the message is a sentence for a person. */
export class Halt extends Error {
  override readonly name = 'Halt'
}

/** Errors of the client that are sentences for a person too. */
const sentences = ['Halt', 'Problem', 'Refused', 'Unavailable', 'Indeterminate', 'StaleCheckpoint']

/** Where Holdpoint is and the key to it. */
export function readAccess(env: NodeJS.ProcessEnv = process.env): { url: string; key: string } {
  const url = env.HOLDPOINT_URL?.trim() || 'http://localhost:3000'
  const key = env.HOLDPOINT_KEY?.trim() || ''
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new Halt(`HOLDPOINT_URL is not an address such as http://localhost:3000: ${url}`)
  }
  if (key === '') {
    throw new Halt(
      'HOLDPOINT_KEY is not set. It is an agent key with the scope run: `npm start` prints one for its ' +
        'sample project, Settings > Keys in the console makes one, and so does\n' +
        '  npm run --silent admin -- key create --project SLUG --name order-manager --scope run\n' +
        'Then: HOLDPOINT_KEY=hpa_... npm run example',
    )
  }
  if (!/^hpa_[\x21-\x7e]+$/.test(key)) {
    throw new Halt(
      'HOLDPOINT_KEY is not an agent key: those begin with hpa_. Personal tokens (hpu_) cannot run agents.',
    )
  }
  return { url, key }
}

/** One line for a person. What others wrote may not steer the terminal. */
export function say(line: string): void {
  console.log(line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' '))
}

/** The last words of a process that cannot go on: a sentence where there is one. */
export function sayError(error: unknown): void {
  if (!(error instanceof Error) || !sentences.includes(error.name)) return console.error(error)
  const isKey = 'status' in error && error.status === 401
  const message = isKey
    ? `HOLDPOINT_KEY is not, or no longer, a key of this Holdpoint. ${error.message}`
    : error.message
  console.error(message.replace(/[^\P{Cc}\n]/gu, ' '))
}
