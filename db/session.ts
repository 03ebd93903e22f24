import type { Socket } from 'node:net'
import type { Connection } from './connection'
import { DialError } from './dial'

const protocolVersion = 196_608
const cancelRequest = 80_877_102

/** How a session on a fresh socket is to begin. */
export type Beginning = {
  /** The startup message. */
  startup: Buffer
  /** Statements for before the driver has the session. */
  statements: string
  /**
   * Asked once the server has said who it is, or that it refuses (with its SQLSTATE). `leave` closes the socket
   * without an error, so that the driver tries again; an error is the driver's.
   */
  judge(answer: { refusal?: string; reported: Map<string, string> }): 'stay' | 'leave' | Error
}

/** Frontend/backend protocol 3.0 (PostgreSQL 18, 54.7): the first message of a session. */
export function startupMessage(connection: Connection, name: string): Buffer {
  const parameters: Record<string, string> = {
    user: connection.user,
    database: connection.database,
    client_encoding: 'UTF8',
    application_name: connection.applicationName ?? name,
    ...(connection.options === undefined ? {} : { options: connection.options }),
  }
  const words = Object.entries(parameters).flat()
  const body = Buffer.from(`${words.map((word) => `${word}\0`).join('')}\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(head.length + body.length, 0)
  head.writeInt32BE(protocolVersion, 4)
  return Buffer.concat([head, body])
}

/**
 * Has the session on a fresh socket begin our way, whichever driver holds it: our startup message goes out in the
 * place of the driver's, and before the driver hears that the session is ready, it is set up by statements, not
 * by startup parameters, which poolers refuse. What ends a session reaches the driver as the socket's error.
 */
export function beginSession(socket: Socket, beginning: Beginning): void {
  const write = socket.write.bind(socket) as (chunk: Buffer, ...rest: unknown[]) => boolean
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean
  let isBegun = false
  const exchange = new Exchange(beginning, {
    forward: (message) => void emit('data', message),
    send: (message) => void write(message),
    leave: (error) => void socket.destroy(error),
    end: () => (isBegun = true),
  })
  socket.emit = (event: string, ...args: unknown[]) => {
    if (event === 'close') return closeLater(() => emit(event, false))
    if (event === 'data' && !isBegun) exchange.receive(args[0] as Buffer)
    else if (event === 'data' && isEnd(args[0] as Buffer)) end(args[0] as Buffer)
    // postgres.js would try again without a pause, for ever.
    else if (event === 'end' && !isBegun) socket.destroy(hangUp())
    else return emit(event, ...args)
    return true
  }
  const end = (chunk: Buffer) => {
    const at = startOfEnd(chunk)
    if (at > 0) emit('data', chunk.subarray(0, at))
    socket.destroy(endOf(chunk.subarray(at)))
  }
  socket.write = ((chunk: Buffer, ...rest: unknown[]) => {
    socket.write = write as typeof socket.write
    // The driver's own way to cancel a statement is no session.
    const isCancel = chunk.length === 16 && chunk.readInt32BE(4) === cancelRequest
    if (isCancel) isBegun = true
    return write(isCancel ? chunk : beginning.startup, ...rest)
  }) as typeof socket.write
}

/**
 * Once those who heard of the error have said their last word, for postgres.js cannot write to a socket that is gone,
 * and without telling of the error again, for only then does it refuse what they said.
 */
function closeLater(emit: () => void): boolean {
  setImmediate(() => setImmediate(emit))
  return true
}

/** The severity as no language changes it, which the code follows; no row of ours has such bytes. */
const fatal = Buffer.from('\0VFATAL\0C')
const longestEnd = 8192

/**
 * Whether a server says that it ends the session. postgres.js would take it for the next session's error. Nothing comes
 * after it, and it ends with two zeros, which hardly anything else does.
 */
function isEnd(chunk: Buffer): boolean {
  const { length } = chunk
  if (chunk[length - 1] !== 0 || chunk[length - 2] !== 0) return false
  return length <= longestEnd && chunk.includes(fatal)
}

/** Where that message begins: it may come with what the server had not sent yet. */
function startOfEnd(chunk: Buffer): number {
  for (let at = chunk.indexOf(fatal); at >= 0; at--)
    if (chunk[at] === 0x45 && chunk[at + 5] === 0x53 && at + 1 + chunk.readInt32BE(at + 1) === chunk.length)
      return at
  return 0
}

function endOf(message: Buffer): Error {
  const [, code = '', text = ''] = /\0VFATAL\0C(\w{5})\0M([^\0]*)/.exec(message.toString('utf8')) ?? []
  return new DialError(Object.assign(new Error(text), { code }))
}

function hangUp(): Error {
  return new DialError(Object.assign(new Error('it closed the connection'), { code: 'CONNECTION_CLOSED' }))
}

type Ways = {
  forward(message: Buffer): void
  send(message: Buffer): void
  leave(error?: Error): void
  end(): void
}

/** The server's side of the beginning, message by message. */
class Exchange {
  private bytes = Buffer.alloc(0)
  private readonly reported = new Map<string, string>()
  private phase: 'starting' | 'setting' | 'over' = 'starting'

  constructor(
    private readonly beginning: Beginning,
    private readonly ways: Ways,
  ) {}

  receive(chunk: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, chunk])
    while (this.phase !== 'over' && this.bytes.length >= 5) {
      const end = 1 + this.bytes.readInt32BE(1)
      if (this.bytes.length < end) return
      const message = this.bytes.subarray(0, end)
      this.bytes = this.bytes.subarray(end)
      const letter = String.fromCharCode(message[0] ?? 0)
      if (this.phase === 'starting') this.whileStarting(letter, message)
      else this.whileSetting(letter, message)
    }
  }

  private whileStarting(letter: string, message: Buffer): void {
    const { forward, send } = this.ways
    if (letter === 'S') {
      const [name = '', value = ''] = message.toString('utf8', 5).split('\0')
      this.reported.set(name, value)
    }
    if (letter !== 'E' && letter !== 'Z') return forward(message)
    const refusal =
      letter === 'E' ? { refusal: /\0C(\w{5})\0/.exec(message.toString('latin1'))?.[1] ?? '' } : {}
    const verdict = this.beginning.judge({ ...refusal, reported: this.reported })
    if (verdict !== 'stay') {
      this.finish()
      return this.ways.leave(verdict === 'leave' ? undefined : verdict)
    }
    if (letter === 'E') return forward(message)
    this.phase = 'setting'
    const text = Buffer.from(`${this.beginning.statements}\0`)
    const head = Buffer.from('Q\0\0\0\0')
    head.writeInt32BE(text.length + 4, 1)
    send(Buffer.concat([head, text]))
  }

  private whileSetting(letter: string, message: Buffer): void {
    if (letter === 'S') return this.ways.forward(message)
    if (letter === 'E') {
      this.finish()
      this.ways.forward(message)
      return this.ways.leave()
    }
    if (letter !== 'Z') return
    this.finish()
    this.ways.forward(Buffer.concat([message, this.bytes]))
  }

  private finish(): void {
    this.phase = 'over'
    this.ways.end()
  }
}
