import { afterAll, describe, expect, test } from 'vitest'
import { deployAgent } from '@/lib/agents/deploy'
import { startFront, type Between, type Front } from '@/lib/testing/mcp/front'
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

type State = { stop?: [RegExp, Between]; isDecided: boolean }

/** How far the calls have come when it happens. */
const states: Record<string, State> = {
  'before the ask': { stop: [/^POST \/approvals$/, 'hold'], isDecided: false },
  'while they wait': { isDecided: false },
  'approved and not claimed': { stop: [/\/claim$/, 'hold'], isDecided: true },
  'claimed, and the answer lost': { stop: [/\/claim$/, 'lose'], isDecided: true },
}
type Begun = Omit<Life, 'client' | 'ledger'> & { ledger?: Ledger }
type Life = { name: string; front: Front; client: LineProcess; ledger: Ledger; state: State }

const nameOf = (text: string) => text.replaceAll(/[ ,]+/g, '-')

/** A client that has made its calls; each test pays people of its own. */
async function begin({ name, front, state, ledger }: Begun, within: string[] = []): Promise<Life> {
  const env = { HOLDPOINT_URL: front.url, HOLDPOINT_AGENT: name }
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

const answers = ({ client }: Life, all: number[]) =>
  Promise.all(all.map((round) => client.result(round, 90_000)))

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
  return life
}

/** What a call that was let through is answered where nobody knows what came of it. */
const unknown = /nobody knows whether it ran/
const texts = (results: { content: { text: string }[] }[]) => results.map(({ content }) => content[0]?.text)

/** The process of the proxy, and its server's, are gone. */
async function noneIsLeft({ client, ledger }: Life): Promise<void> {
  const proxy = Number(/^server (\d+)$/m.exec(client.stderr)?.[1] ?? client.child.pid)
  const servers = ledger.lines().flatMap((line) => /^started (\d+)$/.exec(line)?.slice(1).map(Number) ?? [])
  expect(servers).not.toHaveLength(0)
  await until(() => ![proxy, ...servers].some(isAlive), 60_000)
}

const ranTimes = ({ ledger, name }: Life) =>
  rounds.map((round) => ledger.ran().filter((line) => line === `pay ${name} ${round} 1`).length)
const each = (count: number | ((round: number) => number)) =>
  rounds.map((round) => (typeof count === 'number' ? count : count(round)))

const cases = Object.keys(states).flatMap((state) =>
  ['the proxy', 'the client'].map((who): [string, string] => [who, state]),
)

describe('SIGKILL for', () => {
  test.for(cases)('%s, %s', { timeout: 300_000 }, async ([who, when]) => {
    const state = states[when]!
    const first = await bring(nameOf(`${who} ${when}`), state, who === 'the client' ? clientProcess : [])
    await first.client.kill()
    await noneIsLeft(first)
    first.front.release()
    expect(ranTimes(first)).toEqual(each(0))

    const life = await begin(first)
    const named = rounds.filter(isNamed)
    if (!state.isDecided) {
      await approve(life, rounds.length)
      await answers(life, rounds)
      expect(ranTimes(life)).toEqual(each(1))
    } else if (when === 'approved and not claimed') {
      await answers(life, rounds)
      expect(ranTimes(life)).toEqual(each(1))
      await held(life, rounds.length, 'approved')
    } else {
      // what was let through is never let through again; without an id it is a new question
      for (const text of texts(await answers(life, named))) expect(text).toMatch(unknown)
      await approve(life, unnamed)
      await answers(life, rounds)
      expect(ranTimes(life)).toEqual(each((round) => (isNamed(round) ? 0 : 1)))
      await held(life, rounds.length + unnamed, 'approved')
    }
    life.client.child.stdin!.end()
    await life.client.ended
    await noneIsLeft(life)
  })
})
