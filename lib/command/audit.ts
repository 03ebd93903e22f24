import { createReadStream, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { auditVerifier, noEntry } from '@/docs/verify-audit.mjs'
import { problemOf } from '@/lib/client/http'
import { isObject } from '@/lib/client/json'
import { summarizeParams } from '@/lib/untrusted/params'
import { command, type Call } from './command'
import { exit, Failure, wrongly } from './exit'
import { countOf, readList } from './list'
import { oneLine, type Printer } from './printer'
import { isPage, personsServer, query, type Server } from './server'

/** An entry, as far as it is shown. */
type Entry = {
  id: string
  seq: number | null
  at: string
  action: string
  actor: { type: string; label: string | null }
  via: string
  target: { type: string; id: string; label: string | null }
  detail: Record<string, unknown> | null
}

const tailOptions = {
  follow: { type: 'boolean', short: 'f', about: 'Go on with what is added, until you end it.' },
  lines: { type: 'string', short: 'n', value: 'N', about: 'So many entries to begin with. Default: 20.' },
  action: {
    type: 'string',
    multiple: true,
    value: 'ACTION',
    about: 'Only these, such as approval.approved. May be given several times, or with commas.',
  },
  actor: { type: 'string', value: 'NAME', about: 'Only what this person, key or part of Holdpoint did.' },
  target: { type: 'string', value: 'NAME', about: 'Only what was done to this.' },
  since: { type: 'string', value: 'TIME', about: 'Only from this moment on, such as 2026-11-30T09:00:00Z.' },
} as const

const pollMs = 2000
/** Of what is newest only so many are looked at for what has been told. */
const mostKnown = 5000

export const auditTail = command({
  synopsis: ['audit tail [-f] [-n N] [--action ACTION …] [--actor NAME] [--target NAME] [--since TIME]'],
  about: [
    'Shows the end of the audit log, the oldest first: when, what, by whom, to what. With -f it goes on. With --json a line for each entry, as the API has it.',
    'It needs the personal token of an admin.',
  ],
  options: tailOptions,
  examples: [
    ['holdpoint audit tail -f', 'What is done, as it is done.'],
    [
      'holdpoint audit tail -n 100 --action approval.approved --json',
      'The last hundred approvals, for programs.',
    ],
  ],
  async run(call) {
    const { options: given, args, io, out } = call
    if (args.length > 0) throw wrongly(`audit tail takes no ${oneLine(args[0]!)}.`)
    const server = personsServer(call)
    const filter = {
      action: given.action?.join(','),
      actor: given.actor,
      target: given.target,
      since: given.since,
    }
    const count = countOf(given.lines, 20)
    const { items } = await readList<Entry>(server, '/audit', filter, Math.max(count, pageSize))
    const known = new Set(items.map(({ id }) => id))
    const tell = (entries: Entry[]) => {
      for (const entry of entries.toReversed()) {
        known.add(entry.id)
        if (call.common.json) out.json(entry, { isOneOfMany: true })
        else out.line(entryLine(entry, out))
      }
      for (const id of known) {
        if (known.size <= mostKnown) break
        known.delete(id)
      }
    }
    tell(items.slice(0, count))
    while (given.follow) {
      await pause(pollMs, undefined, { signal: io.signal }).catch(() => undefined)
      io.signal.throwIfAborted()
      tell(await readNew(server, filter, known))
    }
    return exit.done
  },
})

const pageSize = 100

/** What is not known yet, the newest first; the newest page is known, but for what is new. */
async function readNew(
  server: Server,
  filter: Record<string, string | undefined>,
  known: Set<string>,
): Promise<Entry[]> {
  const fresh: Entry[] = []
  for (let cursor: string | undefined; ;) {
    const page: { items: Entry[]; next_cursor: string | null } = await server.get(
      `/audit${query({ ...filter, limit: pageSize, cursor })}`,
      isPage,
    )
    const news = page.items.filter(({ id }) => !known.has(id))
    fresh.push(...news)
    cursor = page.next_cursor ?? undefined
    if (news.length < page.items.length || cursor === undefined) return fresh
  }
}

function entryLine({ at, action, actor, via, target, detail }: Entry, out: Printer): string {
  const who = actor.label === null ? '⟨erased⟩' : oneLine(actor.label, 60)
  const what = target.label === null ? oneLine(target.id) : oneLine(target.label, 60)
  const more = detail === null || Object.keys(detail).length === 0 ? '' : `  ${summarizeParams(detail, 120)}`
  return `${at}  ${out.style('bold', oneLine(action))}  ${who} (${oneLine(via)})  ${oneLine(target.type)} ${what}${out.style('dim', more)}`
}

const verifyOptions = {
  export: {
    type: 'string',
    value: 'FILE',
    about: 'Check this export (NDJSON), without any server; - for stdin.',
  },
  head: {
    type: 'string',
    value: 'SEQ:HASH',
    about: 'A head that was kept elsewhere: the chain has to go through it. The hash alone will do.',
  },
} as const

export const auditVerify = command({
  synopsis: ['audit verify [--export FILE] [--head SEQ:HASH]'],
  about: [
    'Checks the chain of the audit log on this machine: numbers without a gap, every hash, what was erased, what was pruned. Without --export the log is read from the server as it is now, and the server is asked whether approvals are what the log says of them.',
    'Whoever can write the whole database can make another sound chain. What they cannot do is to make one that goes through a head which you kept: it is printed each time, and by the server where operations.md says. Keep it, and give it with --head.',
    'An export is what the console’s Audit page and GET /api/audit/export give. Reading it from the server takes the personal token of an admin.',
  ],
  options: verifyOptions,
  exits: [[exit.no, 'The log is not sound, or does not go through the head.']],
  examples: [
    ['holdpoint audit verify', 'The log of the server.'],
    [
      'holdpoint audit verify --export audit.ndjson --head 4711:9f86d0…',
      'An export, anywhere, against a head that you kept.',
    ],
  ],
  async run(call) {
    const { options: given, args, io, out, common } = call
    if (args.length > 0)
      throw wrongly(`audit verify takes no ${oneLine(args[0]!)}; an export is --export FILE.`)
    const head = readHead(given.head)
    const server = given.export === undefined ? personsServer(call) : undefined
    const lines = server ? await openExport(server, io.signal) : openFile(call, given.export!)
    const found = await verify(lines, head)
    const told = server && found.fault === null ? await askServer(server) : undefined
    const isEmpty = given.export !== undefined && found.checked === 0
    const fault = found.fault ?? told?.fault ?? (isEmpty ? noEntry : null)
    if (common.json)
      out.json({ ok: fault === null, ...found, fault, ...(told && { approvals_checked: told.checked }) })
    else if (fault !== null) out.note(`${out.styleNote('red', 'Not sound:')} ${oneLine(fault, 1000)}`)
    else {
      out.line(
        `${oneLine(found.summary, 2000)}${told ? ` ${told.checked} approvals are what it says of them.` : ''}`,
      )
      if (head) out.line('It goes through the head that was given.')
      if (found.head) out.line(`Head ${found.head}`)
    }
    return fault === null ? exit.done : exit.no
  },
})

type Head = { seq: number | undefined; hash: string }

/** @throws Failure */
function readHead(text: string | undefined): Head | undefined {
  if (text === undefined) return undefined
  const [, seq, hash] = /^(?:([1-9]\d{0,14}):)?([0-9a-f]{64})$/.exec(text) ?? []
  if (hash === undefined)
    throw wrongly(`--head ${oneLine(text, 100)} is no head: SEQ:HASH, a number and 64 hex digits.`)
  return { seq: seq === undefined ? undefined : Number(seq), hash }
}

type Verified = { fault: string | null; summary: string; head: string | null; checked: number }

async function verify(lines: AsyncIterable<string>, head: Head | undefined): Promise<Verified> {
  const verifier = auditVerifier()
  let isMet = head === undefined
  let number = 0
  for await (const line of lines) {
    number++
    try {
      verifier.check(line)
    } catch (error) {
      const fault = `Line ${number} is not sound: ${(error as Error).message}. The ${verifier.count()} before it are.`
      return { fault, summary: '', head: null, checked: verifier.count() }
    }
    if (isMet || !head || !line.includes(head.hash)) continue
    const { seq, hash } = JSON.parse(line) as { seq: number; hash: string }
    isMet = hash === head.hash && (head.seq === undefined || head.seq === seq)
  }
  const missed = isMet
    ? null
    : 'It does not go through the head that was given: it is another chain, or ends before it.'
  const { fault = missed, summary, head: last } = verifier.end()
  return { fault: fault ?? null, summary, head: last ?? null, checked: verifier.count() }
}

function openFile({ io }: Pick<Call, 'io'>, path: string): AsyncIterable<string> {
  if (path !== '-' && !existsSync(resolve(io.cwd, path))) throw wrongly(`There is no ${oneLine(path)}.`)
  const input = path === '-' ? io.stdin : createReadStream(resolve(io.cwd, path))
  return createInterface({ input, crlfDelay: Infinity })
}

/** The whole log, as the server writes it. @throws Problem, Failure where nobody answers */
async function openExport(server: Server, signal: AbortSignal): Promise<AsyncIterable<string>> {
  const request = {
    method: 'GET',
    path: '/audit/export?format=ndjson',
    headers: { Accept: 'application/x-ndjson' },
  } as const
  const response = await server.http.open(request, signal).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw new Failure(
      exit.unanswered,
      `Nobody answers at ${server.access.url}: ${oneLine((error as Error).message)}`,
    )
  })
  if (response.status !== 200) {
    const { status } = response
    const body: unknown = await response.json().catch(() => undefined)
    throw (
      problemOf({ status, body }) ??
      new Failure(exit.unanswered, `The server answered ${status} in the place of the log.`)
    )
  }
  if (!response.headers.get('content-type')?.includes('ndjson') || !response.body)
    throw new Failure(exit.unanswered, 'What answers is not Holdpoint.')
  return createInterface({ input: Readable.fromWeb(response.body as never), crlfDelay: Infinity })
}

/** What the server says of approvals and of what is not in the chain yet. */
async function askServer(server: Server): Promise<{ fault: string | null; checked: number }> {
  type Answer = {
    ok: boolean
    approvals_checked: number
    unsealed: number
    mismatches: { approval_id: string; detail: string }[]
  }
  const {
    ok,
    approvals_checked: checked,
    mismatches,
    unsealed,
  } = await server.get<Answer>(
    '/audit/verify',
    (body) => isObject(body) && typeof body.ok === 'boolean' && Array.isArray(body.mismatches),
  )
  const [first] = mismatches
  if (first)
    return {
      checked,
      fault: `${mismatches.length} approvals are not what the log says of them; ${first.approval_id}: ${first.detail}`,
    }
  return {
    checked,
    fault: ok ? null : `The server says that its log is not sound; ${unsealed} entries are not in the chain.`,
  }
}
