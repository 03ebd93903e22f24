import type { Event } from './call.ts'
import { toCallId } from './call-id.ts'
import { decided, undone } from './decided.ts'
import { Http } from './http.ts'
import { isObject, snapshot, type JsonObject } from './json.ts'
import type { Life } from './life.ts'
import { isRun, Run } from './run.ts'
import type { Approval } from './approval.ts'
import type { Me, RunRecord } from './types.ts'
import { toMs } from './wait.ts'

export type Options = {
  /** Where Holdpoint is; HOLDPOINT_URL, else http://localhost:3000. */
  url?: string
  /** An agent key with the scope `run`; HOLDPOINT_KEY. */
  key?: string
  /** The agent whose policy counts; HOLDPOINT_AGENT. */
  agent?: string
  fetch?: typeof fetch
  /** Ends waits and retries of everything; what is on its way is still answered. */
  signal?: AbortSignal
  /** For how long nobody may answer before a call is given up: `10m`, or milliseconds. Waits for a person do not count. */
  patience?: string | number
  /** What happens, for a log. */
  onEvent?: (event: Event) => void
}

export type StartRun = {
  agent?: string
  /** The agent's own id of the run, the same in every life of it: without, nothing could be resumed. */
  id: string
  input?: JsonObject
  context?: JsonObject
  /** E-mail of the person on whose behalf the run acts. */
  initiator?: string
  /** Id of the run that this one is a part of. */
  parent?: string
}

export type Holdpoint = {
  /** Whose key this is, and of which server: fails early and clearly. */
  me(): Promise<Me>
  /** Starts a run, or goes on with the one of this id. */
  run(start: StartRun): Promise<Run>
  /** The calls of a run that were decided and have no result yet, for a process that comes to it fresh. */
  resume(run: Run): AsyncGenerator<{ callId: string; approval: Approval }>
  /** Decisions as they are made, each at least once, without end: for a worker that wakes parked runs. */
  decided(filter?: { agent?: string; signal?: AbortSignal }): AsyncGenerator<Approval>
}

/** A client in one life of an agent. @throws TypeError where address or key are missing or none */
export function connect(options: Options, life: Life): Holdpoint {
  const url = (options.url ?? variable('HOLDPOINT_URL') ?? 'http://localhost:3000').trim().replace(/\/+$/, '')
  const key = (options.key ?? variable('HOLDPOINT_KEY') ?? '').trim()
  if (!/^https?:\/\/[^\s?#@]+$/.test(url) || !URL.canParse(url))
    throw new TypeError('Not an address: pass `url` or set HOLDPOINT_URL.')
  if (!/^[!-~]+$/.test(key)) throw new TypeError('No key: pass `key` or set HOLDPOINT_KEY.')
  const say = (event: Event) => {
    try {
      options.onEvent?.(event)
    } catch {
      // what goes wrong in a log is nothing that a tool may depend on
    }
  }
  const http = new Http({
    url,
    key,
    fetch: options.fetch ?? fetch,
    patienceMs: toMs(options.patience ?? '10m'),
    onFailure: (reason, { method, path }) => say({ type: 'unanswered', method, path, reason }),
  })
  const { signal, agent = variable('HOLDPOINT_AGENT') } = options
  return {
    me: () =>
      http.send({
        path: '/me',
        signals: [signal],
        read: ({ body }) => isObject(body) && isObject(body.project) && (body as Me),
      }),
    run: async (start) => {
      const record = await startRun(http, start.agent ?? agent, start, signal)
      return new Run({ http, life, say, signal }, start.id, record)
    },
    resume: undone,
    decided: (filter = {}) => decided(http, filter.agent ?? agent, [signal, filter.signal]),
  }
}

async function startRun(
  http: Http,
  agent: string | undefined,
  start: StartRun,
  signal: AbortSignal | undefined,
): Promise<RunRecord> {
  const id = await toCallId(start.id)
  const isOurs = id.startsWith('run_')
  const body = {
    agent,
    external_id: id,
    initiator: start.initiator,
    parent_run_id: start.parent,
    input: start.input && snapshot(start.input),
    context: start.context && snapshot(start.context),
  }
  return http.send({
    path: isOurs ? `/runs/${encodeURIComponent(id)}` : '/runs',
    body: isOurs ? undefined : JSON.stringify(body),
    signals: [signal],
    read: ({ body: run }) => isRun(run) && (isOurs ? run.id : run.external_id) === id && run,
  })
}

/** Of the environment, where there is one and it may be read. */
function variable(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  try {
    return process?.env?.[name] || undefined
  } catch {
    return undefined
  }
}
