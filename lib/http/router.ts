import { AppError, notFound } from '@/lib/errors'
import { api } from './api'
import type { Answer } from './answer'
import { openHandler, serve, type Endpoint, type Handler, type RouteParams } from './route'

/** The order in which `Allow` names them. */
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** An address of the API; a part of its path in braces stands for any. */
export type Address = { path: string; parts: string[]; taken: Record<string, Endpoint>; refuse: Handler }

/** Written-out parts before names: `approvals/decisions` is not an approval's id. */
const addresses = addressesOf(api).sort((a, b) => named(a) - named(b))

/** The same by what a path has to share with them: the number of its parts and the first of these. */
const alike = new Map<string, Address[]>()
for (const one of addresses) alike.set(likeness(one.parts), [...(alike.get(likeness(one.parts)) ?? []), one])

function likeness(parts: string[]): string {
  return `${parts.length} ${parts[0] ?? ''}`
}

/** Of which address a path is, with names in braces where any part may stand; undefined where it is at none. */
export function patternOf(path: string): string | undefined {
  const [, top, ...parts] = path.split('/')
  const address = top === 'api' ? addressAt(parts) : undefined
  return address && `/api${address.path}`
}

function addressAt(parts: string[]): Address | undefined {
  return alike.get(likeness(parts))?.find((one) => isAt(one, parts))
}

function addressesOf(table: typeof api): Address[] {
  const found = new Map<string, Address['taken']>()
  for (const [call, one] of Object.entries(table)) {
    const [method = '', path = ''] = call.split(' ')
    found.set(path, { ...found.get(path), [method]: 'answer' in one ? one : serve(one) })
  }
  return [...found].map(([path, taken]) => {
    const refuse = refuseMethod(methods.filter((method) => method in taken))
    return { path, parts: path.split('/').slice(1), taken, refuse }
  })
}

function named({ parts }: Address): number {
  return parts.filter((part) => part.startsWith('{')).length
}

function refuseMethod(allowed: string[]): Handler {
  const Allow = allowed.join(', ')
  return openHandler(async () => {
    throw new AppError('method_not_allowed', `This address takes ${Allow}.`, { headers: { Allow } })
  })
}

const refuseUnknown = openHandler(async () => {
  throw notFound()
})

const refuseMalformed = openHandler(async () => {
  throw new AppError('invalid_id', 'The address holds a broken percent-encoding.')
})

/** Answers a request whose target is neither a path nor an address with one (RFC 9112, section 3.2). */
export const refuseNoAddress = openHandler(async () => {
  throw new AppError('invalid_id', 'The request names no address: it begins with neither / nor http://.')
})

/** Answers an address with slashes too many; by Next, where that serves the API, such are sent to the one without. */
const refuseUntidy = (tidy: string) =>
  openHandler(async () => {
    throw new AppError('not_found', `This address has a slash too many; there is ${tidy}.`)
  })

/**
 * Answers a request to the API by its table, wherever it is served.
 * @param target path and query as they were sent
 */
export async function answerApi(request: Request, target: string): Promise<Answer> {
  const path = pathOf(target)
  const found = findAddress(path)
  if (!found) {
    const tidy = tidied(path)
    return (tidy !== path && findAddress(tidy) ? refuseUntidy(tidy) : refuseUnknown)(request, {})
  }
  const { address, params } = found
  if (!params) return refuseMalformed(request, {})
  const method = request.method === 'HEAD' ? 'GET' : request.method
  return (address.taken[method]?.answer ?? address.refuse)(request, params)
}

/** The address that a path is at; without `params` where those cannot be decoded. */
export function findAddress(path: string): { address: Address; params?: RouteParams } | undefined {
  const [, top, ...parts] = path.split('/')
  if (top !== 'api') return undefined
  const address = addressAt(parts)
  if (!address) return undefined
  try {
    const params: RouteParams = {}
    for (const [at, name] of address.parts.entries()) {
      if (name.startsWith('{')) params[name.slice(1, -1)] = decodeURIComponent(parts[at] ?? '')
    }
    return { address, params }
  } catch {
    return { address }
  }
}

function isAt(address: Address, parts: string[]): boolean {
  return address.parts.every((part, at) => (part.startsWith('{') ? parts[at] !== '' : part === parts[at]))
}

/** The path as it was sent, with `.` and `..` taken out of it where there are any. */
function pathOf(target: string): string {
  const path = target.split('?', 1)[0] ?? ''
  return /\/(\.|%2e)/i.test(path) ? new URL(`http://localhost${path}`).pathname : path
}

/** The same without a slash too many. */
function tidied(path: string): string {
  return path.replace(/[\\/]+/g, '/').replace(/\/$/, '')
}
