import type { Input } from './input'
import type { Outcome } from './send'

/** Answers under /api that are no JSON although nothing is wrong. */
const ownTypes = /^(text\/event-stream|application\/x-ndjson|text\/csv|text\/plain; version)/

/** What is wrong with an answer, in a few words that are the same for the same kind; undefined where nothing is. */
export function judge(input: Input, outcome: Outcome): string | undefined {
  const { status, headers, text } = outcome
  if (outcome.hungUp) return undefined
  // The scheduler's calls answer when their work is done.
  if (outcome.isLate) return isScheduler(input.path) ? undefined : 'no complete answer within 10 s'
  if (status === 0) return 'the connection was closed without an answer'
  if (status >= 500) return `status ${status}${headers.has('retry-after') ? ' with Retry-After' : ''}`
  if (isUnreadable(input) || status === 431) return undefined
  if (isApi(input.path)) return judgeApi(input, outcome)
  return isGarbledCall(input) ? undefined : judgePage(text)
}

function judgeApi({ method, path }: Input, { status, headers, text }: Outcome): string | undefined {
  if (isSignIn(path) || method === 'HEAD' || status === 204 || status === 308) return undefined
  const type = headers.get('content-type') ?? ''
  // what MCP only notifies of is taken, and not answered
  if (status === 202 && /\/mcp$/.test(path) && text === '') return undefined
  if (status < 400) {
    if (ownTypes.test(type) || /\/checkpoint$/.test(path)) return undefined
    return isJson(text) ? undefined : `status ${status} that is no JSON (${type || 'no type'})`
  }
  if (!type.startsWith('application/problem+json')) return `status ${status} that is no problem document`
  const problem = isJson(text) ? (JSON.parse(text) as Record<string, unknown>) : {}
  const isWhole = problem.status === status && typeof problem.code === 'string' && problem.detail !== ''
  return isWhole ? undefined : `status ${status} with a problem document that lacks something`
}

/** Pages begin before all of them is made: what throws later is told within an answer of 200. */
function judgePage(text: string): string | undefined {
  const isThrown = /data-dgst="\d+"/.test(text) || /(^|\n|\\n)[0-9a-f]+:E\{\\?"digest\\?":\\?"\d+/.test(text)
  return isThrown ? 'a page that threw' : undefined
}

function isApi(path: string): boolean {
  return /^(https?:\/\/[^/]*)?\/api(\/|$)/.test(path)
}

function isScheduler(path: string): boolean {
  return /^(https?:\/\/[^/]*)?\/api\/cron\//.test(path)
}

function isSignIn(path: string): boolean {
  return /^(https?:\/\/[^/]*)?\/api\/auth(\/|$)/.test(path)
}

/** The call of an action that Next cannot read: it says so within an answer of 200, as of an action that threw. */
function isGarbledCall({ headers, body }: Input): boolean {
  if (!headers.some(([name]) => name === 'Next-Action')) return false
  const isText = headers.some(([name, value]) => name === 'Content-Type' && value.startsWith('text/plain'))
  const text = body?.toString() ?? ''
  // `$` begins what React's own encoding of arguments refers to
  return !isText || !isJson(text) || !/^\["[a-z0-9-]+",/.test(text) || text.includes('"$')
}

/** What is no HTTP is refused by the server below us, in its own words. */
function isUnreadable({ method, path, query, headers }: Input): boolean {
  const isLine = [path, query].every((part) => /^[\x21-\x7e]*$/.test(part))
  const isHeader = headers.every(([, value]) => !/[\0\r\n]/.test(value))
  return !isLine || !isHeader || method === 'QUERY'
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
