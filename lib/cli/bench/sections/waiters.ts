import { spawnSync } from 'node:child_process'
import { callsOf, makeTemplates, withConnection, type Calls } from '../calls'
import { target, type Figure } from '../figure'
import { fillPool } from '../fill'
import { requestText, type HttpConnection } from '../http-connection'
import { expectStatus, runLoad, withConnections } from '../load'
import { makeProject } from '../project'
import { settle, type Run } from '../run'
import { median, percentile } from '../statistics'

type Crowd = { name: string; waiters: number; approvals: number }

/** All for one, and where they are few enough, each for another. */
function crowdsOf(counts: number[]): Crowd[] {
  return counts.flatMap((waiters) => {
    const many = waiters.toLocaleString('en-US')
    const forOne = { name: `${many} waiters for one`, waiters, approvals: 1 }
    const forMany = { name: `${many} waiters for ${many}`, waiters, approvals: waiters }
    return waiters > 1000 ? [forOne] : [forOne, forMany]
  })
}

/** Files that a process has open besides. */
const otherFiles = 200
const heldWithinMs = 30_000

type Held = { memory: number; quiet: number; meanwhile: number; wakeMs: number }

/** What many agents that wait cost: memory, the time of other requests, and the time to answer them all. */
export async function measureWaiters(run: Run): Promise<void> {
  const calls = callsOf(await makeProject(run.place.served, 'Waiters'))
  const { pending } = await makeTemplates(run.server.port, calls)
  const files = openFilesLimit()
  const crowds = crowdsOf(run.size.waiters).filter(({ approvals }) => run.size.withParts || approvals === 1)
  for (const crowd of crowds) {
    run.say(`waiters: ${crowd.name}`)
    if (crowd.waiters + otherFiles > files) {
      run.say(`waiters: left out, because "ulimit -n" allows ${files} open files only`)
      continue
    }
    const rounds: Held[] = []
    while (rounds.length < run.size.rounds) rounds.push(await hold(run, calls, pending, crowd))
    for (const figure of figuresOf(crowd, rounds)) run.add(figure)
  }
  run.add({ section: 'waiters', name: 'memory after', value: run.server.memoryMb(), unit: 'MB' })
}

function openFilesLimit(): number {
  const said = spawnSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).stdout.trim()
  return said === 'unlimited' ? Infinity : Number(said)
}

function figuresOf({ name, waiters }: Crowd, held: Held[]): Figure[] {
  const figure = (what: string, key: keyof Held, unit: 'ms' | 'MB'): Figure & { value: number } => {
    const rounds = held.map((one) => one[key])
    return { section: 'waiters', name: `${name}: ${what}`, value: median(rounds), unit, rounds }
  }
  const memory = figure('memory more than before', 'memory', 'MB')
  const quiet = figure('short requests’ p95 before', 'quiet', 'ms')
  const meanwhile = figure('short requests’ p95 meanwhile', 'meanwhile', 'ms')
  if (waiters === 1000) {
    memory.target = { text: '≤ 150 MB', isMet: memory.value <= 150 }
    meanwhile.target = target(meanwhile.value / quiet.value, 'atMost', 2, 'of before')
  }
  return [memory, quiet, meanwhile, figure('last decision sent to the last answer', 'wakeMs', 'ms')]
}

async function hold(run: Run, calls: Calls, template: string, crowd: Crowd): Promise<Held> {
  const { port } = run.server
  const ids = await fillPool(run, template, crowd.approvals)
  const other = await withConnection(port, calls.askGated.bind(calls))
  await settle(run)
  const quiet = await shortRequests(run, calls, other)
  const before = run.server.memoryMb()
  return withConnections(port, crowd.waiters, async (connections) => {
    const waits = Promise.all(
      connections.map((connection, at) => calls.wait(connection, ids[at % ids.length] ?? '')),
    )
    const answered = waits.then(() => performance.now())
    // A wait that breaks before it is awaited must not end the process.
    answered.catch(() => undefined)
    await untilHeld(run, crowd.waiters)
    const memory = run.server.memoryMb() - before
    const meanwhile = await shortRequests(run, calls, other)
    const wakeMs = await withConnection(port, async (reviewer) => {
      const sentAt = await decideAll(calls, reviewer, ids)
      return (await answered) - sentAt
    })
    return { memory, quiet, meanwhile, wakeMs }
  })
}

/** @returns when the last decisions were sent */
async function decideAll(calls: Calls, reviewer: HttpConnection, ids: string[]): Promise<number> {
  let sentAt = performance.now()
  if (ids[0] !== undefined && ids.length === 1) await calls.decide(reviewer, ids[0])
  else {
    for (let at = 0; at < ids.length; at += 100) {
      sentAt = performance.now()
      await calls.decideMany(reviewer, ids.slice(at, at + 100))
    }
  }
  return sentAt
}

/** The server's own count says when the last wait has begun. */
async function untilHeld({ server }: Run, count: number): Promise<void> {
  const request = requestText('GET', '/api/metrics', { token: server.metricsToken })
  const deadline = performance.now() + heldWithinMs
  await withConnection(server.port, async (connection) => {
    for (;;) {
      const { body } = expectStatus(await connection.send(request), 200, 'The metrics')
      const held = Number(/^holdpoint_waits_open (\d+)/m.exec(body)?.[1])
      if (held >= count) return
      if (performance.now() > deadline) throw new Error(`Only ${held} of ${count} waits were held.`)
      await new Promise((done) => setTimeout(done, 100))
    }
  })
}

/** @returns the p95 in milliseconds of reading and asking in turn, one request at a time */
async function shortRequests({ server, size }: Run, calls: Calls, id: string): Promise<number> {
  let turn = 0
  const { latencies } = await withConnection(server.port, (connection) =>
    runLoad(
      [connection],
      () => {
        turn += 1
        return turn % 2 === 0 ? calls.askGated(connection) : calls.read(connection, id)
      },
      { seconds: size.seconds },
    ),
  )
  return percentile(latencies, 0.95)
}
