import { Http, type Request } from '@/lib/client/http'
import { isObject } from '@/lib/client/json'
import { toMs } from '@/lib/client/wait'
import { readJson } from '@/lib/json/read'
import { accessOf, type Access } from './config'
import type { Call } from './command'
import { exit, Failure, wrongly } from './exit'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The REST API of one Holdpoint, as one credential opens it. Whole numbers in answers are exact. */
export class Server {
  readonly http: Http

  constructor(
    readonly access: Access,
    private readonly signal: AbortSignal,
    private readonly patienceMs: number,
  ) {
    this.http = new Http({
      url: access.url,
      key: access.credential,
      fetch,
      patienceMs,
      onFailure: () => undefined,
    })
  }

  /** The same, whose requests end with another signal. */
  until(signal: AbortSignal): Server {
    return new Server(this.access, signal, this.patienceMs)
  }

  /**
   * One request, sent again while nobody answers.
   * @param path below `/api`
   * @param isRight whether the answer is one to this request
   * @throws Problem, Unavailable, or the reason of the signal
   */
  send<T extends object>(
    method: Request<T>['method'],
    path: string,
    { body, headers, wait, isRight = isObject }: SendOptions = {},
  ): Promise<T> {
    return this.http.send({
      method,
      path,
      body,
      ...(headers && { headers }),
      ...(wait !== undefined && { wait }),
      signals: [this.signal],
      read: (answer) => {
        if (answer.body === undefined) return undefined
        const read = readJson(utf8.decode(answer.bytes))
        return isRight(read) ? (read as T) : undefined
      },
    })
  }

  get<T extends object>(path: string, isRight?: (body: unknown) => boolean): Promise<T> {
    return this.send<T>('GET', path, isRight && { isRight })
  }
}

type SendOptions = {
  /** JSON text, or bytes with their type in `headers`. */
  body?: string | Uint8Array
  headers?: Record<string, string>
  wait?: number
  isRight?: (body: unknown) => boolean
}

/** Milliseconds of `--patience`. @throws Failure */
export function patienceOf({ common }: Pick<Call, 'common'>, usual = '15s'): number {
  try {
    return toMs(common.patience ?? usual)
  } catch (error) {
    throw wrongly(`--patience: ${(error as Error).message}`)
  }
}

/**
 * The server of this call, as the person whose token it is.
 * @param kind `key` for an agent key in its place
 * @throws Failure without one
 */
export function personsServer(call: Pick<Call, 'common' | 'io'>, kind: 'token' | 'key' = 'token'): Server {
  return new Server(accessOf(kind, call.common, call.io.env), call.io.signal, patienceOf(call))
}

/** Of a person, or where only an agent key is there, of that. @throws Failure without either */
export function anyonesServer(call: Pick<Call, 'common' | 'io'>): Server {
  try {
    return personsServer(call)
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== exit.denied) throw error
    try {
      return personsServer(call, 'key')
    } catch {
      throw error
    }
  }
}

/** Members of a query that have a value, with their `?`. */
export function query(members: Record<string, string | number | undefined>): string {
  const given = Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

/** Whether this is a page of a list. */
export function isPage(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.items)
}
