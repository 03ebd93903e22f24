import { Halt, isJson, Problem, type Holdpoint, type Json } from './holdpoint'

const finished = ['completed', 'failed', 'cancelled']

type Step = { kind: 'model' | 'message' | 'note'; name: string; input?: unknown; output?: unknown }

/** One run of an agent, as Holdpoint keeps it. */
export class Run {
  private constructor(
    private readonly api: Holdpoint,
    readonly id: string,
    readonly policyVersion: number,
    /** How it had ended already, and why; undefined while it goes on. */
    readonly ended: { status: string; error: unknown } | undefined,
  ) {}

  /** Starts the run, or finds it where an earlier life of the agent has started it. */
  static async start(api: Holdpoint, agent: string, externalId: string, input?: Json): Promise<Run> {
    const body = { agent, external_id: externalId, ...(input ? { input } : {}) }
    const { body: run } = await api.send('POST', '/api/runs', { body })
    if (!isJson(run) || typeof run.id !== 'string') throw new Halt("Holdpoint's answer is not a run.")
    const status = String(run.status)
    const ended = finished.includes(status) ? { status, error: run.error } : undefined
    return new Run(api, run.id, Number(run.policy_version), ended)
  }

  /** Adds to the trace; `name` says which step it is, so that an earlier life's is not recorded twice. */
  async record(step: Step, known: Set<string>): Promise<void> {
    if (known.has(step.name)) return
    known.add(step.name)
    await this.unlessEnded(this.api.send('POST', `/api/runs/${this.id}/steps`, { body: step }))
  }

  /** The names of the steps that are in the trace already. */
  async recordedSteps(): Promise<Set<string>> {
    const { body } = await this.api.send('GET', `/api/runs/${this.id}`)
    const steps = isJson(body) && Array.isArray(body.steps) ? (body.steps as unknown[]) : []
    return new Set(
      steps.flatMap((step) => (isJson(step) && typeof step.name === 'string' ? [step.name] : [])),
    )
  }

  /** Keeps the agent's own state with the run. */
  async save(state: unknown): Promise<void> {
    await this.unlessEnded(
      this.api.send('PUT', `/api/runs/${this.id}/checkpoint`, { text: JSON.stringify(state) }),
    )
  }

  /** The state that was kept last, or undefined. */
  async load(): Promise<unknown> {
    try {
      return (await this.api.send('GET', `/api/runs/${this.id}/checkpoint`)).body
    } catch (error) {
      if (error instanceof Problem && error.code === 'no_checkpoint') return undefined
      throw error
    }
  }

  async complete(output: unknown): Promise<void> {
    const body = { status: 'completed', output }
    await this.unlessEnded(this.api.send('PATCH', `/api/runs/${this.id}`, { body }))
  }

  /** A run that a person's "no" has ended takes nothing more, and needs nothing more. */
  private async unlessEnded(sending: Promise<unknown>): Promise<void> {
    await sending.catch((error: unknown) => {
      if (!(error instanceof Problem) || error.code !== 'run_finished') throw error
    })
  }
}
