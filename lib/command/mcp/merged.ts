import { isObject, type JsonObject } from '@/lib/client/json'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import { answer, isId, rpcCode, unanswered, type Id } from './message'
import type { Located } from './session'
import type { Connect, Connection } from './stdio-proxy'
import type { UpstreamFacts } from './upstream-facts'

type Member = {
  name: string
  connection: Connection
  facts: UpstreamFacts
  capabilities: JsonObject
  isGone: boolean
}

/** What servers list, with the member of the answer that holds it and the one by which each is known. */
const lists: Record<string, { key: string; by: string; capability: string }> = {
  'tools/list': { key: 'tools', by: 'name', capability: 'tools' },
  'prompts/list': { key: 'prompts', by: 'name', capability: 'prompts' },
  'resources/list': { key: 'resources', by: 'uri', capability: 'resources' },
  'resources/templates/list': { key: 'resourceTemplates', by: 'uriTemplate', capability: 'resources' },
}

const mostPages = 100
const invalidParams = rpcCode.invalidParams

/**
 * Several servers as one, for a client on one line: their lists one after the other, each request to whom it is for. A
 * name that two of them have stands as `SERVER__NAME` for both. Clients speak to it in the revisions that begin with
 * `initialize`.
 */
export class Merged implements Connection {
  readonly ended: Promise<string>
  private readonly members: Member[]
  private readonly waiting = new Map<string, { member: Member; hear: (message: JsonObject) => void }>()
  /** Requests of the client, and of servers to the client. */
  private readonly asked = new Map<Id, Member>()
  private readonly askedBack = new Map<string, { member: Member; id: Id }>()
  /** By method of the list and shown name. */
  private readonly shown = new Map<string, Map<string, { member: Member; name: string }>>()
  private count = 0

  constructor(
    servers: { name: string; connect: Connect; facts: UpstreamFacts }[],
    private readonly version: string,
    private readonly onMessage: (text: string) => void,
  ) {
    this.members = servers.map(({ name, connect, facts }) => {
      const member: Member = {
        name,
        facts,
        capabilities: {},
        isGone: false,
        connection: connect((text) => this.fromMember(member, text)),
      }
      void member.connection.ended.then((why) => this.lose(member, why))
      return member
    })
    this.ended = Promise.all(this.members.map(({ connection }) => connection.ended)).then((whys) =>
      whys.join(' '),
    )
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map(({ connection }) => connection.end()))
  }

  /**
   * Whose a tool is that the client calls by this name, what the server itself calls it, and the way to that server:
   * what was asked about goes there, whatever is listed under the name by then.
   */
  async locate(name: string): Promise<Located | undefined> {
    const found = (await this.shownOf('tools/list')).get(name)
    return (
      found && { facts: found.member.facts, name: found.name, send: (text) => this.sendCall(found, text) }
    )
  }

  private sendCall({ member, name }: { member: Member; name: string }, text: string): void {
    const { id, params, ...message } = readJson(text) as JsonObject & { params: JsonObject }
    if (!isId(id)) return
    if (member.isGone) {
      return this.onMessage(unanswered(id, `The server ${member.name} has ended.`))
    }
    this.asked.set(id, member)
    member.connection.send(writeJson({ ...message, id, params: { ...params, name } }))
  }

  send(text: string): void {
    const message = readJson(text) as JsonObject
    const { id, method, params } = message
    if (typeof method !== 'string') return this.answerBack(message)
    if (!isId(id)) {
      const about = isObject(params) && method === 'notifications/cancelled' ? params.requestId : undefined
      const owner = isId(about) ? this.asked.get(about) : undefined
      for (const member of owner ? [owner] : this.members) member.connection.send(text)
      return
    }
    void this.request(id, method, isObject(params) ? params : {}, message).then(
      (result) => result && this.onMessage(answer(id, result)),
      (error: unknown) => this.onMessage(writeJson({ jsonrpc: '2.0', id, error: errorOf(error) })),
    )
  }

  /** @returns the answer where it is made here; undefined where a server gives it */
  private async request(
    id: Id,
    method: string,
    params: JsonObject,
    message: JsonObject,
  ): Promise<JsonObject | undefined> {
    if (method === 'initialize') return this.initialize(params)
    if (method === 'ping') return {}
    if (Object.hasOwn(lists, method)) return this.list(method)
    if (method === 'logging/setLevel') {
      await Promise.all(this.having('logging').map((member) => this.ask(member, method, params)))
      return {}
    }
    const found = await this.ownerOf(method, params)
    if (!found) throw new RpcError(rpcCode.methodNotFound, `There is no ${method} here.`)
    this.asked.set(id, found.member)
    found.member.connection.send(writeJson({ ...message, params: found.params }))
    return undefined
  }

  private async ownerOf(
    method: string,
    params: JsonObject,
  ): Promise<{ member: Member; params: JsonObject } | undefined> {
    const ref = isObject(params.ref) ? params.ref : {}
    switch (method) {
      case 'prompts/get': {
        const found = (await this.shownOf('prompts/list')).get(String(params.name))
        if (!found) throw new RpcError(invalidParams, `There is no ${String(params.name)} here.`)
        return { member: found.member, params: { ...params, name: found.name } }
      }
      case 'completion/complete': {
        if (typeof ref.uri === 'string') return { member: await this.ownerOfUri(ref.uri), params }
        const found = (await this.shownOf('prompts/list')).get(String(ref.name))
        return found && { member: found.member, params: { ...params, ref: { ...ref, name: found.name } } }
      }
      case 'resources/read':
      case 'resources/subscribe':
      case 'resources/unsubscribe':
        return { member: await this.ownerOfUri(String(params.uri)), params }
      default:
        return undefined
    }
  }

  /** Whoever lists it, or has a template that it begins like. */
  private async ownerOfUri(uri: string): Promise<Member> {
    const listed = (await this.shownOf('resources/list')).get(uri)
    if (listed) return listed.member
    const templates = await this.shownOf('resources/templates/list')
    for (const [template, { member }] of templates) {
      if (template === uri || uri.startsWith(template.replace(/\{.*$/s, ''))) return member
    }
    throw new RpcError(invalidParams, `There is no resource ${uri} here.`)
  }

  private async initialize(params: JsonObject): Promise<JsonObject> {
    const results = await Promise.all(
      this.members.map(async (member) => {
        const result = await this.ask(member, 'initialize', params).catch(() => undefined)
        if (!result) return undefined
        member.capabilities = isObject(result.capabilities) ? result.capabilities : {}
        member.facts.heardInfo(result.serverInfo)
        return result
      }),
    )
    const begun = results.filter((result) => result !== undefined)
    if (begun.length === 0) throw new RpcError(rpcCode.internal, 'None of the servers began.')
    const versions = begun.map(({ protocolVersion }) => String(protocolVersion)).sort()
    const words = begun.map(({ instructions }) => instructions).filter((one) => typeof one === 'string')
    // a task is known to the one server that began it
    const {
      tasks: _tasks,
      experimental: _experimental,
      ...capabilities
    } = Object.assign({}, ...begun.map((result) => result.capabilities)) as JsonObject
    return {
      protocolVersion: versions[0],
      capabilities,
      serverInfo: { name: 'holdpoint', version: this.version },
      ...(words.length > 0 && { instructions: words.join('\n\n') }),
    }
  }

  private having(capability: string): Member[] {
    return this.members.filter(
      ({ capabilities, isGone }) => !isGone && capabilities[capability] !== undefined,
    )
  }

  private async shownOf(method: string): Promise<Map<string, { member: Member; name: string }>> {
    if (!this.shown.has(method)) await this.list(method)
    return this.shown.get(method) ?? new Map()
  }

  private async list(method: string): Promise<JsonObject> {
    const { key, by, capability } = lists[method] as (typeof lists)[string]
    const found = await Promise.all(
      this.having(capability).map(async (member) => ({
        member,
        items: await this.pages(member, method, key),
      })),
    )
    const counts = new Map<string, number>()
    const nameOf = (item: unknown) => (isObject(item) ? String(item[by]) : '')
    for (const { items } of found) {
      for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1)
    }
    const shown = new Map<string, { member: Member; name: string }>()
    const all = found.flatMap(({ member, items }) =>
      items.map((item) => {
        const name = nameOf(item)
        const isOfOne = by !== 'name' || counts.get(name) === 1
        const as = isOfOne ? name : `${member.name}__${name}`
        shown.set(as, { member, name })
        return isOfOne ? item : { ...(item as JsonObject), [by]: as }
      }),
    )
    this.shown.set(method, shown)
    return { [key]: all }
  }

  private async pages(member: Member, method: string, key: string): Promise<unknown[]> {
    const items: unknown[] = []
    let cursor: unknown
    for (let page = 0; page < mostPages; page++) {
      const result = await this.ask(member, method, cursor === undefined ? {} : { cursor })
      member.facts.heard(method, writeJson({ result }))
      items.push(...(Array.isArray(result[key]) ? (result[key] as unknown[]) : []))
      cursor = result.nextCursor
      if (cursor === undefined) break
    }
    return items
  }

  private ask(member: Member, method: string, params: JsonObject): Promise<JsonObject> {
    const id = `holdpoint:${++this.count}`
    return new Promise((resolve, reject) => {
      if (member.isGone) return reject(new RpcError(rpcCode.internal, `The server ${member.name} has ended.`))
      const hear = ({ result, error }: JsonObject) =>
        isObject(result) ? resolve(result) : reject(RpcError.of(error, member.name))
      this.waiting.set(id, { member, hear })
      member.connection.send(writeJson({ jsonrpc: '2.0', id, method, params }))
    })
  }

  private fromMember(member: Member, text: string): void {
    const message = readMessage(text)
    if (!message) return
    const { id, method } = message
    if (typeof method === 'string') {
      if (method.endsWith('/list_changed')) this.shown.clear()
      if (!isId(id)) return this.onMessage(text)
      const ours = `holdpoint:${member.name}:${++this.count}`
      this.askedBack.set(ours, { member, id })
      return this.onMessage(writeJson({ ...message, id: ours }))
    }
    const waiting = this.waiting.get(String(id))
    if (waiting?.member === member) {
      this.waiting.delete(String(id))
      return waiting.hear(message)
    }
    if (isId(id) && this.asked.get(id) === member) {
      this.asked.delete(id)
      this.onMessage(text)
    }
  }

  private answerBack(message: JsonObject): void {
    const back = this.askedBack.get(String(message.id))
    if (!back) return
    this.askedBack.delete(String(message.id))
    back.member.connection.send(writeJson({ ...message, id: back.id }))
  }

  private lose(member: Member, why: string): void {
    member.isGone = true
    this.shown.clear()
    for (const [id, { member: owner, hear }] of this.waiting) {
      if (owner !== member) continue
      this.waiting.delete(id)
      hear({ error: { code: rpcCode.internal, message: why } })
    }
    for (const [id, owner] of this.asked) {
      if (owner !== member) continue
      this.asked.delete(id)
      this.onMessage(unanswered(id, why))
    }
  }
}

/** What a server writes on its line beside messages, such as that it has started, is nobody's. */
function readMessage(text: string): JsonObject | undefined {
  try {
    const message: unknown = readJson(text)
    return isObject(message) ? message : undefined
  } catch {
    return undefined
  }
}

class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data?: unknown,
  ) {
    super(message)
  }

  static of(error: unknown, name: string): RpcError {
    if (!isObject(error)) return new RpcError(rpcCode.internal, `The server ${name} gave no answer.`)
    return new RpcError(Number(error.code) || rpcCode.internal, String(error.message), error.data)
  }
}

function errorOf(error: unknown): JsonObject {
  if (!(error instanceof RpcError)) return { code: rpcCode.internal, message: String(error) }
  const { code, message, data } = error
  return { code, message, ...(data !== undefined && { data }) }
}
