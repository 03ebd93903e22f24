import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { parseConnection, withParameters } from '@/db/connection'
import { endpointOf } from '@/db/dial'

/** A statement as it went over the wire, its parameters as text. */
export type Sent = {
  text: string
  params: (string | null)[]
  /** Types that the sender named, 0 where it left them to PostgreSQL. */
  types: number[]
  /** How many answers had come back when it was sent: those with the same number went out together. */
  trip: number
}

/** Listens in between a client and PostgreSQL. */
export type Tap = {
  /** The database's address through the tap. */
  url: string
  /** What was sent since the last call. */
  take(): Sent[]
  close(): Promise<void>
}

/**
 * Opens a tap on 127.0.0.1 before a database: what the client really sends can be read from it.
 * @param databaseUrl a server that is spoken to without TLS
 */
export async function openTap(databaseUrl: string): Promise<Tap> {
  const [target = { host: 'localhost', port: 5432 }] = parseConnection(databaseUrl).hosts
  let sent: Sent[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(endpointOf(target))
    const reader = new WireReader((statement) => sent.push(statement))
    client.on('data', (chunk) => reader.fromClient(chunk))
    upstream.on('data', (chunk) => reader.fromServer(chunk))
    client.pipe(upstream).pipe(client)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  // Asked for TLS, the server would answer what is no message.
  const url = withParameters(databaseUrl, { host: '127.0.0.1', port: String(port), sslmode: 'disable' })
  const take = () => {
    const taken = sent
    sent = []
    return taken
  }
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => server.close(done))
  }
  return { url, take, close }
}

/** Reads the frontend/backend protocol 3.0 of one connection as far as statements and answers go. */
export class WireReader {
  private readonly prepared = new Map<string, { text: string; types: number[] }>()
  private clientBytes = Buffer.alloc(0)
  private serverBytes = Buffer.alloc(0)
  private isStarted = false
  private trip = 0

  constructor(private readonly onStatement: (statement: Sent) => void) {}

  fromClient(chunk: Buffer): void {
    this.clientBytes = Buffer.concat([this.clientBytes, chunk])
    for (;;) {
      // The first message has no letter.
      const head = this.isStarted ? 1 : 0
      if (this.clientBytes.length < head + 4) return
      const end = head + this.clientBytes.readInt32BE(head)
      if (this.clientBytes.length < end) return
      const letter = this.isStarted ? String.fromCharCode(this.clientBytes[0] ?? 0) : 'startup'
      this.read(letter, new Fields(this.clientBytes.subarray(head + 4, end)))
      this.clientBytes = this.clientBytes.subarray(end)
      this.isStarted = true
    }
  }

  /** Counts what says that the server is ready for the next statement. */
  fromServer(chunk: Buffer): void {
    this.serverBytes = Buffer.concat([this.serverBytes, chunk])
    while (this.serverBytes.length >= 5) {
      const end = 1 + this.serverBytes.readInt32BE(1)
      if (this.serverBytes.length < end) return
      if (this.serverBytes[0] === 0x5a) this.trip += 1
      this.serverBytes = this.serverBytes.subarray(end)
    }
  }

  private read(letter: string, fields: Fields): void {
    if (letter === 'Q') this.onStatement({ text: fields.text(), params: [], types: [], trip: this.trip })
    if (letter === 'P') {
      const name = fields.text()
      const text = fields.text()
      this.prepared.set(name, { text, types: fields.list(() => fields.int32()) })
    }
    if (letter === 'B') this.readBind(fields)
  }

  private readBind(fields: Fields): void {
    fields.text()
    const statement = this.prepared.get(fields.text())
    if (!statement) throw new Error('A statement was run that was never prepared.')
    const formats = fields.list(() => fields.int16())
    if (formats.some((format) => format !== 0)) throw new Error('A parameter was sent in binary form.')
    const params = fields.list(() => fields.bytes()?.toString('utf8') ?? null)
    this.onStatement({ ...statement, params, trip: this.trip })
  }
}

/** The fields of one message, one after the other. */
class Fields {
  private at = 0

  constructor(private readonly message: Buffer) {}

  text(): string {
    const end = this.message.indexOf(0, this.at)
    const text = this.message.toString('utf8', this.at, end)
    this.at = end + 1
    return text
  }

  int16(): number {
    this.at += 2
    return this.message.readInt16BE(this.at - 2)
  }

  int32(): number {
    this.at += 4
    return this.message.readInt32BE(this.at - 4)
  }

  bytes(): Buffer | undefined {
    const length = this.int32()
    if (length < 0) return undefined
    this.at += length
    return this.message.subarray(this.at - length, this.at)
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.int16() }, read)
  }
}
