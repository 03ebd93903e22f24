import { setTimeout as sleep } from 'node:timers/promises'
import { Halt, isJson, Problem, type Approval, type Holdpoint, type Json } from './holdpoint'

/** One call of a tool. `id` is the agent's own and the same in every life of the agent. */
export type Call = { run: string; id: string; tool: string; params: Json; description?: string }

/** What a tool must offer so that it never runs twice. */
export type Tool = {
  /** Does the work of this very call, once. */
  run(call: Call): Promise<unknown>
  /** What the tool's own records say of this very call: undefined where it never ran. */
  earlierOutput(call: Call): Promise<unknown>
}

export type Result = { status: 'succeeded'; output: unknown } | { status: 'failed'; error: unknown }

export type Outcome =
  | { kind: 'ran'; result: Result }
  | { kind: 'refused'; because: Approval['status']; go: 'on' | 'stop'; message: string }

type Refused = Extract<Outcome, { kind: 'refused' }>

/** 'look' and 'settle': an earlier life may have run it; after 'look' it may still run, after 'settle' never. */
type Verdict = 'run' | 'look' | 'settle' | 'ask_again' | Refused

const waitSeconds = 50
const mostAttempts = 5
const didNotRun = { code: 'did_not_run', message: 'The agent ended after its claim and before the tool ran.' }

/**
 * The gate in front of every tool. A tool runs only where Holdpoint answered `required: false` or granted the
 * claim of an approval; no answer, an error and anything that cannot be understood mean no.
 */
export class Gate {
  constructor(
    private readonly api: Holdpoint,
    private readonly say: (line: string) => void = () => {},
  ) {}

  /**
   * Asks, waits for the decision however long it takes, runs the tool if it may, and records the result.
   * Calling it again with the same call, in this process or the next, goes on where it was.
   * @throws Halt: the tool did not run, or its result is still to be recorded
   */
  async call(call: Call, tool: Tool): Promise<Outcome> {
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      const outcome = await this.attempt(
        attempt === 1 ? call : { ...call, id: `${call.id}.${attempt}` },
        tool,
      )
      if (outcome !== 'ask_again') return outcome
      this.say('asking again')
    }
    throw new Halt(`${call.tool} was asked for ${mostAttempts} times and never ran; somebody has to look.`)
  }

  private async attempt(call: Call, tool: Tool): Promise<Outcome | 'ask_again'> {
    const verdict = await this.decide(call)
    if (verdict === 'ask_again' || typeof verdict === 'object') return verdict
    if (verdict === 'run') return this.run(call, tool)
    const recorded = await this.recorded(call)
    if (recorded) return isDidNotRun(recorded) ? 'ask_again' : { kind: 'ran', result: recorded }
    const output = await tool.earlierOutput(call)
    if (output !== undefined) {
      this.say('it ran before this agent was ended; only its result was missing')
      return this.record(call, { status: 'succeeded', output })
    }
    if (verdict === 'look') return this.run(call, tool)
    this.say('it was claimed before this agent was ended, and never ran; a claim is good for one use')
    const told = await this.record(call, { status: 'failed', error: didNotRun })
    return isDidNotRun(told.result) ? 'ask_again' : told
  }

  private async decide(call: Call): Promise<Verdict> {
    let { answer, isReplay } = await this.ask(call, 0)
    if (answer.required === false) return isReplay ? 'look' : 'run'
    if (answer.next.action === 'wait') this.sayHeld(answer)
    while (answer.required && answer.next.action === 'wait') {
      const askedAt = performance.now()
      ;({ answer } = await this.ask(call, waitSeconds))
      // A server that is about to end, or something in between, may cut waits short.
      if (answer.required && answer.next.action === 'wait') await sleep(1000 - (performance.now() - askedAt))
    }
    return answer.required ? this.follow(answer, call) : 'look'
  }

  private async ask(call: Call, wait: number) {
    const { run, id, tool, params, description } = call
    const body = { run_id: run, tool_call_id: id, tool, params, ...(description ? { description } : {}) }
    const { body: answer, headers } = await this.api.send('POST', '/api/approvals', {
      body,
      waitSeconds: wait,
    })
    if (!isAnswer(answer, id)) throw notUnderstood()
    return { answer, isReplay: headers.get('idempotency-replayed') === 'true' }
  }

  private async follow(approval: Approval, call: Call): Promise<Verdict> {
    const { action, message } = approval.next
    const refused = { kind: 'refused', because: approval.status, message } as const
    switch (action) {
      case 'execute':
        return this.claim(approval, call)
      case 'done':
        return 'settle'
      case 'ask_again':
        this.say(message)
        return 'ask_again'
      case 'continue':
        return { ...refused, go: 'on' }
      case 'stop':
        return { ...refused, go: 'stop' }
      default:
        throw notUnderstood()
    }
  }

  private async claim(approval: Approval, call: Call): Promise<Verdict> {
    const { tool, params } = call
    try {
      const { body } = await this.api.send('POST', `/api/approvals/${approval.id}/claim`, {
        body: { tool, params },
      })
      const isGranted =
        isJson(body) &&
        body.id === approval.id &&
        body.status === 'approved' &&
        typeof body.claimed_at === 'string'
      if (!isGranted) throw notUnderstood()
    } catch (error) {
      // Claimed: by a life of this agent that died, or by this one whose answer got lost. Either way not now.
      const now = error instanceof Problem ? error.approval : undefined
      if (!now || now.next.action === 'execute' || now.next.action === 'wait') throw error
      return this.follow(now, call)
    }
    const { name, email } = approval.decision?.reviewer ?? { name: null, email: 'a reviewer' }
    this.say(`approved by ${name ?? email} after ${Math.round((approval.wait_ms ?? 0) / 1000)} s`)
    return 'run'
  }

  private async run(call: Call, tool: Tool): Promise<Outcome> {
    let output: unknown
    try {
      output = await tool.run(call)
    } catch (error) {
      if (error instanceof Halt) throw error
      return this.record(call, { status: 'failed', error: { message: messageOf(error) } })
    }
    return this.record(call, { status: 'succeeded', output })
  }

  private async record(call: Call, result: Result): Promise<{ kind: 'ran'; result: Result }> {
    try {
      await this.api.send('POST', `${addressOf(call)}/result`, { body: result })
      return { kind: 'ran', result }
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'result_recorded') throw error
      return { kind: 'ran', result: (await this.recorded(call)) ?? result }
    }
  }

  private async recorded(call: Call): Promise<Result | undefined> {
    const { body } = await this.api.send('GET', addressOf(call))
    if (!isJson(body)) throw notUnderstood()
    if (body.status === 'succeeded') return { status: 'succeeded', output: body.output }
    return body.status === 'failed' ? { status: 'failed', error: body.error } : undefined
  }

  private sayHeld({ expires_at, url, message }: Approval): void {
    const minutes = Math.max(1, Math.round((Date.parse(expires_at) - Date.now()) / 60_000))
    this.say(`held${message ? `: ${message}` : ''}`)
    this.say(`a person may decide within ${minutes} min at ${url}`)
  }
}

type NotRequired = { required: false; tool_call_id: string }

/** Only an answer to this very question, complete in what decides, counts as one. */
function isAnswer(value: unknown, id: string): value is NotRequired | Approval {
  if (!isJson(value) || value.tool_call_id !== id) return false
  if (value.required === false) return true
  return value.required === true && typeof value.id === 'string' && isJson(value.next)
}

function isDidNotRun(result: Result): boolean {
  return result.status === 'failed' && isJson(result.error) && result.error.code === didNotRun.code
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function addressOf(call: Call): string {
  return `/api/runs/${encodeURIComponent(call.run)}/tool-calls/${encodeURIComponent(call.id)}`
}

function notUnderstood(): Halt {
  return new Halt("Holdpoint's answer could not be understood; the tool was not run.")
}
