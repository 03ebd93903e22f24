import type { Approval } from '@/lib/client/approval'
import type { Holdpoint } from '@/lib/client/connect'
import { agentClient } from './agent'
import { requireProgram, runChild } from './child'
import { command, type Call } from './command'
import { exit, wrongly } from './exit'
import { countOf, readList } from './list'
import { oneLine } from './printer'
import { patienceOf, Server } from './server'

const options = {
  agent: {
    type: 'string',
    short: 'a',
    value: 'NAME',
    about: 'The agent whose runs are woken. Default: HOLDPOINT_AGENT.',
  },
  jobs: { type: 'string', short: 'j', value: 'N', about: 'At most so many programs at once. Default: 4.' },
  once: { type: 'boolean', about: 'Wake what waits to be acted on now, and end; for cron.' },
} as const

export const work = command({
  synopsis: ['work --agent NAME -- CMD [ARGUMENT…]'],
  about: [
    'Wakes parked runs: whenever a call of the agent was decided, CMD is started with the run’s id in HOLDPOINT_RUN, the agent’s own id of it in HOLDPOINT_SESSION, and the call’s in HOLDPOINT_CALL. CMD goes on with the run, as an agent of the client does by hp.run({ id: process.env.HOLDPOINT_RUN }).',
    'For one run there is at most one CMD at a time; what is decided meanwhile starts it once more afterwards. Runs that have ended are not woken. Where CMD fails, it is started again after 5 seconds, then 10, and so on to 5 minutes, as long as its run has something to do.',
    'It listens with an agent key from HOLDPOINT_KEY or the profile, with the scope run; what it passes on of it is the environment.',
  ],
  options,
  examples: [
    [
      'holdpoint work --agent order-manager -- node agent.mjs',
      'Starts agent.mjs for each run that can go on.',
    ],
    ['holdpoint work --agent order-manager --once -- node agent.mjs', 'The same from cron.'],
  ],
  async run(call) {
    const { options: given, rest, args, io } = call
    if (args.length > 0) throw wrongly(`What to start stands behind --, not ${oneLine(args[0]!)}.`)
    requireProgram(rest?.[0], io)
    const jobs = countOf(given.jobs, 4)
    const { hp, agent, access } = agentClient(call, given.agent, () => undefined)
    const server = new Server(access, io.signal, patienceOf(call, '10m'))
    const crew = new Crew(call, hp, rest!, jobs)
    if (given.once) {
      const fields = 'run_id,tool_call_id,tool,status,next'
      const filter = { status: 'approved,rejected,expired', sort: 'decided', agent, fields }
      const { items } = await readList<Approval>(server, '/approvals', filter, mostLookedAt)
      for (const one of items.filter(hasToBeActedOn)) crew.wake(one)
      await crew.done()
      return crew.hasFailed ? exit.no : exit.done
    }
    call.out.note(`Waiting for decisions about ${agent}.`)
    try {
      for await (const approval of hp.decided({ agent, signal: io.signal })) crew.wake(approval)
    } catch (error) {
      if (!io.signal.aborted) throw error
    }
    await crew.done()
    throw io.signal.reason
  },
})

/** Of those decided last, with --once. */
const mostLookedAt = 10_000

type Waking = { approval: Approval; fails: number }

const firstPauseMs = 5000
const longestPauseMs = 300_000

/** Starts the program for runs that were decided on, one at a time for each. */
class Crew {
  private readonly running = new Map<string, Promise<void>>()
  private readonly next = new Map<string, Waking>()
  private readonly timers = new Set<NodeJS.Timeout>()
  hasFailed = false

  constructor(
    private readonly call: Call<typeof options>,
    private readonly hp: Holdpoint,
    private readonly words: string[],
    private readonly jobs: number,
  ) {}

  wake(approval: Approval, fails = 0): void {
    this.next.set(approval.run_id, { approval, fails })
    this.fill()
  }

  /** When all that was started has ended; without what is to be tried again. */
  async done(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values())
    for (const timer of this.timers) clearTimeout(timer)
  }

  private fill(): void {
    for (const [run, waking] of this.next) {
      if (this.running.size >= this.jobs || this.call.io.signal.aborted) return
      if (this.running.has(run)) continue
      this.next.delete(run)
      const going = this.start(run, waking).finally(() => {
        this.running.delete(run)
        this.fill()
      })
      this.running.set(run, going)
    }
  }

  private async start(run: string, { approval, fails }: Waking): Promise<void> {
    const { io, out } = this.call
    try {
      const session = await this.sessionToGoOn(run, approval.id)
      if (session === undefined) return
      out.note(`${run} goes on: ${oneLine(approval.tool)} was ${approval.status}.`)
      const ids = { HOLDPOINT_RUN: run, HOLDPOINT_SESSION: session, HOLDPOINT_CALL: approval.tool_call_id }
      const env = { ...io.env, ...ids }
      const { code } = await runChild(this.words, { ...io, env, keepsOutput: false, readsStdin: false })
      if (code === 0) return
      out.note(`${run} ended with ${code}.`)
    } catch (error) {
      if (io.signal.aborted) return
      out.note(`${run} could not go on: ${oneLine((error as Error).message, 300)}`)
    }
    this.hasFailed = true
    if (this.call.options.once) return
    const timer = setTimeout(
      () => {
        this.timers.delete(timer)
        if (!this.next.has(run)) this.wake(approval, fails + 1)
      },
      Math.min(firstPauseMs * 2 ** fails, longestPauseMs),
    )
    this.timers.add(timer)
  }

  /** The agent's own id of the run; undefined where that has ended, or the decision has been acted on since. */
  private async sessionToGoOn(id: string, approvalId: string): Promise<string | undefined> {
    const run = await this.hp.run({ id })
    if (run.status !== 'running' && run.status !== 'awaiting_approval') return undefined
    for await (const { approval } of this.hp.resume(run)) {
      if (approval.id === approvalId && hasToBeActedOn(approval)) return run.record.external_id ?? id
    }
    return undefined
  }
}

function hasToBeActedOn({ next }: Approval): boolean {
  return next.action === 'execute' || next.action === 'continue' || next.action === 'ask_again'
}
