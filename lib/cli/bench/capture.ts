import { openDatabase, sharedDatabase } from '@/db/client'
import { takeDecided } from '@/lib/approvals/lately-decided'
import { toResponse } from '@/lib/http/answer'
import { answerApi } from '@/lib/http/router'
import { askBody, freeTool, gatedTool, makeProject, refundParams, type BenchProject } from './project'
import { toScript, type Script } from './script'
import { benchSettings } from './server-process'
import type { Place } from './place'
import { openTap, type Sent, type Tap } from './tap'

/** The requests whose statements pgbench runs. */
export type Statements = Record<'askFree' | 'askGated' | 'decide' | 'claim', Script>

export type Captured = {
  statements: Statements
  /** Ids of approvals in the bare database to make copies of. */
  pending: string
  approved: string
}

const afterwardsMs = 25
const attempts = 20

/**
 * Calls the very functions that serve these requests, with one connection to the bare database, and reads from the
 * wire what they send until they answer. What a live server does after its answers is left out.
 */
export async function captureStatements(place: Place): Promise<Captured> {
  const tap = await openTap(place.bare)
  Object.assign(process.env, benchSettings(place, tap.url, 3000))
  const close = shareOneConnection(tap.url)
  try {
    const project = await makeProject(place.bare, 'Statements')
    const call = callsOf(project)
    const ask = () => call.ask(gatedTool)
    const approved = async () => {
      const id = await ask()
      await call.decide(id)
      return id
    }
    // as most claims find it: decided by another process, or a while ago
    const approvedElsewhere = async () => {
      const id = await approved()
      takeDecided(sharedDatabase(tap.url), id)
      return id
    }
    return {
      statements: {
        askFree: await capture(tap, async () => freeTool, call.ask),
        askGated: await capture(tap, async () => gatedTool, call.ask),
        decide: await capture(tap, ask, call.decide),
        claim: await capture(tap, approvedElsewhere, call.claim),
      },
      pending: await ask(),
      approved: await approved(),
    }
  } finally {
    await close()
    await tap.close()
  }
}

/** The process's shared pool, of one connection; and the mark of a process that needs no request to do its work. */
function shareOneConnection(url: string): () => Promise<void> {
  const scope = globalThis as Record<symbol, unknown>
  const { db, close } = openDatabase(url, 1, { isDirect: true })
  scope[Symbol.for('holdpoint.database')] = { url, db, close }
  scope[Symbol.for('holdpoint.lives')] = true
  return close
}

function callsOf({ agentToken, reviewerToken }: BenchProject) {
  return {
    ask: async (tool: string) => String((await post('', agentToken, askBody(tool))).id),
    decide: (id: string) => post(`/${id}/decisions`, reviewerToken, { decision: 'approve' }),
    claim: (id: string) => post(`/${id}/claim`, agentToken, { tool: gatedTool, params: refundParams }),
  }
}

async function post(path: string, token: string, body: unknown): Promise<Record<string, unknown>> {
  const target = `/api/approvals${path}`
  const request = new Request(`http://localhost${target}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = toResponse(await answerApi(request, target))
  const text = await answer.text()
  if (!answer.ok) throw new Error(`A request was answered ${answer.status}: ${text.slice(0, 400)}`)
  return JSON.parse(text) as Record<string, unknown>
}

/** The first calls prepare statements and fill caches; two after that send the same statements. */
async function capture(
  tap: Tap,
  prepare: () => Promise<string>,
  call: (input: string) => Promise<unknown>,
): Promise<Script> {
  let before: Sent[] = []
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const input = await prepare()
    await new Promise((done) => setTimeout(done, afterwardsMs))
    tap.take()
    const capturedAt = Date.now()
    await call(input)
    const sent = tap.take()
    if (attempt > 2 && haveSameTexts(before, sent)) return toScript(before, sent, capturedAt)
    before = sent
  }
  throw new Error('The statements of a request never settled.')
}

function haveSameTexts(one: Sent[], other: Sent[]): boolean {
  return (
    one.length > 0 && one.length === other.length && one.every(({ text }, at) => text === other[at]?.text)
  )
}
