import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { Pool } from 'pg'
import postgres from 'postgres'
import { completeRows } from './complete-rows'
import { dialerFor, type Dialer, type SessionOptions } from './dialer'
import type { Settings } from './session-settings'

export type SqlOptions = {
  /** Connections at most. */
  max: number
  /** What sessions are called where the address does not say. */
  name: string
  /** Beside those that every session has. */
  settings?: Settings
  /** Seconds at most for a host to answer, and for a session to begin; fewer where the address says so. */
  connectSeconds?: number
  idleSeconds?: number
  canPrepare?: boolean
  /** False where no array is read: saves the question what arrays there are. */
  readsArrays?: boolean
}

/** postgres.js sends a message of this length at once, where else it waits for a timer that a lost connection takes along. */
const sentAtOnce = { filling: '.'.repeat(1024) }

/** How long a pool waits to connect again, so that it works soon after its database does. */
const backoffSeconds = (tries: number) => Math.min(0.05 * 2 ** tries, 0.5)

/**
 * Opens a pool of postgres.js for an address; its sessions are dialed and set by us.
 * @throws ConnectionError where the address cannot be read
 */
export function openSql(url: string, options: SqlOptions): postgres.Sql {
  const dialer = dialerFor(url)
  const { user, password, database, canPrepare } = dialer.connection
  const session = sessionOf(dialer, options)
  let isEnded = false
  const client = postgres({
    // Only for the words of its errors.
    host: 'database',
    port: 5432,
    ssl: false,
    sslnegotiation: null,
    socket: () => dialForPostgresJs(dialer, session, () => isEnded),
    connection: sentAtOnce,
    user,
    pass: () => password,
    database,
    max: options.max,
    prepare: canPrepare && options.canPrepare !== false,
    fetch_types: options.readsArrays !== false,
    connect_timeout: session.timeoutMs / 1000,
    idle_timeout: options.idleSeconds ?? null,
    backoff: backoffSeconds,
    onnotice: () => undefined,
  } as unknown as postgres.Options<Record<string, never>>)
  endTransactionsWithTheirConnection(client)
  const end = client.end.bind(client)
  client.end = (how) => end(how).finally(() => (isEnded = true))
  return client
}

type Work = (tx: postgres.TransactionSql) => unknown

/**
 * A transaction that lost its connection says nothing more: postgres.js would send its next statement, its commit
 * or its rollback over the connection's next session, and wait there for ever for what nobody answers.
 */
function endTransactionsWithTheirConnection(client: postgres.Sql): void {
  const begin = client.begin.bind(client) as (work: Work) => Promise<unknown>
  client.begin = ((work: Work) => {
    let isOver = false
    const whole = begin((tx) => {
      const unsafe = tx.unsafe as postgres.Sql['unsafe']
      tx.unsafe = ((...args: Parameters<typeof unsafe>) => {
        if (isOver) throw Object.assign(new Error('The transaction is over.'), { code: 'CONNECTION_CLOSED' })
        return unsafe(...args)
      }) as typeof tx.unsafe
      // What settles too late settles never; whoever waits for the whole has been told of the loss.
      return new Promise((resolve, reject) => {
        Promise.resolve(work(tx)).then(
          (result) => isOver || resolve(result),
          (error: unknown) => isOver || reject(error),
        )
      })
    })
    return whole.finally(() => (isOver = true))
  }) as typeof client.begin
}

function sessionOf(dialer: Dialer, { name, settings = {}, connectSeconds = 4 }: SqlOptions): SessionOptions {
  const seconds = Math.min(connectSeconds, dialer.connection.connectTimeoutSeconds ?? connectSeconds)
  return { name, settings, timeoutMs: seconds * 1000 }
}

/** postgres.js loses a connection for good whose socket could not be made: it gets one that fails. */
async function dialForPostgresJs(
  dialer: Dialer,
  session: SessionOptions,
  isEnded: () => boolean,
): Promise<Socket> {
  try {
    const socket = await dialer.dial(session)
    completeRows(socket)
    if (isEnded()) socket.destroy()
    return socket
  } catch (error) {
    const dead = new Socket()
    dead.write = () => true
    setImmediate(() => dead.destroy(error as Error))
    return dead
  }
}

const closeWithinMs = 2000

/**
 * Opens a pool of node-postgres, which the job workers need, with sessions like those of `openSql`. Whatever
 * becomes of a connection, its errors end here.
 * @param onLost told of each connection that was lost
 * @returns `close` takes 2 s at most; what still runs then loses its connection
 */
export function openWorkerPool(
  url: string,
  options: SqlOptions,
  onLost: (error: Error) => void,
): { pool: Pool; close(): Promise<void> } {
  const dialer = dialerFor(url)
  const streams = new Set<DialedStream>()
  const { user, password, database } = dialer.connection
  const session = sessionOf(dialer, options)
  const pool = new Pool({
    // Given, so that nothing of it is looked for in the environment.
    ...{ host: 'database', port: 5432, ssl: false, sslnegotiation: 'postgres' },
    user,
    password: () => password,
    database,
    stream: () => {
      const stream = new DialedStream(dialer, session)
      streams.add(stream)
      return stream.on('close', () => streams.delete(stream))
    },
    max: options.max,
    connectionTimeoutMillis: 2 * session.timeoutMs,
    query_timeout: 10_000,
  } as object)
  pool.on('error', onLost)
  pool.on('connect', (client) => client.on('error', onLost))
  const close = async () => {
    const late = new Promise((done) => setTimeout(done, closeWithinMs).unref())
    await Promise.race([pool.end(), late])
    for (const stream of streams) stream.destroy()
  }
  return { pool, close }
}

/** node-postgres wants its stream before there is a connection. */
class DialedStream extends Duplex {
  private socket: Socket | undefined

  constructor(
    private readonly dialer: Dialer,
    private readonly session: SessionOptions,
  ) {
    super()
  }

  connect(): this {
    this.dialer.dial(this.session).then(
      (socket) => this.join(socket),
      (error: Error) => this.destroy(error),
    )
    return this
  }

  private join(socket: Socket): void {
    if (this.destroyed) return void socket.destroy()
    this.socket = socket
    socket.on('data', (chunk) => void (this.push(chunk) || socket.pause()))
    socket.on('end', () => this.push(null))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
    this.emit('connect')
  }

  override _read(): void {
    this.socket?.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.socket) this.socket.write(chunk, done)
    else done(new Error('not connected'))
  }

  /** The messages of one query go out as one: written one by one, each wakes the server and costs a call of the system. */
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done)
  }

  override _final(done: () => void): void {
    this.socket?.end()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket?.destroy()
    done(error)
  }

  setNoDelay(): void {}
  setKeepAlive(): void {}

  ref(): void {
    this.socket?.ref()
  }

  unref(): void {
    this.socket?.unref()
  }
}
