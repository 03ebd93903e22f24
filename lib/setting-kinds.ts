import { isIP } from 'node:net'
import { z } from 'zod'
import { ConnectionError, parseConnection } from '@/db/connection'

/** A sentence that follows the setting's name: what is wrong, and the mend. */
export function wrong(rule: string) {
  return { error: rule }
}

/** A whole number within bounds; `more` ends the sentence that refuses another. */
export function whole(min: number, max: number, more = '') {
  const rule = wrong(`must be a whole number${more} from ${min} to ${max}`)
  return z
    .string()
    .regex(/^\d{1,9}$/, rule)
    .transform(Number)
    .pipe(z.number().min(min, rule).max(max, rule))
}

const portRule = wrong('must be a port from 1 to 65535, such as PORT=3001')
export const port = z
  .string()
  .regex(/^\d{1,5}$/, portRule)
  .transform(Number)
  .pipe(z.number().min(1, portRule).max(65_535, portRule))

export const yesOrNo = z
  .enum(['0', '1', 'false', 'true'], wrong('must be 1 or 0'))
  .transform((value) => value === '1' || value === 'true')

export const databaseUrl = z.string().superRefine((value, check) => {
  try {
    parseConnection(value)
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    check.addIssue({ code: 'custom', message: error.message })
  }
})

export const webUrl = (mend: string) =>
  z.string().refine((value) => {
    const url = parseUrl(value)
    return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  }, wrong(mend))

export const appUrl = webUrl('must be an address such as https://holdpoint.example.com')
  .refine((value) => {
    const url = parseUrl(value)
    return url?.pathname === '/' && url.search === '' && url.hash === ''
  }, wrong('must not have a path: pages are served from the root of their host'))
  .transform((value) => new URL(value).origin)

export const authSecret = z
  .string()
  .min(32, wrong('must have at least 32 characters. Make one with: openssl rand -base64 32'))
  .refine((value) => !isObvious(value), wrong('is easy to guess. Make one with: openssl rand -base64 32'))

export const emailFrom = z
  .string()
  .regex(
    /^(?:[^<>\r\n]+ )?<?[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+>?$/,
    wrong('must be an address such as Holdpoint <holdpoint@example.com>'),
  )

/** Apart by commas; the entry that is wrong is named, for it is an address and no secret. */
export const trustedProxies = z
  .string()
  .transform((value) => value.split(/[\s,]+/).filter((entry) => entry !== ''))
  .pipe(
    z.array(
      z.string().refine(isAddressOrRange, {
        error: ({ input }) =>
          `must list addresses or ranges such as 10.0.0.7 or 10.0.0.0/8, apart by commas; ${JSON.stringify(String(input).slice(0, 60))} is neither`,
      }),
    ),
  )

export const outboundAllow = z
  .string()
  .transform((value) => value.split(/[\s,]+/).filter((range) => range !== ''))
  .pipe(
    z.array(
      z.string().refine(isRange, wrong('must list ranges such as 127.0.0.0/8 or fd00::/8, apart by commas')),
    ),
  )

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined
}

function isRange(range: string): boolean {
  const [address = '', prefix = '', ...rest] = range.split('/')
  const version = isIP(address)
  return (
    version !== 0 &&
    rest.length === 0 &&
    /^\d{1,3}$/.test(prefix) &&
    Number(prefix) <= (version === 4 ? 32 : 128)
  )
}

function isAddressOrRange(entry: string): boolean {
  return !entry.includes('%') && (entry.includes('/') ? isRange(entry) : isIP(entry) !== 0)
}

/** Few different characters, a repeated piece, or words that stand in examples. */
function isObvious(secret: string): boolean {
  const words =
    /change.?me|replace.?(me|this|with)|your.?(auth.?)?secret|super.?secret|password|placeholder|default|0123456789|abcdefghij/i
  return new Set(secret).size < 10 || /^(.{1,16})\1+.{0,15}$/s.test(secret) || words.test(secret)
}
