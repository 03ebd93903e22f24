import { settings } from '@/lib/env'
import { AppError } from '@/lib/errors'
import { countAttempt } from '@/lib/http/address-limit'
import { decodeUtf8 } from '@/lib/json/strict'
import { readBytes } from '@/lib/http/body'
import { addressOf, countedAddress } from '@/lib/http/caller'
import { requireOwnOrigin } from '@/lib/http/own-origin'

/** Its largest body is a form of three short fields. */
const mostAuthBytes = 64 * 1024

/** What a checked call of next-auth is: its action, the provider where it takes one, and its form. */
export type AuthCall = {
  action: string
  provider: string | undefined
  method: 'GET' | 'POST'
  form: URLSearchParams | undefined
}

/**
 * The one door before next-auth, which reads what it is sent whatever its size and writes some of it to the log:
 * only what our pages and the configured providers use is let through, forms by our own pages alone, and each way
 * in is counted by its caller's address.
 * @param parts of the address after `/api/auth`
 * @param providers ids of the configured ones
 * @throws AppError `not_found`, `method_not_allowed`, `body_too_large`, `unsupported_media_type`, `forbidden`,
 * `rate_limited`
 */
export async function openAuth(
  request: Request,
  parts: readonly string[],
  providers: readonly string[],
): Promise<AuthCall> {
  const { appUrl, rateLimitPerMinute } = settings()
  const [action = '', provider, ...rest] = parts
  const takes = methodOf(action, providers)
  const isWhole = rest.length === 0 && takesProvider.has(action) === (provider !== undefined)
  const isKnown = provider === undefined || providers.includes(provider)
  if (takes === undefined || !isWhole || !isKnown) throw new AppError('not_found', 'There is nothing here.')
  const method = request.method === 'HEAD' && action !== 'callback' ? 'GET' : request.method
  if (method !== takes) throw refuseMethod(takes)
  if (action === 'signin' || (action === 'callback' && hasBegun(request))) {
    const address = countedAddress(addressOf(request))
    countAttempt('sign-in', address, rateLimitPerMinute, performance.now())
  }
  if (takes === 'GET') return { action, provider, method: 'GET', form: undefined }
  requireOwnOrigin(request.headers, appUrl)
  return { action, provider, method: 'POST', form: await readAuthForm(request) }
}

const takesProvider: ReadonlySet<string> = new Set(['signin', 'callback'])

/**
 * Whether the browser that a provider sends back has begun to sign in here. Anybody's page can send it to a callback
 * without; such a request is not counted, and next-auth is not asked.
 */
export function hasBegun({ headers }: Request): boolean {
  return /(?:^|;)\s*(?:__Secure-)?next-auth\.state=[^;]/.test(headers.get('cookie') ?? '')
}

/** The method of an action that is in use here. */
function methodOf(action: string, providers: readonly string[]): 'GET' | 'POST' | undefined {
  if (action === 'csrf') return 'GET'
  if (action === 'signout') return 'POST'
  if (providers.length === 0) return undefined
  if (action === 'signin') return 'POST'
  return ['providers', 'callback', 'error'].includes(action) ? 'GET' : undefined
}

function refuseMethod(takes: string): AppError {
  return new AppError('method_not_allowed', `This address takes ${takes}.`, { headers: { Allow: takes } })
}

async function readAuthForm(request: Request): Promise<URLSearchParams> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  const wanted = 'application/x-www-form-urlencoded'
  if (type !== wanted)
    throw new AppError('unsupported_media_type', `Send the body as ${wanted}.`, {
      headers: { Accept: wanted },
    })
  const given = new URLSearchParams(decodeUtf8(await readBytes(request, mostAuthBytes)))
  const fields = ['csrfToken', 'callbackUrl', 'json'].flatMap((name) => {
    const value = given.get(name)
    return value === null ? [] : [[name, value]]
  })
  return new URLSearchParams(fields)
}
