import { steadySettings } from './session-settings'

/** libpq's sslmode, from the weakest to the strongest. */
export const tlsModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type TlsMode = (typeof tlsModes)[number]

/** Which of several servers will do. */
export const targets = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const
export type Target = (typeof targets)[number]

export const channelBindings = ['disable', 'prefer', 'require'] as const

export const knownParameters = new Set([
  ...['host', 'port', 'dbname', 'user', 'password', 'connect_timeout', 'application_name', 'options'],
  ...['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation', 'channel_binding'],
  ...['target_session_attrs', 'prepare'],
])

/** What other programs have in their addresses, and what to write instead. */
const hints: Record<string, string> = {
  ssl: 'write sslmode=require, or sslmode=disable',
  sslaccept: 'write sslmode=verify-full, or sslmode=require to encrypt without checking the certificate',
  uselibpqcompat: 'leave it out, for sslmode means here what libpq means by it',
  pgbouncer: 'leave it out; for a pooler without prepared statements write prepare=false',
  statement_cache_size: 'leave it out; for a pooler without prepared statements write prepare=false',
  schema: 'leave it out, for the tables are in the schema public; give Holdpoint a database of its own',
  currentSchema:
    'leave it out, for the tables are in the schema public; give Holdpoint a database of its own',
  search_path: 'leave it out, for the tables are in the schema public; give Holdpoint a database of its own',
  connection_limit: 'leave it out and set DATABASE_POOL',
  pool_size: 'leave it out and set DATABASE_POOL',
  max: 'leave it out and set DATABASE_POOL',
  pool_timeout: 'leave it out, for every call has a limit of its own',
  sslpassword: 'give an sslkey that needs none',
  passfile: 'write the password into the address, or leave it out where none is needed',
  service: 'write out what the service names',
  hostaddr: 'write the address as the host',
}

/** How to mend an address that has a parameter we do not know. */
export function hintFor(name: string): string {
  const known = Object.hasOwn(hints, name) ? hints[name] : undefined
  if (known !== undefined) return known
  if (isOurs(name)) return 'leave it out, for Holdpoint sets it itself'
  return `leave it out. Known are ${[...knownParameters].join(', ')}`
}

/**
 * Looks through libpq's `options`: settings (`-c name=value`) and what a service's proxy reads (`endpoint=…`).
 * @returns what is wrong, to follow the setting's name, or undefined
 */
export function checkOptions(options: string): string | undefined {
  const words = options
    .trim()
    .replaceAll(/(^|\s)-c\s+/g, '$1-c')
    .split(/(?<!\\)\s+/)
  for (const word of words) {
    const [, dashes, name = ''] = /^(-c|--)?([A-Za-z_][\w.-]*)=/.exec(word) ?? []
    if (name === '') return 'has options that are not of the form -c name=value'
    if (dashes !== undefined && isOurs(name.replaceAll('-', '_'))) {
      return `sets ${name} in options, which Holdpoint sets itself; leave it out there`
    }
  }
  return undefined
}

function isOurs(name: string): boolean {
  return Object.keys(steadySettings).some((one) => one.toLowerCase() === name.toLowerCase())
}
