import { readFile } from 'node:fs/promises'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { ConnectionError, type Host, type Tls } from './connection'

/** What a server is asked for TLS with, of the protocol's own form. */
const tlsRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** Why a server was not reached; its `code` is the system's, TLS's, or CONNECT_TIMEOUT, CONNECTION_CLOSED, NO_TLS. */
export class DialError extends Error {
  readonly code: string

  constructor(cause: unknown) {
    const { message, code } = cause as NodeJS.ErrnoException
    super(message, { cause })
    this.name = 'DialError'
    this.code = code ?? 'CONNECTION_CLOSED'
  }
}

/**
 * A socket to a server, with TLS or without; where `tls` only prefers it, without it too where the server has none.
 * It has a listener for errors for good, so that no error of it is ever uncaught.
 * @throws DialError
 * @throws ConnectionError where a file that `tls` names cannot be read
 */
export async function dialHost(
  { host, port }: Host,
  tls: Tls,
  { withTls, timeoutMs }: { withTls: boolean; timeoutMs: number },
): Promise<Socket> {
  const options = withTls ? await tlsOptions(tls, host) : undefined
  const socket = connect(endpointOf({ host, port }))
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  const timer = setTimeout(
    () => socket.destroy(failure('CONNECT_TIMEOUT', `it did not answer within ${timeoutMs / 1000} s`)),
    timeoutMs,
  )
  try {
    await happens(socket, 'connect')
    return options === undefined ? socket : await secure(socket, tls, options)
  } catch (error) {
    socket.destroy()
    throw new DialError(error)
  } finally {
    clearTimeout(timer)
  }
}

/** A host as Node's `connect` takes it. */
export function endpointOf({ host, port }: Host): { path: string } | { host: string; port: number } {
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

/** Resolves with what the event brings, and rejects where the socket ends first. */
function happens(socket: Socket, event: 'connect' | 'secureConnect' | 'data'): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(failure('CONNECTION_CLOSED', 'it closed the connection'))
    const settle = (then: (value: never) => void) => (value: unknown) => {
      socket.off(event, onEvent).off('error', onError).off('close', onClose)
      then(value as never)
    }
    const onEvent = settle(resolve)
    const onError = settle(reject)
    socket.once(event, onEvent).once('error', onError).once('close', onClose)
  })
}

async function secure(socket: Socket, tls: Tls, options: ConnectionOptions): Promise<Socket> {
  if (!tls.isDirect) {
    socket.write(tlsRequest)
    const answer = (await happens(socket, 'data')) as Buffer
    const word = answer.toString('latin1')
    if (word === 'N' && tls.mode === 'prefer') return socket
    if (word === 'N') throw failure('NO_TLS', 'it does not speak TLS')
    // More than the one letter would be words of somebody in between, to be taken for the server's own.
    if (word !== 'S') throw failure('CONNECTION_CLOSED', 'it did not answer whether it speaks TLS')
  }
  const secured = connectTls({
    ...options,
    socket,
    ...(tls.isDirect ? { ALPNProtocols: ['postgresql'] } : {}),
  })
  secured.on('error', () => undefined)
  await happens(secured, 'secureConnect')
  return secured
}

/** libpq's modes (PostgreSQL 18, 34.19.1) in Node's words. */
async function tlsOptions({ mode, rootCert, cert }: Tls, host: string): Promise<ConnectionOptions> {
  const read = (name: string, file: string) =>
    readFile(file).catch((error: NodeJS.ErrnoException) => {
      throw new ConnectionError(
        `names a file in ${name} that cannot be read: ${file} (${error.code ?? 'error'})`,
      )
    })
  const own = cert && { cert: await read('sslcert', cert.cert), key: await read('sslkey', cert.key) }
  const isChecked = mode === 'verify-ca' || mode === 'verify-full'
  const ca =
    isChecked && rootCert !== undefined && rootCert !== 'system'
      ? { ca: await read('sslrootcert', rootCert) }
      : {}
  return {
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...own,
    ...ca,
    rejectUnauthorized: isChecked,
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  }
}
