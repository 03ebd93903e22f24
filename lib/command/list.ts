import type { Approval } from '@/lib/client/approval'
import { command } from './command'
import { exit, wrongly } from './exit'
import { oneLine, type Style } from './printer'
import { isPage, personsServer, query, type Server } from './server'
import { cells, fitted } from './width'
import { callLine, distance } from './words'

export type Page<T> = { items: T[]; next_cursor: string | null }

/** The pages of a list until so many are there. @throws Problem, Unavailable */
export async function readList<T>(
  server: Server,
  path: string,
  filter: Record<string, string | number | undefined>,
  most: number,
): Promise<{ items: T[]; isMore: boolean }> {
  const items: T[] = []
  for (let cursor: string | undefined; ;) {
    const limit = Math.min(100, most - items.length)
    const page: Page<T> = await server.get(path + query({ ...filter, limit, cursor }), isPage)
    items.push(...page.items)
    cursor = page.next_cursor ?? undefined
    if (cursor === undefined || items.length >= most) return { items, isMore: cursor !== undefined }
  }
}

const styles: Record<Approval['status'], Style> = {
  pending: 'yellow',
  approved: 'green',
  rejected: 'red',
  expired: 'gray',
  cancelled: 'gray',
}

export const list = command({
  synopsis: ['list [--status STATUS …] [--agent NAME] [--tool NAME] [-q TEXT] [--limit N]'],
  about: [
    'Lists what waits for a person, those with the nearest deadline first; with --status what has become of others. One line each: its id, its state, when it ends or was decided, its agent, its tool and the beginning of its params. show has all of them.',
  ],
  options: {
    status: {
      type: 'string',
      multiple: true,
      value: 'STATUS',
      about:
        'pending (the default), approved, rejected, expired, cancelled, or all. May be given several times, or with commas.',
    },
    agent: { type: 'string', value: 'NAME', about: 'Only calls of this agent.' },
    tool: { type: 'string', value: 'NAME', about: 'Only calls of this tool.' },
    search: { type: 'string', short: 'q', value: 'TEXT', about: 'Only calls with these words.' },
    run: { type: 'string', value: 'ID', about: 'Only calls of this run.' },
    limit: { type: 'string', short: 'n', value: 'N', about: 'At most so many. Default: 50.' },
  },
  examples: [
    ['holdpoint list', 'What waits for a person.'],
    [
      'holdpoint list --status approved,rejected --agent order-manager -n 20',
      'The latest decisions about one agent.',
    ],
    ["holdpoint list --json | jq -r '.items[].id'", 'The ids alone.'],
  ],
  async run({ options, args, ...call }) {
    if (args.length > 0) throw wrongly(`list takes no ${oneLine(args[0]!)}; a search is -q TEXT.`)
    const most = countOf(options.limit, 50)
    const named = (options.status ?? ['pending']).flatMap((one) => one.split(',')).map((one) => one.trim())
    const statuses = named.includes('all') ? Object.keys(styles) : named
    for (const status of statuses) {
      if (!Object.hasOwn(styles, status))
        throw wrongly(`--status is one of ${Object.keys(styles).join(', ')}, all; not ${oneLine(status)}.`)
    }
    const filter = {
      status: statuses.join(','),
      agent: options.agent,
      tool: options.tool,
      q: options.search,
      run_id: options.run,
      sort: 'deadline',
    }
    const { out } = call
    const { items, isMore } = await readList<Approval>(personsServer(call), '/approvals', filter, most)
    if (call.common.json) {
      out.json({ items, has_more: isMore })
      return exit.done
    }
    if (items.length === 0) out.note(named.join() === 'pending' ? 'Nothing waits.' : 'There is none.')
    const now = Date.now()
    for (const item of items) {
      const { id, status, expires_at, decided_at, requested_at, agent } = item
      const when =
        status === 'pending' ? `ends ${distance(expires_at, now)}` : distance(decided_at ?? requested_at, now)
      const begin = `${id}  ${out.style(styles[status], status.padEnd(9))}  ${when.padEnd(13)}  `
      const room = out.columns - cells(`${id}  ${status.padEnd(9)}  ${when.padEnd(13)}  `)
      const rest = `${oneLine(agent, 40)}  ${callLine(item, 200)}`
      // where there is no terminal, lines are as long as they are
      out.line(begin + (call.io.stdout.isTTY && room > 20 ? fitted(rest, room) : rest))
    }
    if (isMore) out.note(`There are more: holdpoint list --limit ${most * 2}`)
    return exit.done
  },
})

/** @throws Failure for what is no count from 1 to 10,000 */
export function countOf(text: string | undefined, usual: number): number {
  if (text === undefined) return usual
  if (/^[1-9]\d{0,3}$|^10000$/.test(text)) return Number(text)
  throw wrongly(`${oneLine(text)} is no count from 1 to 10000.`)
}
