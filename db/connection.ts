import { userInfo } from 'node:os'
import {
  channelBindings,
  checkOptions,
  hintFor,
  knownParameters,
  targets,
  tlsModes,
  type Target,
  type TlsMode,
} from './connection-parameters'

/** A server: `host` is a name, an address, or, where it begins with a slash, the folder of a Unix socket. */
export type Host = { host: string; port: number }

export type Tls = {
  mode: TlsMode
  /** A file of certificates, `system` for those that Node.js trusts, or undefined. */
  rootCert: string | undefined
  /** The client's own. */
  cert: { cert: string; key: string } | undefined
  /** TLS from the first byte, without asking the server in PostgreSQL's protocol. */
  isDirect: boolean
}

/** What a database's address says, for whichever driver. */
export type Connection = {
  /** To be tried in this order. */
  hosts: Host[]
  user: string
  password: string
  database: string
  tls: Tls
  target: Target
  applicationName: string | undefined
  /** Sent at the start of a session as it is. */
  options: string | undefined
  connectTimeoutSeconds: number | undefined
  /** False where a pooler lacks prepared statements. */
  canPrepare: boolean
}

/** What is wrong with an address and how to mend it: a sentence that follows the setting's name and repeats no secret. */
export class ConnectionError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ConnectionError'
  }
}

const example =
  'an address such as postgres://user:password@host:5432/name, with special characters %-encoded'
/** Where servers put their socket: as Debian and Red Hat build PostgreSQL, and as its makers do. */
const socketFolders = ['/var/run/postgresql', '/tmp']
const defaultPort = 5432

/**
 * Reads a PostgreSQL connection URI as libpq does (PostgreSQL 18, 34.1.1.2): several hosts, Unix sockets, and
 * parameters, which count more than what stands before them. `prepare=false` is our own addition.
 * @throws ConnectionError for what cannot be read, is not known, or contradicts itself
 */
export function parseConnection(url: string): Connection {
  const match = /^postgres(?:ql)?:\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(url)
  if (!match) throw new ConnectionError(`must be ${example}`)
  const [, authority = '', path = '', query = ''] = match
  // What stands before such an @ is most likely a password with a raw / or ?, so nothing of it is repeated.
  if (`${path}${query}`.includes('@')) {
    throw new ConnectionError(
      `has an @ after its first / or ?: special characters have to be %-encoded, such as / as %2F, ? as %3F, @ as %40. It must be ${example}`,
    )
  }
  const at = authority.lastIndexOf('@')
  const login = authority.slice(0, Math.max(at, 0))
  const colon = login.includes(':') ? login.indexOf(':') : login.length
  const parameters = readParameters(query)
  const user = parameters.get('user') || decode(login.slice(0, colon)) || userInfo().username
  return {
    hosts: readHosts(authority.slice(at + 1), parameters),
    user,
    password: parameters.get('password') ?? decode(login.slice(colon + 1)),
    database: parameters.get('dbname') || decode(path) || user,
    ...readTls(parameters),
    target: oneOf(parameters, 'target_session_attrs', targets) ?? 'any',
    applicationName: parameters.get('application_name') || undefined,
    options: readOptions(parameters),
    connectTimeoutSeconds: readTimeout(parameters.get('connect_timeout')),
    canPrepare: oneOf(parameters, 'prepare', ['true', 'false'] as const) !== 'false',
  }
}

/** The address with other parameters, which count more than what stands in it. */
export function withParameters(url: string, parameters: Record<string, string>): string {
  const added = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `${url}${url.includes('?') ? '&' : '?'}${added.join('&')}`
}

/** Where it is, for people, without its login: `host:port/name`. */
export function placeOf({ hosts, database }: Connection): string {
  const names = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
  return `${names.join(',')}/${database}`
}

/** Whether it is on this machine. */
export function isLocal({ hosts }: Connection): boolean {
  return hosts.every(({ host }) => /^(\/.*|localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ConnectionError(`has a % that begins no character; write it %25. It must be ${example}`)
  }
}

/** Of one that is given twice, the last counts. */
function readParameters(query: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const part of query.split('&').filter((one) => one !== '')) {
    const [name = '', ...rest] = part.split('=')
    const known = decode(name)
    if (!knownParameters.has(known)) {
      // It may be the rest of a password with a raw &.
      if (found.has('password')) {
        throw new ConnectionError(
          'has an unknown parameter after password; a & within a password is written %26',
        )
      }
      throw new ConnectionError(`has the parameter ${shown(known)}, which is not known: ${hintFor(known)}`)
    }
    found.set(known, decode(rest.join('=')))
  }
  return found
}

/** A name from outside, within a sentence. */
function shown(name: string): string {
  return /^[\w.-]{1,40}$/.test(name) ? name : JSON.stringify(name.slice(0, 40))
}

function oneOf<T extends string>(
  parameters: Map<string, string>,
  name: string,
  values: readonly T[],
): T | undefined {
  const given = parameters.get(name)
  if (given === undefined || given === '') return undefined
  const found = values.find((value) => value === given)
  if (found === undefined) throw new ConnectionError(`has a ${name} that is none of ${values.join(', ')}`)
  return found
}

function readHosts(authority: string, parameters: Map<string, string>): Host[] {
  const written = authority.split(',').map(readHost)
  const hosts = parameters.get('host')?.split(',') ?? written.map(({ host }) => host)
  const ports = parameters.get('port')?.split(',') ?? written.map(({ port }) => port)
  if (ports.length !== 1 && ports.length !== hosts.length) {
    throw new ConnectionError(
      `has ${hosts.length} hosts and ${ports.length} ports; give one port, or one for each`,
    )
  }
  return hosts.flatMap((host, index) => {
    const port = readPort(ports[ports.length === 1 ? 0 : index] ?? '')
    return (host === '' ? socketFolders : [host]).map((one) => ({ host: one, port }))
  })
}

function readHost(text: string): { host: string; port: string } {
  const [, inBrackets, name = '', port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(text) ?? []
  return { host: inBrackets ?? decode(name), port }
}

function readPort(text: string): number {
  if (text === '') return defaultPort
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port > 0 && port < 65_536) return port
  throw new ConnectionError(`has a port that is no number from 1 to 65535. It must be ${example}`)
}

function readTimeout(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (!/^\d{1,6}$/.test(text)) throw new ConnectionError('has a connect_timeout that is no number of seconds')
  // 0 stands for no limit there; the drivers' own then holds
  return Number(text) || undefined
}

function readOptions(parameters: Map<string, string>): string | undefined {
  const options = parameters.get('options') || undefined
  const wrong = options === undefined ? undefined : checkOptions(options)
  if (wrong !== undefined) throw new ConnectionError(wrong)
  return options
}

function readTls(parameters: Map<string, string>): { tls: Tls } {
  const rootCert = parameters.get('sslrootcert') || undefined
  const asked = oneOf(parameters, 'sslmode', tlsModes) ?? (rootCert === 'system' ? 'verify-full' : 'prefer')
  // as libpq has it, for those who wrote a certificate down before there was verify-ca
  const mode = asked === 'require' && rootCert !== undefined && rootCert !== 'system' ? 'verify-ca' : asked
  const isSure = mode === 'require' || mode.startsWith('verify-')
  const isDirect = oneOf(parameters, 'sslnegotiation', ['postgres', 'direct'] as const) === 'direct'
  const [cert, key] = [parameters.get('sslcert') || undefined, parameters.get('sslkey') || undefined]
  const wrong = [
    [
      rootCert === 'system' && mode !== 'verify-full',
      'has sslrootcert=system, which is worth something with sslmode=verify-full alone; write that',
    ],
    [
      mode === 'verify-ca' && rootCert === undefined,
      'has sslmode=verify-ca without the certificate to trust; add sslrootcert=/path/to/ca.pem',
    ],
    [(cert === undefined) !== (key === undefined), 'has one of sslcert and sslkey; give both'],
    [isDirect && !isSure, 'has sslnegotiation=direct; it needs sslmode=require or stronger'],
    [
      oneOf(parameters, 'channel_binding', channelBindings) === 'require' && !isSure,
      'has channel_binding=require; it needs sslmode=require or stronger',
    ],
  ].find(([isWrong]) => isWrong === true)
  if (wrong !== undefined) throw new ConnectionError(String(wrong[1]))
  const own = cert === undefined || key === undefined ? undefined : { cert, key }
  return { tls: { mode, rootCert, cert: own, isDirect } }
}
