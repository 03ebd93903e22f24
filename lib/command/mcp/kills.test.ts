import { afterAll, describe, expect, test } from 'vitest'
import { deployAgent } from '@/lib/agents/deploy'
import { startFront, type Between, type Front } from '@/lib/testing/mcp/front'
import { keepBook } from '@/lib/testing/book'
import { startApart, useDesk, type Ledger } from '@/lib/testing/mcp/harness'
import { isAlive, until, type LineProcess } from '@/lib/testing/mcp/line-process'

/**
 * Ten calls at once through the real proxy to a real server, and SIGKILL for one of the processes, at each place on the
 * way of a call. Every other call has an id of its own; the others are known by what they say.
 */
const rounds = Array.from({ length: 10 }, (_, at) => at)
const isNamed = (round: number) => round % 2 === 0
const unnamed = rounds.filter((round) => !isNamed(round)).length

const at = useDesk(() => startApart({ MAX_PENDING_PER_AGENT: '0' }))
const fronts: Front[] = []
afterAll(() => Promise.all(fronts.map((front) => front.close())))

const clientProcess = [process.execPath, 'lib/testing/mcp/client-process.mjs']

type State = {
  /** What is kept on its way, and what it is kept from. */
  stop?: [RegExp, Between]
  isDecided: boolean
  /** The server takes its time. */
  isSlow?: true
  /** How often each call has run by then. */
  ran: 0 | 1
  /** What a call with an id of its own gets from the next process; undefined where it goes on as if nothing was. */
  later?: RegExp
}

const unknown = /nobody knows whether it ran/

/** How far the calls have come when it happens. */
const states: Record<string, State> = {
  'before the ask': { stop: [/^POST \/approvals$/, 'hold'], isDecided: false, ran: 0 },
  'while they wait': { isDecided: false, ran: 0 },
  'approved and not claimed': { stop: [/\/claim$/, 'hold'], isDecided: true, ran: 0 },
  'claimed, and the answer lost': { stop: [/\/claim$/, 'lose'], isDecided: true, ran: 0, later: unknown },
  'while the tool runs': { isDecided: true, isSlow: true, ran: 1, later: unknown },
  'ran, and the result lost': { stop: [/\/result$/, 'hold'], isDecided: true, ran: 1, later: unknown },
  'ran and recorded': { stop: [/\/result$/, 'lose'], isDecided: true, ran: 1, later: /^paid 1 to / },
}
type Begun = Omit<Life, 'client' | 'ledger'> & { ledger?: Ledger }
type Life = { name: string; front: Front; client: LineProcess; ledger: Ledger; state: State }

const note = keepBook()

const nameOf = (text: string) => text.replaceAll(/[ ,]+/g, '-')

/** A client that has made its calls; each test pays people of its own. */
async function begin({ name, front, state, ledger }: Begun, within: string[] = []): Promise<Life> {
  const slow = { LEDGER_MS: state.isSlow && !ledger ? '600000' : '0' }
  const env = { HOLDPOINT_URL: front.url, HOLDPOINT_AGENT: name, ...slow }
  const begun = await at.started({ args: ['--patience', '5m'], env, ledger, within })
  for (const round of rounds) {
    const meta = isNamed(round) ? { 'holdpoint/callId': `${name} ${round}` } : {}
    begun.client.call(round, 'pay', { to: `${name} ${round}`, amount: 1 }, meta)
  }
  return { name, front, state, ...begun }
}

const held = ({ name }: Pick<Life, 'name'>, count: number, status = 'pending') =>
  at.held(() => true, { count, status, agent: name })

async function approve(life: Pick<Life, 'name'>, count: number): Promise<void> {
  await Promise.all((await held(life, count)).map(({ id }) => at.desk.decide(id, 'approve')))
}

const told = ({ client }: Life, all: number[]) => Promise.all(all.map((round) => client.words(round, 90_000)))

/** Has ten calls come as far as a state says. */
async function bring(name: string, state: State, within: string[]): Promise<Life> {
  await deployAgent(at.desk.agent, {
    name,
    config: `approval: {tools: [ledger/pay], on_rejection: continue}\n`,
  })
  const front = await startFront(at.rest.url)
  fronts.push(front)
  const { stop } = state
  if (stop) front.between = (call) => (stop[0].test(call) ? stop[1] : undefined)
  const life = await begin({ name, front, state }, within)
  if (state.isDecided) await approve(life, rounds.length)
  else if (!stop) await held(life, rounds.length)
  if (stop) await until(() => front.stopped() === rounds.length, 90_000)
  if (state.ran) await until(() => life.ledger.ran().length === rounds.length, 90_000)
  return life
}

const serversOf = ({ ledger }: Life) =>
  ledger.lines().flatMap((line) => /^started (\d+)$/.exec(line)?.slice(1).map(Number) ?? [])

/** The process of the proxy, and its server's, are gone. */
async function noneIsLeft(life: Life): Promise<void> {
  const { client } = life
  const proxy = Number(/^server (\d+)$/m.exec(client.stderr)?.[1] ?? client.child.pid)
  expect(serversOf(life)).not.toHaveLength(0)
  await until(() => ![proxy, ...serversOf(life)].some(isAlive), 60_000)
}

const ranTimes = ({ ledger, name }: Life) =>
  rounds.map((round) => ledger.ran().filter((line) => line === `pay ${name} ${round} 1`).length)

/** How often each call was approved. */
async function approvedTimes({ name }: Life): Promise<number[]> {
  const all = await at.desk.list(`status=approved&limit=100&agent=${name}`)
  return rounds.map((round) => all.filter(({ params }) => params.to === `${name} ${round}`).length)
}

const cases = Object.keys(states).flatMap((state) =>
  ['the proxy', 'the client', 'the server'].map((who): [string, string] => [who, state]),
)

describe.concurrent('SIGKILL for', () => {
  test.for(cases)('%s, %s', { timeout: 300_000 }, async ([who, when]) => {
    const state = states[when]!
    const first = await bring(nameOf(`${who} ${when}`), state, who === 'the client' ? clientProcess : [])
    let words: string[] = []
    if (who === 'the server') {
      process.kill(serversOf(first)[0]!, 'SIGKILL')
      words = await told(first, rounds)
      const isAnswered = state.ran && !state.isSlow
      for (const text of words)
        expect(text).toMatch(isAnswered ? /^paid 1 to / : /^The server ended \(SIGKILL\)/)
    } else await first.client.kill()
    await noneIsLeft(first)
    first.front.release()
    expect(ranTimes(first)).toEqual(rounds.map(() => state.ran))

    const life = await begin(first)
    const { later } = state
    if (!state.isDecided) await approve(life, rounds.length)
    if (later) {
      // what was let through is never let through again; without an id it is a new question
      for (const text of await told(life, rounds.filter(isNamed))) expect(text).toMatch(later)
      await approve(life, unnamed)
    }
    for (const text of await told(life, later ? rounds.filter((round) => !isNamed(round)) : rounds))
      expect(text).toMatch(/^paid 1 to /)
    const [ran, approved] = [ranTimes(life), await approvedTimes(life)]
    note({
      who,
      when,
      ran: ran.join(' '),
      approved: approved.join(' '),
      told: [...new Set(words)].at(0),
    })
    const isAnew = (round: number) => later !== undefined && !isNamed(round)
    expect(ran).toEqual(
      rounds.map((round) => (later && isNamed(round) ? state.ran : later ? state.ran + 1 : 1)),
    )
    expect(approved).toEqual(rounds.map((round) => (isAnew(round) ? 2 : 1)))
    life.client.child.stdin!.end()
    await life.client.ended
    await noneIsLeft(life)
  })
})
