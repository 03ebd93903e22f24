import type { Approval } from '@/lib/client/approval'
import { requireProgram, runWithInput } from './child'
import { command, type Call } from './command'
import { exit, wrongly } from './exit'
import { oneLine, printableJson } from './printer'
import { personsServer } from './server'
import { feed, readOne } from './watch/feed'
import { Screen } from './watch/screen'
import { readMe } from './whoami'
import { callLine, distance, outcomeWords } from './words'

const options = {
  agent: { type: 'string', short: 'a', value: 'NAME', about: 'Only calls of this agent.' },
  exec: {
    type: 'string',
    value: 'PROGRAM',
    about:
      'Start this for each call that is held, with the call as JSON on its stdin; the same as PROGRAM behind --.',
  },
} as const

export const watch = command({
  synopsis: ['watch [--agent NAME]', 'watch --json', 'watch -- CMD [ARGUMENT…]'],
  about: [
    'On a terminal: the queue of what waits, which one decides from with the keys of the console. J and K move, A and R begin an approval or a rejection, Ctrl-Enter confirms it (Ctrl-J or Alt-Enter where the terminal does not tell Ctrl-Enter from Enter), Escape goes back; ? shows all keys. No single key decides, nor does what is pasted. New requests do not move what is on the screen: N shows them. A request can be approved once all of it has been on the screen.',
    'Elsewhere, and with --json, it writes a line for each call that is held and each that is decided, those that wait already first, without end. With CMD, that is started for each call that is held, one at a time, without a shell.',
  ],
  options,
  examples: [
    ['holdpoint watch', 'The queue.'],
    ['holdpoint watch --json | jq -c .tool', 'For programs.'],
    ['holdpoint watch -- ./notify.sh', 'Starts ./notify.sh with each held call on its stdin.'],
  ],
  async run(call) {
    const { args, io, options: given, common, rest } = call
    if (args.length > 0) throw wrongly(`watch takes no ${oneLine(args[0]!)}.`)
    const words = rest ?? (given.exec === undefined ? undefined : [given.exec])
    if (rest !== undefined && given.exec !== undefined)
      throw wrongly('Give --exec or what stands behind --, not both.')
    if (words) requireProgram(words[0], io)
    const server = personsServer(call)
    const me = await readMe(server)
    if (io.stdin.isTTY && io.stdout.isTTY && !common.json && !words && io.env.TERM !== 'dumb') {
      await new Screen(io, server, me, given.agent).run()
      return exit.done
    }
    const lines = new Lines(call, words)
    for await (const news of feed(server, given.agent, io.signal)) {
      if ('one' in news) await lines.tell(news.one)
      else {
        for (const one of news.pending) await lines.tell(one)
        for (const id of lines.missing(news.pending)) {
          const one = await readOne(server, id)
          if (one) await lines.tell(one)
        }
      }
    }
    return exit.done
  },
})

/** Tells of each state of each call once. */
class Lines {
  private readonly told = new Map<string, string>()

  constructor(
    private readonly call: Pick<Call, 'io' | 'out' | 'common'>,
    private readonly words: string[] | undefined,
  ) {}

  /** Those that were pending when they were told of, and are not any more. */
  missing(pending: Approval[]): string[] {
    const ids = new Set(pending.map(({ id }) => id))
    return [...this.told].flatMap(([id, status]) => (status === 'pending' && !ids.has(id) ? [id] : []))
  }

  async tell(approval: Approval): Promise<void> {
    const { id, status, agent, expires_at } = approval
    if (this.told.get(id) === status) return
    this.told.set(id, status)
    // what has ended is not told of again; what is old is forgotten
    if (this.told.size > 10_000) this.told.delete(this.told.keys().next().value!)
    const { out, io, common } = this.call
    if (this.words) {
      if (status !== 'pending') return
      const { code } = await runWithInput(this.words, io, `${printableJson(approval)}\n`)
      if (code !== 0) out.note(`${oneLine(this.words[0] ?? '')} ended with ${code} for ${id}.`)
    } else if (common.json) out.json(approval, { isOneOfMany: true })
    else if (status === 'pending')
      out.line(
        `${id}  held, ends ${distance(expires_at, Date.now())}  ${oneLine(agent)}  ${callLine(approval, 200)}`,
      )
    else out.line(`${id}  ${oneLine(approval.tool)}: ${outcomeWords(approval)}`)
  }
}
