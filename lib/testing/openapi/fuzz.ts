import { Chance } from '../fuzz/chance'
import { hostileYaml } from '../fuzz/hostile'
import type { World } from '../fuzz/world'
import { call } from '../rest'
import type { Described, Parameter } from './described'
import { ValueMaker } from './value'

type Json = Record<string, unknown>
type Operation = {
  operationId: string
  parameters?: Parameter[]
  security: Record<string, unknown>[]
  requestBody?: { content: Record<string, { schema: Json }> }
}
type Call = { method: string; path: string; operation: Operation }
type Sent = { target: string; headers: Record<string, string>; body: unknown; broken?: string }

/** Refusals of a request that is none, whoever sends it and however things are. */
const ofForm = new Set([
  'malformed_body',
  'invalid_tool_name',
  'invalid_id',
  'invalid_query',
  'invalid_input',
  'unknown_field',
  'unsupported_media_type',
  'method_not_allowed',
])
/** What is refused for how things are or for what stands beside it, by call: where in the body. */
const ofState: Record<string, RegExp | undefined> = {
  askApproval: /^\/agent$|\/metadata$/,
  askApprovals: /\/(metadata|tool_call_id)$/,
  startRun: /^\/parent_run_id$/,
  createKey: /^\/expires_at$/,
  decideApproval: /^\/(params|digest|override)$/,
  decideApprovals: /\/(params|digest)$/,
  extendApproval: /^\/by_seconds$/,
  setAbsence: /^\/until$/,
  updateProject: /^\/audit_retention_days$/,
  archiveProject: /^\/confirm$/,
  updateWebhook: /^\/(format|url|events|routing_key)$/,
}
/** Of which kind the ids below an address are. */
const kinds: Record<string, string | undefined> = {
  runs: 'run',
  approvals: 'approval',
  webhooks: 'webhook',
  members: 'member',
  keys: 'key',
}
/** Holds its answer for as long as one listens. */
const endless = new Set(['streamApprovals'])

export type Target = { url: string; described: Described; world: World; secrets: Record<string, string> }

/**
 * Sends requests that a client would make of the document, and such that the document rules out, and reports where
 * document and server differ: a request by the document that is refused for its form, one against it that is taken,
 * and an answer that is not described. The same seed over a like world, the same requests.
 * @returns one line for each difference
 */
export async function fuzzByDocument(
  { url, described, world, secrets }: Target,
  { count, seed, only }: { count: number; seed: number; only?: string[] },
): Promise<string[]> {
  const calls = callsOf(described.document).filter(
    ({ operation }) => only?.includes(operation.operationId) ?? true,
  )
  const found = new Set<string>()
  const atOnce = 4
  const work = async (first: number) => {
    for (let index = first; index < count; index += atOnce) {
      const chance = new Chance(Math.imul(seed, 0x9e3779b1) + index)
      for (let i = 0; i < 3; i++) chance.below(2)
      const one = calls[index % calls.length] as Call
      const sent = new Maker(chance, described, world).request(one, chance.oneIn(3))
      if (!sent) continue
      const fault = await differenceOf(url, one, sent, tokenFor(one.operation, world, secrets), described)
      if (fault !== undefined)
        found.add(`${one.method.toUpperCase()} ${one.path}: ${fault} — input ${index}: ${told(sent)}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, (_, first) => work(first)))
  return [...found]
}

function callsOf(document: Json): Call[] {
  return Object.entries(document.paths as Record<string, Record<string, Operation>>)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
    )
    .filter(({ operation }) => !endless.has(operation.operationId))
}

/** With a credential that opens the call, so that not the door answers. */
function tokenFor({ security, operationId }: Operation, { able }: World, secrets: Record<string, string>) {
  const kinds = security.flatMap((one) => Object.keys(one))
  if (kinds.length === 0) return undefined
  if (kinds.includes('operatorSecret')) return secrets[operationId === 'getMetrics' ? 'metrics' : 'cron']
  const [key, owner] = able
  const shown = kinds.some((kind) => kind.startsWith('agentKey')) ? key : owner
  return shown?.headers.Authorization?.replace('Bearer ', '')
}

class Maker {
  private readonly values: ValueMaker

  constructor(
    private readonly chance: Chance,
    private readonly described: Described,
    private readonly world: World,
  ) {
    const { schemas } = described.document.components as { schemas: Record<string, Json> }
    const known = new Map(world.texts)
    // Which addresses an operator allows is not the document's to say.
    known.set('url', ['http://127.0.0.1:9/hook'])
    this.values = new ValueMaker(chance, schemas, known, (value, schema) => described.isBy(value, schema))
  }

  /** A request of this call by the document, or with one thing that is against it. */
  request({ path, operation }: Call, isBroken: boolean): Sent | undefined {
    const texts = new Map<string, string>()
    for (const one of operation.parameters ?? []) {
      if (one.in === 'header' || (!one.required && !this.chance.oneIn(3))) continue
      const text = this.textOf(path, one)
      if (text === undefined && one.required) return undefined
      if (text !== undefined) texts.set(one.name, text)
    }
    const [media, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
    const sent: Sent = { target: '', headers: {}, body: undefined }
    if (media === 'application/json' && content) {
      sent.body = this.values.make(content.schema)
      if (sent.body === undefined) return undefined
    } else if (media !== undefined) {
      sent.headers['Content-Type'] = media === '*/*' ? 'application/octet-stream' : media
      sent.body = this.chance.pick(hostileYaml.slice(0, 1))
    }
    if (isBroken && !this.break(operation, content?.schema, texts, sent)) return undefined
    sent.target = this.address(path, operation, texts)
    return sent
  }

  private textOf(path: string, { name, schema, in: place }: Parameter): string | undefined {
    const there =
      place === 'path' && name === 'id'
        ? this.world.texts.get(kinds[path.split('/')[2] ?? ''] ?? '')
        : undefined
    if (there && !this.chance.oneIn(4)) return this.chance.pick(there)
    if (name === 'wait') return this.chance.pick(['0', '0', '0', '1'])
    const value = name === 'cursor' ? undefined : this.values.make(schema, name)
    if (value === undefined) return undefined
    const text = Array.isArray(value) ? value.join(',') : String(value)
    // A longer address is refused by the front door.
    return encodeURIComponent(text).length > 4000 ? undefined : text
  }

  private address(path: string, { parameters = [] }: Operation, texts: Map<string, string>): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(texts.get(name) ?? ''))
    const query = [...texts].filter(
      ([name]) => !parameters.some((one) => one.in === 'path' && one.name === name),
    )
    return filled + (query.length > 0 ? `?${new URLSearchParams(query)}` : '')
  }

  /** Makes one thing of a request wrong. */
  private break(
    operation: Operation,
    schema: Json | undefined,
    texts: Map<string, string>,
    sent: Sent,
  ): boolean {
    if (schema !== undefined && typeof sent.body === 'object' && !this.chance.oneIn(4))
      return this.breakBody(schema, sent)
    const checked = (operation.parameters ?? []).filter(
      (one) => one.in !== 'header' && one.name !== 'cursor' && one.name !== 'wait',
    )
    if (checked.length === 0 || this.chance.oneIn(5)) {
      // Schedulers and probes send what they like.
      if (operation.security.length === 0 || 'operatorSecret' in (operation.security[0] ?? {})) return false
      texts.set('unknown', '1')
      sent.broken = 'an unknown parameter'
      return true
    }
    const one = this.chance.pick(checked)
    const text = this.chance.pick(['Ä', 'a b', '-1', '1.5', 'none-such', 'x'.repeat(3000), '2026-13-01'])
    if (this.described.faultOfText(text, one) === undefined) return false
    texts.set(one.name, text)
    sent.broken = `${one.name} in ${one.in}`
    return true
  }

  private breakBody(schema: Json, sent: Sent): boolean {
    const body = { ...(sent.body as Json) }
    const name = this.chance.pick([...Object.keys(body), 'approved'])
    const wrong = this.chance.pick([1, true, [], {}, 'none-such', '\u0007', 'x'.repeat(5000), [1], -5, 1e300])
    if (this.chance.oneIn(3)) delete body[name]
    else body[name] = wrong
    if (this.described.isBy(body, schema)) return false
    sent.body = body
    sent.broken = `${name} in the body`
    return true
  }
}

async function differenceOf(
  url: string,
  { method, path, operation }: Call,
  { target, headers, body, broken }: Sent,
  token: string | undefined,
  described: Described,
): Promise<string | undefined> {
  const send = () =>
    call(url, method.toUpperCase(), target, {
      headers,
      ...(token === undefined ? {} : { token }),
      ...(body === undefined ? {} : { body }),
    }).catch((error: Error) => error)
  const first = await send()
  // Not just now, as a busy machine says; again it may be said by no means.
  const answer = !(first instanceof Error) && first.status === 503 ? await send() : first
  if (answer instanceof Error) return answer.message
  const { status, text } = answer
  const code = String(answer.body.code)
  if (status >= 500) return `answered ${status}`
  if (broken !== undefined && status < 400) return `took ${broken} against the document`
  const at = (answer.body.errors as { pointer: string }[] | undefined)?.[0]?.pointer ?? ''
  const isOfState = ofState[operation.operationId]?.test(at) ?? false
  if (broken === undefined && ofForm.has(code) && !isOfState)
    return `refused what is by the document: ${text.slice(0, 300)}`
  const isPart = /[?&]fields=/.test(target) && status < 400
  return (isPart ? described.inPart : described).faultOfAnswer(['paths', path, method], answer)
}

function told({ target, body, broken }: Sent): string {
  return `${broken ?? 'valid'} ${target} ${JSON.stringify(body)?.slice(0, 400) ?? ''}`
}
