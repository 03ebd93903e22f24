import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { startRest, type Rest } from '@/lib/testing/rest'

const folder = fileURLToPath(new URL('.', import.meta.url))
const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))'], { timeout: 20_000 })
    .status === 0

/** Does what its argument says as an agent, with a tool that writes each use into a ledger, and says what came of it. */
const agent = `
import json, sys, time
from holdpoint_client import Holdpoint, HoldpointError

todo = json.loads(sys.argv[1])

def tool(params):
    with open(todo["ledger"], "a") as ledger:
        ledger.write(json.dumps(params) + "\\n")
    time.sleep(todo.get("takes", 0))
    return {"done": params}

def say(**words):
    print(json.dumps(words), flush=True)

hp = Holdpoint(on_event=lambda event: say(event=event["type"]), patience="20s")
try:
    run = hp.run(id=todo["run"], input={"from": "python"})
    if "save" in todo:
        run.checkpoint.load() if todo.get("load", True) else None
        say(event="loaded")
        sys.stdin.readline()
        run.checkpoint.save(todo["save"])
        run.step("note", "saved", id="s 1", output=todo["save"])
    outcome = run.gate(todo["tool"], todo["params"], tool, call_id="Fall 1", mode=todo.get("mode", "wait"))
    say(kind=outcome.kind, output=outcome.output, replayed=outcome.replayed, message=outcome.message, status=run.status)
    if todo.get("mode") == "park":
        time.sleep(60)
    if todo.get("complete"):
        again = run.gate(todo["tool"], todo["params"], tool, call_id="Fall 1")
        say(kind="again", replayed=again.replayed, output=again.output)
        run.complete({"kind": outcome.kind})
        say(kind="completed", status=run.status, me=hp.me()["kind"])
except HoldpointError as error:
    say(error=type(error).__name__, code=error.code, message=str(error))
`

/** Is at several calls of one turn, and at one step by step. */
const batching = `
import json, os, sys, threading
from holdpoint_client import Holdpoint, Refused

ran = []
def tool(params):
    ran.append(params["n"])
    return params["n"]

hp = Holdpoint()
run = hp.run(id=sys.argv[1])
calls = [{"tool": name, "params": {"n": n}, "fn": tool, "call_id": f"c{n}"}
         for n, name in enumerate(["gated", "lookup", "soft"], 1)]
outcomes = run.batch(calls)
asked = run.ask("gated", {"n": 4}, "Fall 4")
print(json.dumps({"event": asked.action}), flush=True)
for found in hp.decided():
    if found["tool_call_id"].startswith("Fall_4"):
        break
undone = [one.call_id for one in hp.resume(run)]
settled = run.settle(asked)
barrier, claims = threading.Barrier(8), []
def claim():
    barrier.wait()
    claims.append(run.claim(settled).granted)
threads = [threading.Thread(target=claim) for _ in range(8)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
run.report(settled, "succeeded", output="told")
try:
    run.batch([{**call, "call_id": call["call_id"] + "x", "tool": "gated"} for call in calls])
except Refused as refused:
    over = refused.code
print(json.dumps({"kinds": [one.kind for one in outcomes], "ran": sorted(ran), "claims": sorted(claims), "undone": undone,
                  "over": over}), flush=True)
`

type Said = Record<string, unknown>
type Todo = {
  run: string
  params?: unknown
  tool?: string
  mode?: string
  takes?: number
  save?: string
  complete?: boolean
}

/** Its own tests mostly wait, so that as many at a time take as little longer as can be. */
const processes = 6

/** `TestCase.test_name` of all of them. */
function ownTests(): string[] {
  const text = readFileSync(join(folder, 'test_holdpoint_client.py'), 'utf8')
  const classes = text.split(/^class (?=\w*Test\()/m).slice(1)
  return classes.flatMap((lines) => {
    const name = /^\w+/.exec(lines)?.[0]
    return [...lines.matchAll(/^ {4}(?:async )?def (test_\w+)/gm)].map(([, test]) => `${name}.${test}`)
  })
}

async function runOwnTests(names: string[]): Promise<string> {
  const args = ['-m', 'unittest', ...names.map((name) => `test_holdpoint_client.${name}`)]
  const child = spawn('python3', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  const [code] = (await once(child, 'exit')) as [number]
  return code === 0 ? (/Ran \d+ test/.exec(said)?.[0] ?? said) : said
}

test.runIf(hasPython)(
  'its own tests pass',
  async () => {
    const names = ownTests()
    const parts = Array.from({ length: processes }, (_, i) =>
      names.filter((_name, at) => at % processes === i),
    )
    const said = await Promise.all(parts.map(runOwnTests))
    expect(said).toEqual(parts.map(({ length }) => `Ran ${length} test`))
    expect(names.length).toBeGreaterThan(40)
  },
  180_000,
)

describe.runIf(hasPython)('against Holdpoint itself, an agent in Python', () => {
  let rest: Rest
  let project: TestProject
  let reviewer: string
  const key = { token: '' }
  const scratch = mkdtempSync(join(tmpdir(), 'holdpoint-python-'))
  const children: ChildProcess[] = []
  let count = 0
  beforeAll(async () => {
    rest = await startRest()
    project = await makeTestProject(rest.db)
    key.token = (await project.key(['run'])).token
    reviewer = (await project.member('reviewer')).token
  })
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')))
  afterAll(async () => {
    rmSync(scratch, { recursive: true })
    await rest.close()
  })

  function live(todo: Todo, program = agent) {
    const given = { tool: 'gated', params: { amount: 2400 }, ...todo, ledger: join(scratch, todo.run) }
    const said = program === agent ? JSON.stringify(given) : todo.run
    const env = {
      ...process.env,
      PYTHONPATH: folder,
      PYTHONDONTWRITEBYTECODE: '1',
      HOLDPOINT_URL: rest.url,
      HOLDPOINT_KEY: key.token,
      HOLDPOINT_AGENT: 'tester',
    }
    const child = spawn('python3', ['-c', program, said], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    children.push(child)
    let text = ''
    child.stdout.on('data', (chunk) => (text += chunk))
    const gone = once(child, 'exit')
    const words = () =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Said)
    return {
      says: async (expected: Said) => {
        await expect.poll(words, { timeout: 20_000 }).toContainEqual(expect.objectContaining(expected))
      },
      end: async () => {
        await gone
        return words().filter((line) => line.event === undefined)
      },
      kill: async (signal: NodeJS.Signals) => {
        child.kill(signal)
        if (signal === 'SIGKILL') await gone
      },
      go: () => child.stdin.end('\n'),
    }
  }

  async function decide(run: string, decision: 'approve' | 'reject'): Promise<void> {
    const path = `/api/approvals?run_id=${run}`
    await expect
      .poll(async () => (await rest.call('GET', path, { token: reviewer })).body.items?.length, {
        timeout: 20_000,
      })
      .toBe(1)
    const { body } = await rest.call('GET', path, { token: reviewer })
    const id = String(body.items?.[0]?.id)
    const given = { token: reviewer, body: { decision, reason: 'As seen.' } }
    expect((await rest.call('POST', `/api/approvals/${id}/decisions`, given)).status).toBe(201)
  }

  const next = () => `py-${++count}`
  const ledger = (run: string) => {
    try {
      return readFileSync(join(scratch, run), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown)
    } catch {
      return []
    }
  }
  const recorded = async (run: string) => {
    const { body } = await rest.call('GET', `/api/runs/${run}`, { token: key.token })
    return body
  }

  test('waits, runs what was approved, records it and ends its run', async () => {
    const run = next()
    const params = {
      ü: '😀\u2028"\\',
      big: 0.1,
      list: [1e-7, 1e15, 123456789.125, -1.5, null, true, {}],
      text: '\u007f',
    }
    const going = live({ run, params, complete: true })
    await going.says({ event: 'held' })
    await decide(run, 'approve')
    expect(await going.end()).toMatchObject([
      { kind: 'ran', replayed: false, output: { done: params } },
      { kind: 'again', replayed: true, output: { done: params } },
      { kind: 'completed', status: 'completed', me: 'agent_key' },
    ])
    expect(ledger(run)).toEqual([params])
    expect(await recorded(run)).toMatchObject({
      status: 'completed',
      output: { kind: 'ran' },
      steps: [
        { tool_call_id: expect.stringMatching(/^Fall_1\.[0-9a-f]{10}$/) as string, status: 'succeeded' },
      ],
    })
  })

  test('runs at once what needs no approval, and once in two lives', async () => {
    const run = next()
    expect(await live({ run, tool: 'lookup', complete: true }).end()).toMatchObject([
      { kind: 'ran', replayed: false },
      { kind: 'again', replayed: true },
      { kind: 'completed' },
    ])
    expect(await live({ run, tool: 'lookup' }).end()).toMatchObject([
      { kind: 'ran', replayed: true, output: { done: { amount: 2400 } } },
    ])
    expect(ledger(run)).toHaveLength(1)
  })

  test.each(['park', 'wait'])(
    'that is killed before its claim (%s) runs it in its next life',
    async (mode) => {
      const run = next()
      const first = live({ run, mode })
      await first.says(mode === 'park' ? { kind: 'parked' } : { event: 'held' })
      await first.kill('SIGKILL')
      // the server notices who has gone
      await new Promise((done) => setTimeout(done, 1000))
      await decide(run, 'approve')
      expect(await live({ run }).end()).toMatchObject([{ kind: 'ran', replayed: false }])
      expect(ledger(run)).toHaveLength(1)
    },
  )

  test('that is killed in its tool leaves nobody who knows, and it is not run again', async () => {
    const run = next()
    const first = live({ run, takes: 60 })
    await decide(run, 'approve')
    await expect.poll(() => ledger(run).length, { timeout: 20_000 }).toBe(1)
    await first.kill('SIGKILL')
    expect(await live({ run }).end()).toMatchObject([{ error: 'Indeterminate', code: 'indeterminate' }])
    expect(ledger(run)).toHaveLength(1)
  })

  test('that is started twice runs it once, and both know what came of it', async () => {
    const run = next()
    await live({ run, mode: 'park' }).says({ kind: 'parked' })
    await decide(run, 'approve')
    const both = [live({ run, takes: 1 }), live({ run, takes: 1 })]
    const ends = (await Promise.all(both.map((one) => one.end()))).flat()
    expect(ends).toMatchObject([{ kind: 'ran' }, { kind: 'ran' }])
    expect(ends.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(ledger(run)).toHaveLength(1)
  })

  test('ends with a no that ends its run, also in its next life', async () => {
    const run = next()
    const going = live({ run })
    await decide(run, 'reject')
    const refused = {
      error: 'Refused',
      code: 'rejected',
      message: expect.stringContaining('As seen.') as string,
    }
    expect(await going.end()).toMatchObject([refused])
    expect(await live({ run }).end()).toMatchObject([refused])
    expect(ledger(run)).toEqual([])
    expect(await recorded(run)).toMatchObject({ status: 'failed' })
  })

  test('goes on with a no that lets it, and its words', async () => {
    const run = next()
    const going = live({ run, tool: 'soft' })
    await decide(run, 'reject')
    const rejected = { kind: 'rejected', message: expect.stringContaining('As seen.') as string }
    expect(await going.end()).toMatchObject([rejected])
    expect(ledger(run)).toEqual([])
  })

  test('asks for several calls at once, takes one step by step, and hears what was decided', async () => {
    const run = next()
    const going = live({ run }, batching)
    const decideOn = async (id: string, decision: string) => {
      const query = `/api/approvals?run_id=${run}&status=pending&tool_call_id=${encodeURIComponent(id)}`
      const find = async () =>
        (await rest.call('GET', query, { token: reviewer })).body.items?.[0]?.id as string
      await expect.poll(find, { timeout: 20_000 }).toBeDefined()
      const path = `/api/approvals/${await find()}/decisions`
      expect((await rest.call('POST', path, { token: reviewer, body: { decision } })).status).toBe(201)
    }
    await decideOn('c1', 'approve')
    await decideOn('c3', 'reject')
    await going.says({ event: 'wait' })
    const { body } = await rest.call('GET', `/api/approvals?run_id=${run}&status=pending`, {
      token: reviewer,
    })
    await decideOn(String(body.items?.[0]?.tool_call_id), 'approve')
    await decideOn('c2x', 'reject')
    const kinds = ['ran', 'ran', 'rejected']
    const claims = [...Array<boolean>(7).fill(false), true]
    expect(await going.end()).toMatchObject([
      { kinds, ran: [1, 2], claims, undone: ['c3', 'Fall 4'], over: 'rejected' },
    ])
  })

  test('learns that another process has saved over what it saw', async () => {
    const run = next()
    const [one, other] = [
      live({ run, tool: 'lookup', save: 'one' }),
      live({ run, tool: 'lookup', save: 'other' }),
    ]
    await Promise.all([one.says({ event: 'loaded' }), other.says({ event: 'loaded' })])
    one.go()
    expect(await one.end()).toMatchObject([{ kind: 'ran' }])
    other.go()
    expect(await other.end()).toMatchObject([{ error: 'StaleCheckpoint', code: 'precondition_failed' }])
  })
})
