import { hostname, userInfo } from 'node:os'
import { Problem } from '@/lib/client/errors'
import { Http, type Request } from '@/lib/client/http'
import { isObject, type JsonObject } from '@/lib/client/json'
import { sleep } from '@/lib/client/wait'
import type { Call } from './command'
import { exit, Failure } from './exit'
import { oneLine } from './printer'
import { patienceOf } from './server'

/** What is added to the interval where the server says that it was asked too soon (RFC 8628, section 3.5). */
const slowerSeconds = 5

/**
 * Has a person confirm in the console that this machine may act as them, and takes the token that is made of it.
 * @returns the token
 * @throws Failure where the person says no or says nothing in time; Unavailable; the reason of the signal
 */
export async function loginByConsole(
  call: Pick<Call, 'common' | 'io' | 'out'>,
  url: string,
): Promise<string> {
  const { out, io } = call
  const http = new Http({
    url,
    key: '',
    fetch: withoutCredential,
    patienceMs: patienceOf(call),
    onFailure: () => undefined,
  })
  const send = <T>(path: string, body: JsonObject, read: (body: JsonObject) => T | undefined) =>
    http.send<T>({
      method: 'POST',
      path,
      body: JSON.stringify(body),
      signals: [io.signal],
      read: ({ body: answer }) => (isObject(answer) ? read(answer) : undefined),
    } satisfies Request<T>)
  const started = await send('/device', { client_name: nameOfMachine() }, startedOf)
  out.note(`Open   ${oneLine(started.page)}`)
  out.note(`Check  that it shows the code ${oneLine(started.code)}, and confirm. Until then this waits.`)
  for (let seconds = started.interval; ;) {
    await sleep(seconds * 1000, [io.signal])
    try {
      return await send('/device/token', { device_code: started.deviceCode }, ({ access_token: token }) =>
        typeof token === 'string' ? token : undefined,
      )
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (error.code === 'slow_down') seconds += slowerSeconds
      else if (error.code !== 'authorization_pending')
        throw new Failure(exit.denied, oneLine(error.message, 500))
    }
  }
}

/** Nobody is logged in yet, so nothing is shown. */
const withoutCredential: typeof fetch = (to, init) => {
  const headers = new Headers(init?.headers)
  headers.delete('Authorization')
  return fetch(to, { ...init, headers })
}

function startedOf(answer: JsonObject) {
  const { device_code: deviceCode, user_code: code, verification_uri_complete: page, interval = 5 } = answer
  const isWhole = [deviceCode, code, page].every((one) => typeof one === 'string')
  if (!isWhole || typeof interval !== 'number' || !(interval >= 1)) return undefined
  return { deviceCode: deviceCode as string, code: code as string, page: page as string, interval }
}

/** By which the person knows it again, on the page and among their tokens. */
function nameOfMachine(): string {
  const name = `holdpoint of ${nameOfUser()} on ${hostname()}`
  return [...name.replaceAll(/[^\p{L}\p{N} ._@-]/gu, '-')].slice(0, 100).join('')
}

/** In a container whoever runs it may have no name. */
function nameOfUser(): string {
  try {
    return userInfo().username
  } catch {
    return process.env.USER || 'somebody'
  }
}
