import type { Socket } from 'node:net'

/* Frontend/backend protocol 3.0 (PostgreSQL 18, 54.7): the first byte of a message of the server, by its name. */
const [dataRow, commandComplete, errorResponse] = [0x44, 0x43, 0x45]
const headLength = 5

const tag = Buffer.from('SELECT 0\0')
const completion = Buffer.from([commandComplete, 0, 0, 0, 4 + tag.length, ...tag])

/**
 * Says that a statement is complete before postgres.js hears of an error, or of the end of the connection, in the middle
 * of its rows. It counts the rows of a result, and from none again only then: the next result of the connection would
 * begin with as many holes (porsager/postgres, issue 1119). For a socket whose session has not begun.
 */
export function completeRows(socket: Socket): void {
  const emit = socket.emit.bind(socket) as (event: string, ...args: unknown[]) => boolean
  const head = Buffer.alloc(headLength)
  /** How many bytes of the message's head, and how many of the rest, are known and to come. */
  let [known, left] = [0, 0]
  let isWithin = false

  const complete = () => {
    if (isWithin) emit('data', completion)
    isWithin = false
  }

  function receive(chunk: Buffer): void {
    let sent = 0
    for (let at = 0; at < chunk.length;) {
      if (left > 0) {
        const step = Math.min(left, chunk.length - at)
        left -= step
        at += step
        continue
      }
      if (known === 0) {
        const letter = chunk[at]
        if (letter === errorResponse && isWithin) {
          if (at > sent) emit('data', chunk.subarray(sent, at))
          sent = at
          complete()
        } else if (letter === dataRow) isWithin = true
        else if (letter === commandComplete) isWithin = false
      }
      const step = Math.min(headLength - known, chunk.length - at)
      const isWhole = step === headLength
      if (!isWhole) chunk.copy(head, known, at, at + step)
      known = (known + step) % headLength
      if (known === 0) left = (isWhole ? chunk.readInt32BE(at + 1) : head.readInt32BE(1)) + 1 - headLength
      at += step
    }
    emit('data', sent === 0 ? chunk : chunk.subarray(sent))
  }

  socket.emit = (event: string, ...args: unknown[]) => {
    if (event === 'data') {
      receive(args[0] as Buffer)
      return true
    }
    if (event === 'error' || event === 'end' || event === 'close') complete()
    return emit(event, ...args)
  }
}
