import { HttpConnection, type Answer } from './http-connection'

/** What a load did: `count` pieces of work in `seconds`, and how long each took, in milliseconds. */
export type Load = { count: number; seconds: number; latencies: number[] }

/** One piece of a client's work, over the client's own connection. */
export type Work = (connection: HttpConnection, client: number) => Promise<unknown>

/** @returns what `work` returns, with `count` connections that are closed after it */
export async function withConnections<T>(
  port: number,
  count: number,
  work: (connections: HttpConnection[]) => Promise<T>,
): Promise<T> {
  const connections: HttpConnection[] = []
  try {
    while (connections.length < count) {
      const some = Math.min(100, count - connections.length)
      connections.push(...(await Promise.all(Array.from({ length: some }, () => HttpConnection.open(port)))))
    }
    return await work(connections)
  } finally {
    for (const connection of connections) connection.close()
  }
}

/**
 * Closed loop: each connection's client does one piece of work after the other, until `count` are done by all
 * together, `seconds` have passed or `isOver` says so, whichever is first.
 */
export async function runLoad(
  connections: HttpConnection[],
  work: Work,
  until: { count?: number; seconds?: number; isOver?: () => boolean },
): Promise<Load> {
  const { count = Infinity, seconds = Infinity, isOver = () => false } = until
  const latencies: number[] = []
  const begun = performance.now()
  const deadline = begun + seconds * 1000
  let left = count
  const loop = async (connection: HttpConnection, client: number) => {
    let now = performance.now()
    while (left > 0 && now < deadline && !isOver()) {
      left -= 1
      await work(connection, client)
      const done = performance.now()
      latencies.push(done - now)
      now = done
    }
  }
  await Promise.all(connections.map(loop))
  return { count: latencies.length, seconds: (performance.now() - begun) / 1000, latencies }
}

/** @throws Error with what the server said where the status is another */
export function expectStatus(answer: Answer, status: number, what: string): Answer {
  if (answer.status === status) return answer
  throw new Error(`${what} was answered ${answer.status}, not ${status}: ${answer.body.slice(0, 400)}`)
}
