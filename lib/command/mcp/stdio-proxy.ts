import type { Readable, Writable } from 'node:stream'
import { readLines } from './lines'
import type { Gate } from './gate'
import { Session, type Locate } from './session'
import type { SessionRun } from './session-run'
import type { UpstreamFacts } from './upstream-facts'

/** A server as the proxy talks to it: each message is one text. */
export type Connection = {
  send(text: string): void
  /** Resolves with why when nothing more comes. */
  ended: Promise<string>
  end(): Promise<void>
}

export type Connect = (onMessage: (text: string) => void) => Connection

/** For how long what came of the calls may be on its way to Holdpoint when the client has left. */
const lastMs = 5000
const parentMs = 1000

/**
 * Stands between the client at these streams and one server, until the client closes its end, its process is gone, the
 * server ends, or the signal aborts.
 * @returns why the server ended, where it did so before the client
 */
export async function proxyStdio(
  { stdin, stdout }: { stdin: Readable; stdout: Writable },
  connect: Connect,
  { gate, upstream, run, locate }: { gate: Gate; upstream: UpstreamFacts; run: SessionRun; locate?: Locate },
  signal: AbortSignal,
): Promise<string | undefined> {
  const connection = connect((text) => session.fromServer(text))
  const session = new Session({
    gate,
    upstream,
    locate,
    run,
    toClient: (text) => void stdout.write(`${text.replace(/[\r\n]+/g, ' ')}\n`),
    toServer: (text) => connection.send(text),
  })
  let watching: NodeJS.Timeout | undefined
  let noteFirst = () => {}
  const first = new Promise<void>((resolve) => (noteFirst = resolve))
  const left = new Promise<undefined>((resolve) => {
    readLines(
      stdin,
      (line) => {
        session.fromClient(line)
        noteFirst()
      },
      () => resolve(undefined),
    )
    signal.addEventListener('abort', () => resolve(undefined))
    // whoever reads no further has left as well
    stdout.on('error', () => resolve(undefined))
    const parent = process.ppid
    watching = setInterval(() => process.ppid !== parent && resolve(undefined), parentMs)
  })
  const why = await Promise.race([left, connection.ended])
  if (why === undefined) session.leave()
  else session.lose(why)
  await connection.end()
  session.lose('The client has left.')
  await finish(gate, run)
  // where the server ended before the client had said anything, it is told when it does
  if (why !== undefined) await Promise.race([first, left, later(lastMs)])
  clearInterval(watching)
  // a client that is still there sees the end, instead of asking somebody who answers no more
  stdin.destroy()
  return why
}

/** Has what came of the calls recorded, and ends the run where nobody will go on with it. */
async function finish(gate: Gate, run: SessionRun): Promise<void> {
  const late = AbortSignal.timeout(lastMs)
  await Promise.race([gate.recorded(), later(lastMs)])
  const id = await run.toEnd?.catch(() => undefined)
  if (id !== undefined && !gate.isOpen(id)) await run.complete(id, [late]).catch(() => undefined)
}

/** Resolves so much later, and keeps no process for it. */
function later(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref())
}
