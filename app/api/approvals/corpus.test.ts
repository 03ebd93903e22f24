import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

type RealCall = { src: string; name: string; raw: string; id: string | null }

const calls = readFileSync(new URL('tool-calls/corpus.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as RealCall)

let rest: Rest
let test: TestProject
let reviewer: string

beforeAll(async () => {
  rest = await startRest({ MAX_PENDING_PER_AGENT: '0' })
  test = await makeTestProject(rest.db)
  reviewer = (await test.member('reviewer')).token
  const config = { headers: { 'Content-Type': 'application/yaml' }, body: 'approval:\n  tools:\n    - "*"\n' }
  await rest.call('PUT', '/api/agents/replayer', { token: test.agent.token, ...config })
})
afterAll(() => rest.close())

/** The run that a call belongs to: an id that comes again in a source is that of another conversation. */
const seen = new Map<string, number>()
function runOf({ src, id }: RealCall): string {
  if (id === null) return src
  const time = (seen.get(`${src} ${id}`) ?? 0) + 1
  seen.set(`${src} ${id}`, time)
  return time === 1 ? src : `${src}#${time}`
}

/** The way of one call through the gate; the statuses that came. */
async function replay(call: RealCall): Promise<string> {
  const { token } = test.agent
  const run = runOf(call)
  const started = await rest.call('POST', '/api/runs', {
    token,
    body: { agent: 'replayer', external_id: run, initiator: null, parent_run_id: null },
  })
  if (started.status > 201) return `run ${started.status}`
  const { name, raw, id } = call
  const toolAndParams = `"tool":${JSON.stringify(name)},"params":${raw}`
  const ask = `{"run_id":${JSON.stringify(run)},"tool_call_id":${JSON.stringify(id)},"context":null,${toolAndParams}}`
  const asked = await rest.call('POST', '/api/approvals', { token, body: ask })
  if (asked.status !== 201) return `ask ${asked.status} ${asked.body.code as string}`
  if (JSON.stringify(asked.body.params) !== JSON.stringify(JSON.parse(raw))) return 'params changed'
  const at = `/api/approvals/${asked.body.id as string}`
  const body = { decision: 'approve', reason: null, digest: asked.body.digest }
  const decided = await rest.call('POST', `${at}/decisions`, { token: reviewer, body })
  const claimed = await rest.call('POST', `${at}/claim`, { token, body: `{${toolAndParams}}` })
  const where = `/api/runs/${encodeURIComponent(run)}/tool-calls`
  const of = `${where}/${encodeURIComponent(asked.body.tool_call_id as string)}`
  const result = { status: 'succeeded', output: { echo: raw }, error: null }
  const recorded = await rest.call('POST', `${of}/result`, { token, body: result })
  const found = await rest.call('GET', of, { token })
  const statuses = [decided, claimed, recorded, found].map((answer) => answer.status).join()
  return statuses === '201,200,200,200' ? (found.body.status as string) : statuses
}

it(
  'real tool calls pass: asked, approved, claimed, recorded and found again',
  { timeout: 240_000 },
  async () => {
    const ends = new Map<string, number>()
    for (const call of calls) {
      const end = await replay(call)
      ends.set(end, (ends.get(end) ?? 0) + 1)
    }
    expect(Object.fromEntries(ends)).toEqual({ succeeded: calls.length })
  },
)
