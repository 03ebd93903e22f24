import { isIP } from 'node:net'
import { z } from 'zod'
import { ConnectionError, parseConnection } from '@/db/connection'
import { StartError } from './start-error'

/** Every setting that is read from the environment; empty is the same as unset. */
export const settingNames = [
  'PORT',
  'DATABASE_URL',
  'DATABASE_REPLICA_URL',
  'DATABASE_POOL',
  'DATA_DIR',
  'APP_URL',
  'AUTH_SECRET',
  'CRON_SECRET',
  'RESEND_API_KEY',
  'RESEND_BASE_URL',
  'EMAIL_FROM',
  'OUTBOUND_ALLOW',
  'DEMO',
  'RATE_LIMIT_PER_MINUTE',
  'MAX_WAITS_PER_KEY',
  'MAX_PENDING_PER_AGENT',
  'MAX_BODY_KB',
  'AUDIT_RETENTION_MIN_DAYS',
  'METRICS_TOKEN',
  'TRUSTED_PROXIES',
  'GITHUB_ID',
  'GITHUB_SECRET',
  'GOOGLE_ID',
  'GOOGLE_SECRET',
  'OIDC_ISSUER',
  'OIDC_CLIENT_ID',
  'OIDC_CLIENT_SECRET',
  'OIDC_NAME',
  'ALLOW_UNSAFE_DATABASE',
] as const

type SettingName = (typeof settingNames)[number]

const defaultPort = 3000

/** A sentence that follows the setting's name: what is wrong, and the mend. */
function wrong(rule: string) {
  return { error: rule }
}

const whole = (max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, wrong(`must be a whole number from 0 to ${max}`))
    .transform(Number)
    .pipe(z.number().max(max, wrong(`must be a whole number from 0 to ${max}`)))

const port = z
  .string()
  .regex(/^\d{1,5}$/, wrong('must be a port from 1 to 65535, such as PORT=3001'))
  .transform(Number)
  .pipe(
    z
      .number()
      .min(1, wrong('must be a port from 1 to 65535'))
      .max(65_535, wrong('must be a port from 1 to 65535')),
  )

const poolSize = z
  .string()
  .regex(/^\d{1,3}$/, wrong('must be a whole number from 2 to 100'))
  .transform(Number)
  .pipe(
    z
      .number()
      .min(2, wrong('must be a whole number from 2 to 100'))
      .max(100, wrong('must be a whole number from 2 to 100')),
  )

const bodySize = z
  .string()
  .regex(/^\d{1,4}$/, wrong('must be a whole number from 1 to 1024'))
  .transform(Number)
  .pipe(
    z
      .number()
      .min(1, wrong('must be a whole number from 1 to 1024'))
      .max(1024, wrong('must be a whole number from 1 to 1024')),
  )

const retentionDays = z
  .string()
  .regex(/^\d{1,5}$/, wrong('must be a whole number of days from 1 to 36500'))
  .transform(Number)
  .pipe(
    z
      .number()
      .min(1, wrong('must be a whole number of days from 1 to 36500'))
      .max(36_500, wrong('must be a whole number of days from 1 to 36500')),
  )

const yesOrNo = z
  .enum(['0', '1', 'false', 'true'], wrong('must be 1 or 0'))
  .transform((value) => value === '1' || value === 'true')

const databaseUrl = z.string().superRefine((value, check) => {
  try {
    parseConnection(value)
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    check.addIssue({ code: 'custom', message: error.message })
  }
})

const webUrl = (mend: string) =>
  z.string().refine((value) => {
    const url = parseUrl(value)
    return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  }, wrong(mend))

const appUrl = webUrl('must be an address such as https://holdpoint.example.com')
  .refine((value) => {
    const url = parseUrl(value)
    return url?.pathname === '/' && url.search === '' && url.hash === ''
  }, wrong('must not have a path: pages are served from the root of their host'))
  .transform((value) => new URL(value).origin)

const authSecret = z
  .string()
  .min(32, wrong('must have at least 32 characters. Make one with: openssl rand -base64 32'))
  .refine((value) => !isObvious(value), wrong('is easy to guess. Make one with: openssl rand -base64 32'))

const emailFrom = z
  .string()
  .regex(
    /^(?:[^<>\r\n]+ )?<?[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+>?$/,
    wrong('must be an address such as Holdpoint <holdpoint@example.com>'),
  )

/** Apart by commas; the entry that is wrong is named, for it is an address and no secret. */
const trustedProxies = z
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

const outboundAllow = z
  .string()
  .transform((value) => value.split(/[\s,]+/).filter((range) => range !== ''))
  .pipe(
    z.array(
      z.string().refine(isRange, wrong('must list ranges such as 127.0.0.0/8 or fd00::/8, apart by commas')),
    ),
  )

const shape = z.object({
  PORT: port.default(defaultPort),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_REPLICA_URL: databaseUrl.optional(),
  DATABASE_POOL: poolSize.default(10),
  DATA_DIR: z.string().default('.data'),
  APP_URL: appUrl.optional(),
  AUTH_SECRET: authSecret.optional(),
  CRON_SECRET: z.string().optional(),
  RESEND_API_KEY: z.string().optional(),
  RESEND_BASE_URL: webUrl('must be an address such as https://api.resend.com').optional(),
  EMAIL_FROM: emailFrom.optional(),
  OUTBOUND_ALLOW: outboundAllow.default([]),
  DEMO: yesOrNo.optional(),
  RATE_LIMIT_PER_MINUTE: whole(10_000_000).default(600),
  MAX_WAITS_PER_KEY: whole(10_000_000).default(100),
  MAX_PENDING_PER_AGENT: whole(10_000_000).default(1000),
  MAX_BODY_KB: bodySize.default(256),
  AUDIT_RETENTION_MIN_DAYS: retentionDays.default(183),
  METRICS_TOKEN: z.string().optional(),
  TRUSTED_PROXIES: trustedProxies.default([]),
  GITHUB_ID: z.string().optional(),
  GITHUB_SECRET: z.string().optional(),
  GOOGLE_ID: z.string().optional(),
  GOOGLE_SECRET: z.string().optional(),
  OIDC_ISSUER: webUrl('must be an address such as https://login.example.com').optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().default('Single sign-on'),
  ALLOW_UNSAFE_DATABASE: yesOrNo.default(false),
})

type Read = z.output<typeof shape>

/** The settings of API.md, "Operation", read and checked. */
export type Settings = ReturnType<typeof settingsOf>

function settingsOf(read: Read) {
  const base = read.APP_URL ?? `http://localhost:${read.PORT}`
  return {
    port: read.PORT,
    /** Undefined: the embedded database, whose launcher sets it for the rest of the process. */
    databaseUrl: read.DATABASE_URL,
    /** A streaming replica of `databaseUrl`, for reads that may lag. */
    databaseReplicaUrl: read.DATABASE_REPLICA_URL,
    /** Connections of a process that answer requests, at most; the same again at the replica. */
    databasePool: read.DATABASE_POOL,
    dataDir: read.DATA_DIR,
    /** Base of every link that leaves the server, without a slash at the end. */
    appUrl: base,
    /** Undefined only before the launcher has made one for the embedded database. */
    authSecret: read.AUTH_SECRET,
    cronSecret: read.CRON_SECRET,
    resendApiKey: read.RESEND_API_KEY,
    resendBaseUrl: read.RESEND_BASE_URL,
    emailFrom: read.EMAIL_FROM ?? `Holdpoint <holdpoint@${new URL(base).hostname}>`,
    /** CIDR ranges. */
    outboundAllow: read.OUTBOUND_ALLOW,
    demo: read.DEMO ?? read.DATABASE_URL === undefined,
    rateLimitPerMinute: read.RATE_LIMIT_PER_MINUTE,
    maxWaitsPerKey: read.MAX_WAITS_PER_KEY,
    maxPendingPerAgent: read.MAX_PENDING_PER_AGENT,
    /** The largest body of a call, in bytes; what only records may have more. */
    maxBodyBytes: read.MAX_BODY_KB * 1024,
    /** No project's audit log is kept for fewer days; who migrates writes it into the database. */
    auditRetentionMinDays: read.AUDIT_RETENTION_MIN_DAYS,
    metricsToken: read.METRICS_TOKEN,
    /** Addresses and CIDR ranges whose `X-Forwarded-For` is believed. */
    trustedProxies: read.TRUSTED_PROXIES,
    githubId: read.GITHUB_ID,
    githubSecret: read.GITHUB_SECRET,
    googleId: read.GOOGLE_ID,
    googleSecret: read.GOOGLE_SECRET,
    oidcIssuer: read.OIDC_ISSUER,
    oidcClientId: read.OIDC_CLIENT_ID,
    oidcClientSecret: read.OIDC_CLIENT_SECRET,
    oidcName: read.OIDC_NAME,
    allowUnsafeDatabase: read.ALLOW_UNSAFE_DATABASE,
  }
}

/**
 * Reads and checks the settings.
 *
 * @throws StartError that names every wrong setting and how to mend it, and repeats the value of none but an
 * entry of TRUSTED_PROXIES
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given: Partial<Record<SettingName, string>> = {}
  for (const name of settingNames) {
    const value = env[name]?.trim()
    if (value !== undefined && value !== '') given[name] = value
  }
  const result = shape.safeParse(given)
  const wrongs = result.success
    ? []
    : result.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`)
  const all = [...new Set([...wrongs, ...missingPartners(given)])]
  if (result.success && all.length === 0) return settingsOf(result.data)
  if (all.length === 1) throw new StartError(`${all[0]}.`)
  throw new StartError(`${all.length} settings are wrong:\n${all.map((line) => `  ${line}.`).join('\n')}`)
}

const together: SettingName[][] = [
  ['GITHUB_ID', 'GITHUB_SECRET'],
  ['GOOGLE_ID', 'GOOGLE_SECRET'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
]

function missingPartners(given: Partial<Record<SettingName, string>>): string[] {
  const missing = together.flatMap((group) => {
    const set = group.filter((name) => given[name] !== undefined)
    const unset = group.filter((name) => given[name] === undefined)
    return set.length === 0
      ? []
      : unset.map((name) => `${name} is missing: it belongs to ${set.join(' and ')}`)
  })
  if (given.DATABASE_REPLICA_URL !== undefined && given.DATABASE_URL === undefined) {
    missing.push('DATABASE_REPLICA_URL belongs to a DATABASE_URL; the embedded database has no replica')
  }
  if (given.DATABASE_URL !== undefined && given.AUTH_SECRET === undefined) {
    missing.push('AUTH_SECRET is required where DATABASE_URL is set. Make one with: openssl rand -base64 32')
  }
  return missing
}

/** What the launcher has completed: the database is known and so is the secret. */
export type ReadySettings = Settings & { databaseUrl: string; authSecret: string }

/** @throws StartError where the launcher (or, on a platform without it, the operator) has set too little */
export function requireReady(settings: Settings): ReadySettings {
  const { databaseUrl, authSecret } = settings
  if (databaseUrl === undefined || authSecret === undefined) {
    throw new StartError(
      'DATABASE_URL and AUTH_SECRET are required where Holdpoint is not started by npm start.',
    )
  }
  return { ...settings, databaseUrl, authSecret }
}

/** Whether mails stay in the database and are shown to owners at `/dev/mail`, for want of a mail service in the demo. */
export function keepsMails({ demo, resendApiKey }: Pick<Settings, 'demo' | 'resendApiKey'>): boolean {
  return demo && resendApiKey === undefined
}

let cached: ReadySettings | undefined

/** This process's settings, read at the first call; for edges alone, verbs are handed what they need. */
export function settings(): ReadySettings {
  return (cached ??= requireReady(readSettings(process.env)))
}

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
