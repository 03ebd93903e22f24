import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

/** How a pooler hands out its connections to the server. */
export type Pooling = {
  mode: 'session' | 'transaction' | 'statement'
  /** Connections to the server. */
  size: number
  /** The one idle for longest comes next; else the one that was given back last. */
  inTurn?: boolean
}

/**
 * A pooler without a server behind it, on loopback: it speaks as much of the protocol as it takes to see which
 * backend a client is given, and refuses transactions where it pools by the statement.
 */
export async function startFakePooler({ mode, size, inTurn = false }: Pooling) {
  const idle = Array.from({ length: size }, (_, index) => 1000 + index)
  const waiting: (() => void)[] = []
  const take = async (): Promise<number> => {
    const pid = inTurn ? idle.shift() : idle.pop()
    if (pid !== undefined) return pid
    await new Promise<void>((resolve) => waiting.push(resolve))
    return take()
  }
  const giveBack = (pid: number) => {
    idle.push(pid)
    waiting.shift()?.()
  }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    let pid: number | undefined
    let isInTransaction = false
    const answer = async (text: string) => {
      if (/^begin/.test(text) && mode === 'statement')
        return refuse('transaction blocks not allowed in statement pooling mode')
      pid ??= await take()
      if (/^begin/.test(text)) isInTransaction = true
      if (/^rollback/.test(text)) isInTransaction = false
      const row = /pg_backend_pid/.test(text) ? pidRow(pid) : Buffer.alloc(0)
      if (mode !== 'session' && !isInTransaction) {
        giveBack(pid)
        pid = undefined
      }
      socket.write(Buffer.concat([row, message('C', 'OK\0'), message('Z', isInTransaction ? 'T' : 'I')]))
    }
    const refuse = (text: string) =>
      void socket.write(Buffer.concat([message('E', `SERROR\0C08P01\0M${text}\0\0`), message('Z', 'I')]))
    readMessages(socket, (letter, body) => {
      if (letter === 'startup') socket.write(Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I')]))
      if (letter === 'Q') void answer(body.toString('utf8').replace(/\0$/, ''))
    })
    socket.on('close', () => {
      sockets.delete(socket)
      if (pid !== undefined) giveBack(pid)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => server.close(done))
  }
  return {
    url: `postgres://app@127.0.0.1:${(server.address() as AddressInfo).port}/db?sslmode=disable`,
    close,
  }
}

function message(letter: string, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body)
  const head = Buffer.from(`${letter}\0\0\0\0`)
  head.writeInt32BE(bytes.length + 4, 1)
  return Buffer.concat([head, bytes])
}

/** A row of the one column `pid`, a text. */
function pidRow(pid: number): Buffer {
  const column = Buffer.concat([Buffer.from([0, 1]), Buffer.from('pid\0'), Buffer.alloc(18)])
  column.writeInt32BE(25, column.length - 12)
  const text = String(pid)
  const value = Buffer.concat([Buffer.from([0, 1, 0, 0, 0, text.length]), Buffer.from(text)])
  return Buffer.concat([message('T', column), message('D', value)])
}

function readMessages(socket: Socket, onMessage: (letter: string, body: Buffer) => void): void {
  let bytes = Buffer.alloc(0)
  let isStarted = false
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk])
    for (;;) {
      const head = isStarted ? 1 : 0
      if (bytes.length < head + 4) return
      const end = head + bytes.readInt32BE(head)
      if (bytes.length < end) return
      const letter = isStarted ? String.fromCharCode(bytes[0] ?? 0) : 'startup'
      const body = bytes.subarray(head + 4, end)
      bytes = bytes.subarray(end)
      isStarted = true
      onMessage(letter, body)
    }
  })
}
