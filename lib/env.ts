import { z } from 'zod'
import {
  appUrl,
  authSecret,
  databaseUrl,
  emailFrom,
  outboundAllow,
  port,
  trustedProxies,
  webUrl,
  whole,
  wrong,
  yesOrNo,
} from './setting-kinds'
import { StartError } from './start-error'

const logLevels = ['debug', 'info', 'warn', 'error'] as const

/** Every setting that is read from the environment; empty is the same as unset. */
const shape = z.object({
  PORT: port.default(3000),
  /** Undefined: the embedded database, whose launcher sets it for the rest of the process. */
  DATABASE_URL: databaseUrl.optional(),
  /** A streaming replica of `DATABASE_URL`, for reads that may lag. */
  DATABASE_REPLICA_URL: databaseUrl.optional(),
  /** Connections of a process that answer requests, at most; the same again at the replica. */
  DATABASE_POOL: whole(2, 100).default(10),
  DATA_DIR: z.string().default('.data'),
  APP_URL: appUrl.optional(),
  /** Undefined only before the launcher has made one for the embedded database. */
  AUTH_SECRET: authSecret.optional(),
  CRON_SECRET: z.string().optional(),
  RESEND_API_KEY: z.string().optional(),
  RESEND_BASE_URL: webUrl('must be an address such as https://api.resend.com').optional(),
  EMAIL_FROM: emailFrom.optional(),
  /** CIDR ranges. */
  OUTBOUND_ALLOW: outboundAllow.default([]),
  DEMO: yesOrNo.optional(),
  /** Whether owners and admins make projects, or the operator alone. */
  CREATE_PROJECTS: yesOrNo.default(true),
  RATE_LIMIT_PER_MINUTE: whole(0, 10_000_000).default(600),
  MAX_WAITS_PER_KEY: whole(0, 10_000_000).default(100),
  MAX_PENDING_PER_AGENT: whole(0, 10_000_000).default(1000),
  MAX_BODY_KB: whole(1, 1024).default(256),
  /** No project’s audit log is kept for fewer days; who migrates writes it into the database. */
  AUDIT_RETENTION_MIN_DAYS: whole(1, 36_500, ' of days').default(183),
  /** `debug` adds a line for each request. */
  LOG_LEVEL: z.enum(logLevels, wrong(`must be one of ${logLevels.join(', ')}`)).default('info'),
  /** Where spans go; the SDK's own variables hold for the rest. */
  OTEL_EXPORTER_OTLP_ENDPOINT: webUrl('must be an address such as http://127.0.0.1:4318').optional(),
  METRICS_TOKEN: z.string().optional(),
  /** Addresses and CIDR ranges whose `X-Forwarded-For` is believed. */
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
type SettingName = keyof Read

/** The names of all settings. */
export const settingNames = Object.keys(shape.shape) as SettingName[]

type Camel<S extends string> = S extends `${infer First}_${infer Rest}`
  ? `${Lowercase<First>}${Capitalize<Camel<Rest>>}`
  : Lowercase<S>
type Named = { [Name in SettingName as Camel<Name>]: Read[Name] }

/** The settings of API.md, "Operation", read and checked: `DATABASE_URL` is `databaseUrl`. */
export type Settings = ReturnType<typeof settingsOf>

function settingsOf(read: Read) {
  const camel = (name: string) =>
    name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
  const named = Object.fromEntries(settingNames.map((name) => [camel(name), read[name]])) as Named
  const base = read.APP_URL ?? `http://localhost:${read.PORT}`
  return {
    ...named,
    /** Base of every link that leaves the server, without a slash at the end. */
    appUrl: base,
    emailFrom: read.EMAIL_FROM ?? `Holdpoint <holdpoint@${new URL(base).hostname}>`,
    demo: read.DEMO ?? read.DATABASE_URL === undefined,
    /** The largest body of a call, in bytes; what only records may have more. */
    maxBodyBytes: read.MAX_BODY_KB * 1024,
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
