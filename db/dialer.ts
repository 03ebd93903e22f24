import type { Socket } from 'node:net'
import { parseConnection, type Connection, type Host, type Tls } from './connection'
import { dialHost } from './dial'
import { beginSession, startupMessage } from './session'
import { settingStatements, type Settings } from './session-settings'

/** What a session is opened with. */
export type SessionOptions = { name: string; settings: Settings; timeoutMs: number }

const dialersKey = Symbol.for('holdpoint.dialers')

/** The dialer for an address, one a process, shared by every pool and every copy of this module. */
export function dialerFor(url: string): Dialer {
  const scope = globalThis as { [dialersKey]?: Map<string, Dialer> }
  const dialers = (scope[dialersKey] ??= new Map<string, Dialer>())
  const dialer = dialers.get(url) ?? new Dialer(parseConnection(url))
  dialers.set(url, dialer)
  return dialer
}

/**
 * Opens the sockets of one address and begins their sessions; it remembers which host answered and whether that
 * one wants TLS, so that the next need not try them all.
 */
export class Dialer {
  private at = 0
  /** Hosts that were not what target_session_attrs asks for, since the last that was. */
  private readonly unfit = new Set<number>()
  /** Which of the ways of sslmode allow and prefer comes first, by the host's place. */
  private readonly way = new Map<number, number>()

  constructor(readonly connection: Connection) {}

  /**
   * A socket to the first host that answers, on which a driver begins its session.
   * @throws what the last host's connection failed of, or ConnectionError
   */
  async dial(options: SessionOptions): Promise<Socket> {
    const { hosts } = this.connection
    let failure: unknown
    for (let tries = 0; tries < hosts.length; tries++) {
      const at = this.at
      try {
        return await this.open(at, hosts[at] as Host, options)
      } catch (error) {
        failure = error
        if (this.at === at) this.goOn()
      }
    }
    throw failure
  }

  private goOn(): void {
    this.at = (this.at + 1) % this.connection.hosts.length
  }

  private async open(at: number, host: Host, options: SessionOptions): Promise<Socket> {
    const ways = waysOf(this.connection.tls, host)
    const way = (this.way.get(at) ?? 0) % ways.length
    const socket = await this.connect(host, ways, way, options.timeoutMs)
    beginSession(socket, {
      startup: startupMessage(this.connection, options.name),
      statements: settingStatements(options.settings),
      judge: ({ refusal, reported }) =>
        refusal === undefined ? this.judgeKind(at, reported) : this.judgeRefusal(at, ways, refusal),
    })
    return socket
  }

  private async connect(host: Host, ways: boolean[], way: number, timeoutMs: number): Promise<Socket> {
    const { tls } = this.connection
    const withTls = ways[way] === true
    try {
      return await dialHost(host, tls, { withTls, timeoutMs })
    } catch (error) {
      const isHandshake = /^(ERR_SSL|ERR_TLS|EPROTO)/.test((error as { code?: string }).code ?? '')
      if (!withTls || !isHandshake || tls.mode !== 'prefer') throw error
      return dialHost(host, tls, { withTls: false, timeoutMs })
    }
  }

  /** A server that refuses a session with, or without, TLS is asked once the other way, where sslmode lets us. */
  private judgeRefusal(at: number, ways: boolean[], refusal: string): 'stay' | 'leave' {
    if (refusal !== '28000' || ways.length === 1) return 'stay'
    const tried = this.way.get(at) ?? 0
    this.way.set(at, tried + 1)
    return tried % ways.length === 0 ? 'leave' : 'stay'
  }

  /** Leaves a server that is not of the kind asked for; the last of a round fails. */
  private judgeKind(at: number, reported: Map<string, string>): 'stay' | 'leave' | Error {
    const { target, hosts } = this.connection
    const isAnyGood = target === 'prefer-standby' && this.unfit.size === hosts.length
    if (isAnyGood || isOfKind(target, reported)) {
      this.unfit.clear()
      return 'stay'
    }
    if (this.at === at) this.goOn()
    if (this.unfit.size === hosts.length) this.unfit.clear()
    this.unfit.add(at)
    if (this.unfit.size < hosts.length || target === 'prefer-standby') return 'leave'
    return Object.assign(new Error(`no host is ${target}`), { code: 'WRONG_TARGET' })
  }
}

/** With TLS or without, in the order in which a host is tried. Unix sockets know none. */
function waysOf({ mode }: Tls, { host }: Host): boolean[] {
  if (host.startsWith('/') || mode === 'disable') return [false]
  if (mode === 'allow') return [false, true]
  return mode === 'prefer' ? [true, false] : [true]
}

/** What a server (or a pooler before it) does not report of itself is not held against it. */
function isOfKind(target: Connection['target'], reported: Map<string, string>): boolean {
  const standby = reported.get('in_hot_standby')
  const readOnly = standby === 'on' || reported.get('default_transaction_read_only') === 'on'
  if (target === 'any' || standby === undefined) return true
  if (target === 'read-write') return !readOnly
  if (target === 'read-only') return readOnly
  return target === 'primary' ? standby === 'off' : standby === 'on'
}
